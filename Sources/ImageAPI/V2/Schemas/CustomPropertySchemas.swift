import ImageModel
import JSONText

/// What an operator's `schema-image.json` says of custom properties.
public struct CustomPropertySchemas: Equatable, Sendable {
    /// Each property's schema, by its name.
    public let properties: JSONObject
    /// Properties that an image must have.
    public let required: [String]

    /// - Parameter json: names with their schemas; or an object of `properties`, and perhaps `required`, as newer
    ///   releases of Glance take it.
    /// - Throws: `CustomPropertyError`.
    public init(_ json: JSONValue) throws(CustomPropertyError) {
        guard let object = json.object else { throw CustomPropertyError(reason: "it holds no object") }
        let isExtended = object["properties"]?.object != nil
        guard let properties = isExtended ? object["properties"]?.object : object else {
            throw CustomPropertyError(reason: "'properties' is no object")
        }
        for property in properties.members where property.value.object == nil {
            throw CustomPropertyError(reason: "the schema of '\(property.name)' is no object")
        }
        var required: [String] = []
        if isExtended, let list = object["required"], list != .null {
            guard let names = list.array else { throw CustomPropertyError(reason: "'required' is no list") }
            for name in names {
                guard let name = name.string else {
                    throw CustomPropertyError(reason: "'required' is no list of names")
                }
                required.append(name)
            }
        }
        let own = ImageSchema.base
        for property in properties.members {
            if let base = own[property.name], base != property.value {
                throw CustomPropertyError(reason: "'\(property.name)' is no custom property")
            }
        }
        self.properties = properties
        self.required = required
    }

    private init(properties: JSONObject) {
        self.properties = properties
        required = []
    }

    /// What Glance's own `schema-image.json` knows.
    public static let usual = CustomPropertySchemas(
        properties: JSONSchema.value(
            literal: #"""
                {
                    "kernel_id": {
                        "type": ["null", "string"], "pattern": "\#(JSONSchema.idPattern)",
                        "description": "Id of the image with the kernel that an AMI image boots"
                    },
                    "ramdisk_id": {
                        "type": ["null", "string"], "pattern": "\#(JSONSchema.idPattern)",
                        "description": "Id of the image with the ramdisk that an AMI image boots"
                    },
                    "instance_uuid": {
                        "type": "string", "description": "Server that the image was made of; for people to read"
                    },
                    "architecture": {"type": "string", "description": "Processor architecture that it runs on"},
                    "os_distro": {"type": "string", "description": "Short name of the operating system's distribution"},
                    "os_version": {"type": "string", "description": "Version of the operating system, as it calls it"},
                    "description": {"type": "string", "description": "What the image is, for people to read"},
                    "cinder_encryption_key_id": {
                        "type": "string", "description": "Id of the key for volumes that are made of the image"
                    },
                    "cinder_encryption_key_deletion_policy": {
                        "type": "string", "enum": ["on_image_deletion", "do_not_delete"],
                        "description": "Whether that key goes with the image"
                    }
                }
                """#
        ).object ?? JSONObject())
}

/// Why a `schema-image.json` can't be used.
public struct CustomPropertyError: Error, Equatable, CustomStringConvertible {
    public let reason: String

    public var description: String { reason }
}
