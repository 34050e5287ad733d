import JSONText

/// A list of image ids, or of names that might be.
public struct ImageIDs: JSONCoding, Equatable {
    public var ids: [String]

    public init(ids: [String]) { self.ids = ids }

    public init(json: JSONValue) throws(JSONShapeError) { ids = try json.texts("ids") }

    public var json: JSONValue { ["ids": ids.json] }
}

/// Settles every upload as failed: sent once by an API that has just started, so none of them can be running.
/// The answer names their images: what lies in the stores under these ids, and is no orphan, is theirs from before.
///
/// Uploads of a copy task that is not done are settled too: their images are `queued` again whatever a failure would
/// have left, and the task begins a new upload. What another API's hold on a task vouches for is left alone.
public struct RecoverUploads: RegistryOperation {
    public typealias Answer = ImageIDs
    public static let name = "recover-uploads"
    public static let isIdempotent = true

    /// Who has started; see `TaskLease`.
    public var holder: String

    public init(holder: String = "") { self.holder = holder }

    public init(json: JSONValue) throws(JSONShapeError) { holder = try json.text("holder") }

    public var json: JSONValue { ["holder": .string(holder)] }
}

/// Images in `pending_delete` that were deleted before a moment: at most `limit` of them, oldest first.
public struct ListScrubbable: RegistryOperation {
    public typealias Answer = ImageIDs
    public static let name = "list-scrubbable"
    public static let isIdempotent = true

    public var deletedBefore: Timestamp
    public var limit: Int

    public init(deletedBefore: Timestamp, limit: Int = 1000) {
        self.deletedBefore = deletedBefore
        self.limit = limit
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(deletedBefore: try json.timestamp("deleted_before"), limit: Int(try json.number("limit")))
    }

    public var json: JSONValue {
        ["deleted_before": .int(deletedBefore.microseconds), "limit": .int(Int64(limit))]
    }
}

/// Ends the delay of `delayed_delete`: `pending_delete → deleted`, and the data becomes a reclaim entry, in one
/// transaction. An image that is `deleted` already is fine; `notFound` where there is none, `conflict` where it is not
/// deleted at all (an admin may have restored it).
public struct ScrubImage: RegistryOperation {
    public typealias Answer = Done
    public static let name = "scrub-image"
    public static let isIdempotent = true

    public var imageID: String

    public init(imageID: String) { self.imageID = imageID }

    public init(json: JSONValue) throws(JSONShapeError) { imageID = try json.text("image_id") }

    public var json: JSONValue { ["image_id": .string(imageID)] }
}

/// Whether the registry answers at all.
public struct Ping: RegistryOperation {
    public typealias Answer = Done
    public static let name = "ping"
    public static let isIdempotent = true

    public init() {}
    public init(json: JSONValue) throws(JSONShapeError) {}
    public var json: JSONValue { [:] }
}
