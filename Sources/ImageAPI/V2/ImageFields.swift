import GlanceHTTP
import ImageModel
import JSONText

/// What a client may set of an image, and to what: the fields by who may set them, their values by the schema that is
/// served. Any other name is a custom property's.
struct ImageFields: Sendable {
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

    static let nameLengthMax = 255
    /// The largest `min_disk` and `min_ram`.
    static let numberMax: Int64 = 2_147_483_647
    /// Names that are no fields, and can't be properties either.
    private static let reservedNames: Set<String> = ["location", "deleted", "deleted_at"]
    /// What the import keeps its own properties under.
    private static let reservedPrefix = "os_glance"

    private static let access: [String: Access] = [
        "id": .once, "name": .writable, "visibility": .writable, "protected": .writable, "os_hidden": .writable,
        "owner": .writable, "container_format": .writable, "disk_format": .writable, "tags": .writable,
        "min_ram": .writable, "min_disk": .writable,
        "status": .readOnly, "checksum": .readOnly, "os_hash_algo": .readOnly, "os_hash_value": .readOnly,
        "size": .readOnly, "virtual_size": .readOnly, "created_at": .readOnly, "updated_at": .readOnly,
        "direct_url": .link, "self": .link, "file": .link, "stores": .link, "schema": .link,
        "locations": .reserved,
    ]

    private let schema: JSONSchema

    init(_ options: ImageAPIOptions) {
        schema = ImageSchema.image(options)
    }

    /// Who may set the field of that name; nil for a custom property.
    func access(_ name: String) -> Access? { Self.access[name] }

    /// Whether the name can be a custom property's.
    static func canBeProperty(_ name: String) -> Bool { access[name] == nil && !isReserved(name) }

    /// Whether the name can be neither a field's nor a property's.
    static func isReserved(_ name: String) -> Bool {
        reservedNames.contains(name) || name.hasPrefix(reservedPrefix)
    }

    /// Checks one member's value.
    ///
    /// - Throws: 400 where the value is not of the member's type, or out of its bounds.
    func check(_ name: String, _ value: JSONValue) throws(APIError) {
        if let reason = schema.mismatch(ofMember: name, value) { throw .schemaMismatch("image", reason) }
    }
}
