import GlanceHTTP
import ImageModel
import JSONText

/// What an image of v2 is made of: the fields, their types and bounds, and who may set them. A custom property is any
/// other name, with a text as its value.
struct ImageFields: Sendable {
    /// What a value may be.
    enum Kind: Equatable, Sendable {
        /// - Parameters: characters at the most, nil for no limit; whether null will do.
        case text(lengthMax: Int?, isNullable: Bool)
        case choice([String], isNullable: Bool)
        /// 8-4-4-4-12 hex digits.
        case uuid(isNullable: Bool)
        case integer(isNullable: Bool)
        case boolean
        /// Texts of that many characters at the most.
        case texts(lengthMax: Int)
        /// Glance's `locations`.
        case locations
    }

    /// Who may set a field.
    enum Access: Equatable, Sendable {
        /// With the image and later.
        case writable
        /// With the image only.
        case once
        /// Never, not even tried with a good value (`status`).
        case readOnly
        /// A link that the API makes up: refused before its value is looked at.
        case link
        /// Later only.
        case reserved
    }

    /// One field.
    struct Field: Equatable, Sendable {
        let name: String
        let kind: Kind
        let access: Access
    }

    static let nameLengthMax = 255
    /// The largest `min_disk` and `min_ram`.
    static let numberMax: Int64 = 2_147_483_647
    /// Names that are no fields, and can't be properties either.
    static let reservedNames: Set<String> = ["location", "deleted", "deleted_at"]
    /// What the import keeps its own properties under.
    static let reservedPrefix = "os_glance"

    /// In the order of Glance's own schema.
    let fields: [Field]
    /// Properties that Glance's `schema-image.json` knows better than "a text".
    let knownProperties: [Field]
    private let fieldsNamed: [String: Field]
    private let kinds: [String: Kind]

    init(_ options: ImageAPIOptions) {
        fields = [
            Field(name: "id", kind: .uuid(isNullable: false), access: .once),
            Field(name: "name", kind: .text(lengthMax: 255, isNullable: true), access: .writable),
            Field(name: "status", kind: .choice(Self.statuses, isNullable: false), access: .readOnly),
            Field(
                name: "visibility", kind: .choice(["community", "public", "private", "shared"], isNullable: false),
                access: .writable),
            Field(name: "protected", kind: .boolean, access: .writable),
            Field(name: "os_hidden", kind: .boolean, access: .writable),
            Field(name: "checksum", kind: .text(lengthMax: 32, isNullable: true), access: .readOnly),
            Field(name: "os_hash_algo", kind: .text(lengthMax: 64, isNullable: true), access: .readOnly),
            Field(name: "os_hash_value", kind: .text(lengthMax: 128, isNullable: true), access: .readOnly),
            Field(name: "owner", kind: .text(lengthMax: 255, isNullable: true), access: .writable),
            Field(name: "size", kind: .integer(isNullable: true), access: .readOnly),
            Field(name: "virtual_size", kind: .integer(isNullable: true), access: .readOnly),
            Field(
                name: "container_format", kind: .choice(options.containerFormats, isNullable: true), access: .writable),
            Field(name: "disk_format", kind: .choice(options.diskFormats, isNullable: true), access: .writable),
            Field(name: "created_at", kind: .text(lengthMax: nil, isNullable: false), access: .readOnly),
            Field(name: "updated_at", kind: .text(lengthMax: nil, isNullable: false), access: .readOnly),
            Field(name: "tags", kind: .texts(lengthMax: 255), access: .writable),
            Field(name: "direct_url", kind: .text(lengthMax: nil, isNullable: false), access: .link),
            Field(name: "min_ram", kind: .integer(isNullable: false), access: .writable),
            Field(name: "min_disk", kind: .integer(isNullable: false), access: .writable),
            Field(name: "self", kind: .text(lengthMax: nil, isNullable: false), access: .link),
            Field(name: "file", kind: .text(lengthMax: nil, isNullable: false), access: .link),
            Field(name: "stores", kind: .text(lengthMax: nil, isNullable: false), access: .link),
            Field(name: "schema", kind: .text(lengthMax: nil, isNullable: false), access: .link),
            Field(name: "locations", kind: .locations, access: .reserved),
        ]
        knownProperties = ["kernel_id", "ramdisk_id"].map {
            Field(name: $0, kind: .uuid(isNullable: true), access: .writable)
        }
        fieldsNamed = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0) })
        kinds = Dictionary(uniqueKeysWithValues: (fields + knownProperties).map { ($0.name, $0.kind) })
    }

    private static let statuses = [
        "queued", "saving", "active", "killed", "deleted", "uploading", "importing", "pending_delete", "deactivated",
    ]

    /// The field of that name; nil for a custom property.
    func field(_ name: String) -> Field? { fieldsNamed[name] }

    /// Whether the name can be neither a field's nor a property's.
    static func isReserved(_ name: String) -> Bool {
        reservedNames.contains(name) || name.hasPrefix(reservedPrefix)
    }

    /// Checks one member's value.
    ///
    /// - Throws: 400 where the value is not of the member's type, or out of its bounds.
    func check(_ name: String, _ value: JSONValue) throws(APIError) {
        let kind = kinds[name] ?? .text(lengthMax: nil, isNullable: false)
        if let mismatch = Self.mismatch(of: value, with: kind) {
            throw .schemaMismatch("image", "\(Self.shown(name)): \(mismatch)")
        }
    }

    private static func mismatch(of value: JSONValue, with kind: Kind) -> String? {
        switch (kind, value) {
        case (.text(_, true), .null), (.choice(_, true), .null), (.uuid(true), .null), (.integer(true), .null): nil
        case (.text(let lengthMax, _), .string(let text)):
            lengthMax.flatMap { text.unicodeScalars.count > $0 ? "longer than \($0) characters" : nil }
        case (.choice(let words, _), .string(let text)):
            words.contains(text) ? nil : "'\(shown(text))' is not one of \(words.joined(separator: ", "))"
        case (.uuid, .string(let text)):
            isUUID(text) ? nil : "'\(shown(text))' is not a UUID"
        case (.integer, .int), (.boolean, .bool): nil
        case (.texts(let lengthMax), .array(let values)):
            values.lazy.compactMap { mismatch(of: $0, with: .text(lengthMax: lengthMax, isNullable: false)) }.first
        case (.locations, .array(let values)):
            values.lazy.compactMap(ImageLocation.mismatch).first
        default: "\(type(of: value)) is not of type \(type(of: kind))"
        }
    }

    private static func type(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "a boolean"
        case .int: "an integer"
        case .double: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    private static func type(of kind: Kind) -> String {
        switch kind {
        case .text(_, let isNullable), .choice(_, let isNullable), .uuid(let isNullable):
            isNullable ? "'string' or 'null'" : "'string'"
        case .integer(let isNullable): isNullable ? "'integer' or 'null'" : "'integer'"
        case .boolean: "'boolean'"
        case .texts, .locations: "'array'"
        }
    }

    /// As much of a client's text as an error shows.
    private static func shown(_ text: String) -> String { text.count <= 100 ? text : text.prefix(100) + "..." }

    static func isUUID(_ text: String) -> Bool {
        guard text.utf8.count == 36, ImageID.isValid(text) else { return false }
        return text.utf8.enumerated().allSatisfy { index, byte in
            [8, 13, 18, 23].contains(index) == (byte == UInt8(ascii: "-"))
        }
    }
}

extension ImageLocation {
    /// What is wrong with an entry of `locations`; nil where nothing is.
    static func mismatch(_ value: JSONValue) -> String? {
        guard value.object != nil else { return "a location is not of type 'object'" }
        guard let url = value["url"] else { return "'url' is a required property" }
        guard let text = url.string else { return "'url' is not of type 'string'" }
        if text.unicodeScalars.count > 255 { return "'url' is longer than 255 characters" }
        guard let metadata = value["metadata"] else { return "'metadata' is a required property" }
        if metadata.object == nil { return "'metadata' is not of type 'object'" }
        guard let validation = value["validation_data"] else { return nil }
        guard let members = validation.object?.members else { return "'validation_data' is not of type 'object'" }
        for required in ["os_hash_algo", "os_hash_value"] where validation[required] == nil {
            return "'\(required)' is a required property"
        }
        let lengths = ["checksum": 32, "os_hash_algo": 64, "os_hash_value": 128]
        for member in members {
            guard let lengthMax = lengths[member.name] else { return "additional properties are not allowed" }
            guard let text = member.value.string, text.unicodeScalars.count <= lengthMax else {
                return "'\(member.name)' is not a string of at most \(lengthMax) characters"
            }
        }
        return nil
    }
}
