import JSONText

/// Moves an image between `active` and `deactivated`; one that is there already stays as it is. `conflict` in any other
/// status, `notFound`, `forbidden`.
public struct SetDeactivation: RegistryOperation {
    public typealias Answer = Done
    public static let name = "set-deactivation"
    public static let isIdempotent = true

    public var imageID: String
    public var viewer: Viewer
    public var isDeactivated: Bool

    public init(imageID: String, viewer: Viewer, isDeactivated: Bool) {
        self.imageID = imageID
        self.viewer = viewer
        self.isDeactivated = isDeactivated
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"] else { throw JSONShapeError(member: "viewer") }
        self.init(
            imageID: try json.text("image_id"), viewer: try Viewer(json: viewer),
            isDeactivated: try json.flag("deactivated"))
    }

    public var json: JSONValue {
        ["image_id": .string(imageID), "viewer": viewer.json, "deactivated": .bool(isDeactivated)]
    }
}
