import ImageModel
import JSONText

/// The schema of an image. Clients check values against it before they send them, and learn from it which of their
/// options there are.
enum ImageSchema {
    /// - Parameter options: whose formats and custom properties count.
    static func image(_ options: ImageAPIOptions) -> JSONSchema {
        var properties = JSONObject()
        for property in base.members {
            switch property.name {
            case "disk_format": properties.append(property.name, format(property.value, options.diskFormats))
            case "container_format": properties.append(property.name, format(property.value, options.containerFormats))
            default: properties.append(property.name, property.value)
            }
        }
        for property in options.customProperties.properties.members where base[property.name] == nil {
            var schema = property.value.object ?? JSONObject()
            schema.append("is_base", .bool(false))
            properties.append(property.name, .object(schema))
        }
        var document = JSONObject()
        document.append("name", .string("image"))
        document.append("properties", .object(properties))
        document.append("additionalProperties", ["type": .string("string")])
        if !options.customProperties.required.isEmpty {
            document.append("required", .array(options.customProperties.required.map(JSONValue.string)))
        }
        document.append(
            "links",
            .array([
                JSONSchema.link("self", "{self}"), JSONSchema.link("enclosure", "{file}"),
                JSONSchema.link("describedby", "{schema}"),
            ]))
        return JSONSchema(name: "image", document: .object(document))
    }

    private static func format(_ schema: JSONValue, _ formats: [String]) -> JSONValue {
        var schema = schema.object ?? JSONObject()
        schema.append("enum", .array([.null] + formats.map(JSONValue.string)))
        return .object(schema)
    }

    /// What every image has.
    static let base: JSONObject =
        JSONSchema.value(
            literal: #"""
                {
                    "id": {
                        "type": "string", "pattern": "\#(JSONSchema.idPattern)", "description": "Id of the image"
                    },
                    "name": {"type": ["null", "string"], "maxLength": 255, "description": "Name of the image"},
                    "status": {
                        "type": "string", "readOnly": true, "description": "State of the image and its data",
                        "enum": [
                            "queued", "saving", "active", "killed", "deleted", "uploading", "importing",
                            "pending_delete", "deactivated"
                        ]
                    },
                    "visibility": {
                        "type": "string", "enum": ["community", "public", "private", "shared"],
                        "description": "Who may see the image"
                    },
                    "protected": {"type": "boolean", "description": "Whether the image is kept from deletion"},
                    "os_hidden": {"type": "boolean", "description": "Whether lists leave the image out"},
                    "checksum": {
                        "type": ["null", "string"], "readOnly": true, "maxLength": 32,
                        "description": "MD5 of the data, in hex"
                    },
                    "os_hash_algo": {
                        "type": ["null", "string"], "readOnly": true, "maxLength": 64,
                        "description": "Algorithm of os_hash_value"
                    },
                    "os_hash_value": {
                        "type": ["null", "string"], "readOnly": true, "maxLength": 128,
                        "description": "Digest of the data by os_hash_algo, in hex"
                    },
                    "owner": {
                        "type": ["null", "string"], "maxLength": 255, "description": "Project that owns the image"
                    },
                    "size": {
                        "type": ["null", "integer"], "readOnly": true, "description": "Bytes of the data"
                    },
                    "virtual_size": {
                        "type": ["null", "integer"], "readOnly": true, "description": "Bytes of the disk in the data"
                    },
                    "container_format": {"type": ["null", "string"], "description": "Format of the container"},
                    "disk_format": {"type": ["null", "string"], "description": "Format of the disk"},
                    "created_at": {"type": "string", "readOnly": true, "description": "When it was made"},
                    "updated_at": {"type": "string", "readOnly": true, "description": "When it was last changed"},
                    "tags": {
                        "type": "array", "items": {"type": "string", "maxLength": 255},
                        "description": "Words to find the image by"
                    },
                    "direct_url": {
                        "type": "string", "readOnly": true, "description": "Where the data lies, outside of the API"
                    },
                    "min_ram": {"type": "integer", "description": "MB of memory that the image needs to boot"},
                    "min_disk": {"type": "integer", "description": "GB of disk that the image needs to boot"},
                    "self": {"type": "string", "readOnly": true, "description": "Path of the image"},
                    "file": {"type": "string", "readOnly": true, "description": "Path of the image's data"},
                    "stores": {
                        "type": "string", "readOnly": true,
                        "description": "Stores that have the data, with commas between them"
                    },
                    "schema": {"type": "string", "readOnly": true, "description": "Path of this schema"},
                    "locations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "url": {"type": "string", "maxLength": 255},
                                "metadata": {"type": "object"},
                                "validation_data": {
                                    "type": "object", "writeOnly": true, "additionalProperties": false,
                                    "properties": {
                                        "checksum": {"type": "string", "minLength": 32, "maxLength": 32},
                                        "os_hash_algo": {"type": "string", "maxLength": 64},
                                        "os_hash_value": {"type": "string", "maxLength": 128}
                                    },
                                    "required": ["os_hash_algo", "os_hash_value"],
                                    "description": "Digests that a queued image takes over; others must have them"
                                }
                            },
                            "required": ["url", "metadata"]
                        },
                        "description": "Where the data lies, outside of the API"
                    }
                }
                """#
        ).object ?? JSONObject()
}
