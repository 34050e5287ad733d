import JSONText

/// A glance-api's hold on a task: no other one works on it before the lease is over.
public struct TaskLease: JSONCoding, Equatable {
    /// Which glance-api: the same after a restart, so that it goes on at once with what it held.
    public var holder: String
    /// How long it lasts without a sign of life.
    public var seconds: Int64

    public init(holder: String, seconds: Int64) {
        self.holder = holder
        self.seconds = seconds
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(holder: try json.text("holder"), seconds: try json.number("seconds"))
    }

    public var json: JSONValue { ["holder": .string(holder), "seconds": .int(seconds)] }
}

/// Takes a task up: it is `processing`, and one more of its attempts. `notFound` where it is done or given up, or its
/// image is gone; `duplicate` where another holds it. A hold that is over is taken from who had it, and with it the upload
/// that it was about.
public struct ClaimTask: RegistryOperation {
    public typealias Answer = ImageTask
    public static let name = "claim-task"
    public static let isIdempotent = true

    public var id: String
    public var lease: TaskLease

    public init(id: String, lease: TaskLease) {
        self.id = id
        self.lease = lease
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let lease = json["lease"] else { throw JSONShapeError(member: "lease") }
        self.init(id: try json.text("id"), lease: try TaskLease(json: lease))
    }

    public var json: JSONValue { ["id": .string(id), "lease": lease.json] }
}

/// A sign of life for tasks that are being worked on. The answer names those that the holder no longer has: they are
/// over, their images are gone, or another has taken them.
public struct RenewLeases: RegistryOperation {
    public typealias Answer = ImageIDs
    public static let name = "renew-leases"
    public static let isIdempotent = true

    public var taskIDs: [String]
    public var lease: TaskLease

    public init(taskIDs: [String], lease: TaskLease) {
        self.taskIDs = taskIDs
        self.lease = lease
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let lease = json["lease"] else { throw JSONShapeError(member: "lease") }
        self.init(taskIDs: try json.texts("task_ids"), lease: try TaskLease(json: lease))
    }

    public var json: JSONValue { ["task_ids": taskIDs.json, "lease": lease.json] }
}
