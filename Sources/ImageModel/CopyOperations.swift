import JSONText

/// Notes that copies of an active image's data are on disk in more stores: its locations grow, and what an upload of the
/// purpose `copying` has reserved becomes usage. An image of unknown size has the copies' from then on.
///
/// `notFound` where the image was deleted, `conflict` where the upload is settled: the caller removes the copies. Sent
/// again with the same upload it gives the same answer.
public struct FinishCopy: RegistryOperation {
    public typealias Answer = Image
    public static let name = "finish-copy"
    public static let isIdempotent = true

    public var imageID: String
    public var uploadID: String
    /// Bytes of each copy.
    public var bytes: Int64
    public var locations: [ImageLocation]

    public init(imageID: String, uploadID: String, bytes: Int64, locations: [ImageLocation]) {
        self.imageID = imageID
        self.uploadID = uploadID
        self.bytes = bytes
        self.locations = locations
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            imageID: try json.text("image_id"), uploadID: try json.text("upload_id"), bytes: try json.number("bytes"),
            locations: try json.list("locations"))
    }

    public var json: JSONValue {
        [
            "image_id": .string(imageID), "upload_id": .string(uploadID), "bytes": .int(bytes),
            "locations": locations.json,
        ]
    }
}
