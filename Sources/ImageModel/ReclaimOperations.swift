import JSONText

/// Data that are the image's no more, and still lie in a store of ours.
public struct Reclaim: JSONCoding, Equatable, Sendable {
    public var imageID: String
    /// Where they lie, with the store's name; an empty URL: wherever there are any.
    public var location: ImageLocation
    /// Where data of the same image stay: what lies in one of those stores must not go.
    public var standing: [ImageLocation]

    public init(imageID: String, location: ImageLocation, standing: [ImageLocation] = []) {
        self.imageID = imageID
        self.location = location
        self.standing = standing
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let location = json["location"] else { throw JSONShapeError(member: "location") }
        self.init(
            imageID: try json.text("image_id"), location: try ImageLocation(json: location),
            standing: try json.list("standing"))
    }

    public var json: JSONValue {
        ["image_id": .string(imageID), "location": location.json, "standing": standing.json]
    }
}

/// What is to be taken off the disk: at most `limit` entries, oldest first.
public struct ListReclaims: RegistryOperation {
    public static let name = "list-reclaims"
    public static let isIdempotent = true

    public var limit: Int

    public init(limit: Int = 1000) { self.limit = limit }

    public init(json: JSONValue) throws(JSONShapeError) { limit = Int(try json.number("limit")) }

    public var json: JSONValue { ["limit": .int(Int64(limit))] }

    /// The entries in order.
    public struct Answer: JSONCoding, Equatable {
        public var reclaims: [Reclaim]

        public init(reclaims: [Reclaim]) { self.reclaims = reclaims }

        public init(json: JSONValue) throws(JSONShapeError) { reclaims = try json.list("reclaims") }

        public var json: JSONValue { ["reclaims": reclaims.json] }
    }
}

/// The data are off the disk there: their bytes leave the owner's ledger.
public struct SettleReclaim: RegistryOperation {
    public typealias Answer = Done
    public static let name = "settle-reclaim"
    public static let isIdempotent = true

    public var imageID: String
    /// As `ListReclaims` has told it; nil: wherever the image had data.
    public var url: String?

    public init(imageID: String, url: String? = nil) {
        self.imageID = imageID
        self.url = url
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(imageID: try json.text("image_id"), url: try json.optionalText("url"))
    }

    public var json: JSONValue { ["image_id": .string(imageID), "url": JSONValue(url)] }
}
