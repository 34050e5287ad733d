import JSONText

/// Writes a new image, exactly as given; the API has checked its words. `duplicate`, `quotaExceeded`.
public struct CreateImage: RegistryOperation {
    public typealias Answer = Image
    public static let name = "create-image"
    public static let isIdempotent = false

    public var image: Image
    /// The limits of tenants for whom nothing else is set.
    public var quotas: TenantQuotas

    public init(image: Image, quotas: TenantQuotas = TenantQuotas()) {
        self.image = image
        self.quotas = quotas
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let image = json["image"] else { throw JSONShapeError(member: "image") }
        self.image = try Image(json: image)
        quotas = try json.quotas()
    }

    public var json: JSONValue { ["image": image.json, "quotas": quotas.json] }
}

/// One image, if the viewer may see it. Admins see tombstones.
public struct GetImage: RegistryOperation {
    public typealias Answer = Image
    public static let name = "get-image"
    public static let isIdempotent = true
    public static let isRepeated = true

    public var id: String
    public var viewer: Viewer

    public init(id: String, viewer: Viewer) {
        self.id = id
        self.viewer = viewer
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"] else { throw JSONShapeError(member: "viewer") }
        self.init(id: try json.text("id"), viewer: try Viewer(json: viewer))
    }

    public var json: JSONValue { ["id": .string(id), "viewer": viewer.json] }
}

/// A page of images.
public struct ListImages: RegistryOperation {
    public static let name = "list-images"
    public static let isIdempotent = true
    public static let isRepeated = true

    public var query: ImageQuery

    public init(query: ImageQuery) { self.query = query }

    public init(json: JSONValue) throws(JSONShapeError) { query = try ImageQuery(json: json) }

    public var json: JSONValue { query.json }

    /// The page's images in order.
    public struct Answer: JSONCoding {
        public var images: [Image]

        public init(images: [Image]) { self.images = images }

        public init(json: JSONValue) throws(JSONShapeError) { images = try json.list("images") }

        public var json: JSONValue { ["images": images.json] }
    }
}

/// Changes an image's metadata, if the viewer may (`notFound`, `forbidden`), its status is one of those expected, and
/// its properties are there or not as the changes expect (`conflict`). `updated_at` moves on every call.
public struct UpdateImage: RegistryOperation {
    public typealias Answer = Image
    public static let name = "update-image"
    public static let isIdempotent = false

    public var id: String
    public var viewer: Viewer
    public var changes: ImageChanges
    /// The statuses in which the change is right; empty for any but `deleted`.
    public var expectedStatuses: [ImageStatus]
    /// Properties that the image may have afterwards (`quotaExceeded`, quota `image_property_quota`); nil: no bound.
    public var propertyQuota: Int64?

    public init(
        id: String, viewer: Viewer, changes: ImageChanges, expectedStatuses: [ImageStatus] = [],
        propertyQuota: Int64? = nil
    ) {
        self.id = id
        self.viewer = viewer
        self.changes = changes
        self.expectedStatuses = expectedStatuses
        self.propertyQuota = propertyQuota
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"], let changes = json["changes"] else { throw JSONShapeError(member: "viewer") }
        self.init(
            id: try json.text("id"), viewer: try Viewer(json: viewer), changes: try ImageChanges(json: changes),
            expectedStatuses: try json.words("expected_statuses"),
            propertyQuota: try json.optionalNumber("property_quota"))
    }

    public var json: JSONValue {
        [
            "id": .string(id), "viewer": viewer.json, "changes": changes.json,
            "expected_statuses": expectedStatuses.map(\.rawValue).json, "property_quota": JSONValue(propertyQuota),
        ]
    }
}

/// Turns an image into a tombstone and its data into a reclaim entry, in one transaction.
///
/// A running upload of it finds out when it settles (`notFound`). Fails with `protected` where the image is.
public struct DeleteImage: RegistryOperation {
    /// The tombstone.
    public typealias Answer = Image
    public static let name = "delete-image"
    public static let isIdempotent = false

    public var id: String
    public var viewer: Viewer
    /// Glance's `delayed_delete`: an image with data becomes `pending_delete` and keeps it for now.
    public var isDelayed: Bool

    public init(id: String, viewer: Viewer, isDelayed: Bool = false) {
        self.id = id
        self.viewer = viewer
        self.isDelayed = isDelayed
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"] else { throw JSONShapeError(member: "viewer") }
        self.init(
            id: try json.text("id"), viewer: try Viewer(json: viewer), isDelayed: try json.flag("delayed"))
    }

    public var json: JSONValue { ["id": .string(id), "viewer": viewer.json, "delayed": .bool(isDelayed)] }
}
