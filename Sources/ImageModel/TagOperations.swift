import JSONText

/// Adds a tag to an image; one that stands is fine. `quotaExceeded` (quota `image_tag_quota`), `notFound`, `forbidden`.
public struct AddTag: RegistryOperation {
    public typealias Answer = Done
    public static let name = "add-tag"
    public static let isIdempotent = true

    public var imageID: String
    public var viewer: Viewer
    public var tag: String
    /// Tags that the image may have afterwards; nil: no bound.
    public var tagQuota: Int64?

    public init(imageID: String, viewer: Viewer, tag: String, tagQuota: Int64?) {
        self.imageID = imageID
        self.viewer = viewer
        self.tag = tag
        self.tagQuota = tagQuota
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"] else { throw JSONShapeError(member: "viewer") }
        self.init(
            imageID: try json.text("image_id"), viewer: try Viewer(json: viewer), tag: try json.text("tag"),
            tagQuota: try json.optionalNumber("tag_quota"))
    }

    public var json: JSONValue {
        [
            "image_id": .string(imageID), "viewer": viewer.json, "tag": .string(tag),
            "tag_quota": JSONValue(tagQuota),
        ]
    }
}

/// Takes a tag away from an image: `notFound` where the image does not have it, or is not there.
public struct RemoveTag: RegistryOperation {
    public typealias Answer = Done
    public static let name = "remove-tag"
    public static let isIdempotent = false

    public var imageID: String
    public var viewer: Viewer
    public var tag: String

    public init(imageID: String, viewer: Viewer, tag: String) {
        self.imageID = imageID
        self.viewer = viewer
        self.tag = tag
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"] else { throw JSONShapeError(member: "viewer") }
        self.init(imageID: try json.text("image_id"), viewer: try Viewer(json: viewer), tag: try json.text("tag"))
    }

    public var json: JSONValue { ["image_id": .string(imageID), "viewer": viewer.json, "tag": .string(tag)] }
}
