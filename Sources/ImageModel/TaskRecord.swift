import JSONText

/// A task with what the registry knows beside: what v2 shows.
public struct TaskRecord: Equatable, Sendable {
    public var task: ImageTask
    /// The tenant of the image when the task was made.
    public var owner: String?
    public var createdAt: Timestamp
    public var updatedAt: Timestamp
    /// nil while it is neither done nor given up.
    public var finishedAt: Timestamp?

    public init(
        task: ImageTask, owner: String?, createdAt: Timestamp, updatedAt: Timestamp, finishedAt: Timestamp?
    ) {
        self.task = task
        self.owner = owner
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.finishedAt = finishedAt
    }
}

extension TaskRecord: JSONCoding {
    public init(json: JSONValue) throws(JSONShapeError) {
        guard let task = json["task"] else { throw JSONShapeError(member: "task") }
        self.init(
            task: try ImageTask(json: task), owner: try json.optionalText("owner"),
            createdAt: try json.timestamp("created_at"), updatedAt: try json.timestamp("updated_at"),
            finishedAt: try json.optionalNumber("finished_at").map(Timestamp.init(microseconds:)))
    }

    public var json: JSONValue {
        [
            "task": task.json, "owner": JSONValue(owner), "created_at": .int(createdAt.microseconds),
            "updated_at": .int(updatedAt.microseconds), "finished_at": JSONValue(finishedAt?.microseconds),
        ]
    }
}

/// A list of tasks.
public struct TaskRecords: JSONCoding, Equatable {
    public var tasks: [TaskRecord]

    public init(tasks: [TaskRecord]) { self.tasks = tasks }

    public init(json: JSONValue) throws(JSONShapeError) { tasks = try json.list("tasks") }

    public var json: JSONValue { ["tasks": tasks.json] }
}

/// One task; `notFound`. Who may ask is the API's matter.
public struct GetTask: RegistryOperation {
    public typealias Answer = TaskRecord
    public static let name = "get-task"
    public static let isIdempotent = true

    public var id: String

    public init(id: String) { self.id = id }

    public init(json: JSONValue) throws(JSONShapeError) { id = try json.text("id") }

    public var json: JSONValue { ["id": .string(id)] }
}

/// The tasks of an image, oldest first, the last thousand of them; `notFound` where the viewer does not see the image.
public struct ListImageTasks: RegistryOperation {
    public typealias Answer = TaskRecords
    public static let name = "list-image-tasks"
    public static let isIdempotent = true

    public var imageID: String
    public var viewer: Viewer

    public init(imageID: String, viewer: Viewer) {
        self.imageID = imageID
        self.viewer = viewer
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"] else { throw JSONShapeError(member: "viewer") }
        self.init(imageID: try json.text("image_id"), viewer: try Viewer(json: viewer))
    }

    public var json: JSONValue { ["image_id": .string(imageID), "viewer": viewer.json] }
}

/// A page of tasks; `invalidMarker` where there is no such task. Who may ask is the API's matter.
public struct ListTasks: RegistryOperation {
    public typealias Answer = TaskRecords
    public static let name = "list-tasks"
    public static let isIdempotent = true

    /// What a page is sorted by; the id decides between equals.
    public enum SortKey: String, CaseIterable, Sendable {
        case id, type, status
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    /// nil: whatever it is.
    public var kind: ImageTask.Kind?
    /// nil: whatever it is.
    public var status: ImageTask.Status?
    /// nil: every tenant's.
    public var owner: String?
    public var limit: Int
    /// The id of the task before the page.
    public var marker: String?
    public var sortKey: SortKey
    public var isDescending: Bool

    public init(
        kind: ImageTask.Kind? = nil, status: ImageTask.Status? = nil, owner: String? = nil, limit: Int,
        marker: String? = nil,
        sortKey: SortKey = .createdAt, isDescending: Bool = true
    ) {
        self.kind = kind
        self.status = status
        self.owner = owner
        self.limit = limit
        self.marker = marker
        self.sortKey = sortKey
        self.isDescending = isDescending
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            kind: try json.optionalWord("kind"), status: try json.optionalWord("status"),
            owner: try json.optionalText("owner"),
            limit: Int(try json.number("limit")), marker: try json.optionalText("marker"),
            sortKey: try json.word("sort_key"), isDescending: try json.flag("descending"))
    }

    public var json: JSONValue {
        [
            "kind": JSONValue(kind?.rawValue), "status": JSONValue(status?.rawValue), "owner": JSONValue(owner),
            "limit": .int(Int64(limit)),
            "marker": JSONValue(marker), "sort_key": .string(sortKey.rawValue), "descending": .bool(isDescending),
        ]
    }
}
