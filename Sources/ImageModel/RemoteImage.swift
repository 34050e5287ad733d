import JSONText

/// An image of another Glance, as a client names it for `glance-download`.
public struct RemoteImage: JSONCoding, Equatable {
    /// The region of the other Glance.
    public var region: String
    public var imageID: String
    /// Keystone's word for the kind of endpoint: `public`, `internal` or `admin`.
    public var interface: String
    /// The roles of who asked for it, in lower case: what a property protection asks for when properties are taken over.
    public var callerRoles: [String]
    /// Its Glance was found in a Keystone's catalogue, and not among those that the operator has named.
    public var isFromCatalogue = false

    public init(region: String, imageID: String, interface: String, callerRoles: [String]) {
        self.region = region
        self.imageID = imageID
        self.interface = interface
        self.callerRoles = callerRoles
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            region: try json.text("region"), imageID: try json.text("image_id"),
            interface: try json.text("interface"), callerRoles: try json.texts("caller_roles"))
        isFromCatalogue = try json.flag("from_catalogue")
    }

    public var json: JSONValue {
        [
            "region": .string(region), "image_id": .string(imageID), "interface": .string(interface),
            "caller_roles": callerRoles.json, "from_catalogue": .bool(isFromCatalogue),
        ]
    }
}
