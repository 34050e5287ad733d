import JSONText

/// Work on an image that goes on behind the caller's back: a row in the registry, done by a worker in the API.
public struct ImageTask: Equatable, Sendable {
    public var id: String
    public var kind: Kind
    public var imageID: String
    public var status: Status
    /// Where the bytes come from; never shown to others than the image's owner, as it may hold a password.
    public var sourceURL: String
    /// The entity tag with which the source began (RFC 9110 §8.8.3), quotes included: a later worker goes on behind
    /// `bytesDone` only where the source still has it. nil where it told none, or nothing is done.
    ///
    /// Once the whole source has come: where it lies and what it is, as the API notes it. Of what was staged: what the
    /// import plugins have made of it and put, or are about to put, in its place.
    public var sourceTag: String?
    public var bytesDone: Int64
    public var bytesExpected: Int64?
    /// How often a worker has taken it up.
    public var attempts: Int64
    /// Why it failed, or failed last.
    public var message: String
    /// The user that asked for it; nil where its identity names none.
    public var userID: String?
    /// The request that asked for it.
    public var requestID: String?
    /// What the data must hash to; nil: whatever they do.
    public var claim: DigestClaim?
    /// All places where the bytes are, in the order in which they are tried; `sourceURL` is the one in use. Empty where
    /// there is but that one.
    public var sourceURLs: [String]
    /// Which image of which other Glance it is, of a `glanceDownload`.
    public var remote: RemoteImage?
    /// What is shown to the source on the owner's behalf, sealed by the API; it goes with the task's end.
    public var credential: String?
    /// The stores that the data are for, of several; nil: the default one.
    public var stores: StoreTargets?

    /// What is to be done.
    public enum Kind: String, Sendable {
        /// v1's `x-glance-api-copy-from`.
        case copyFrom = "copy_from"
        /// v2's import from a URL.
        case webDownload = "web_download"
        /// v2's import from another Glance.
        case glanceDownload = "glance_download"
        /// v2's import of what was staged.
        case glanceDirect = "glance_direct"

        /// v2's task that makes an image of what a URL has.
        case taskImport = "import"
        /// v2's registration of data that stay outside.
        case locationImport = "location_import"
        /// v2's copy of an active image's data into more stores.
        case copyImage = "copy_image"

        /// Whether it is an import of v2, which keeps its image `importing` while it runs.
        public var isImport: Bool { self != .copyFrom && self != .locationImport && self != .copyImage }

        /// Whether the import plugins have a say in what becomes of its data.
        public var hasPlugins: Bool {
            switch self {
            case .webDownload, .glanceDownload, .glanceDirect: true
            case .copyFrom, .taskImport, .locationImport, .copyImage: false
            }
        }

        /// The status in which an image may be imported so.
        public var imageStatus: ImageStatus {
            switch self {
            case .glanceDirect: .uploading
            case .copyImage: .active
            case .copyFrom, .webDownload, .glanceDownload, .taskImport, .locationImport: .queued
            }
        }
    }

    /// Glance's task statuses.
    public enum Status: String, Sendable {
        case pending, processing, success, failure
    }

    public init(id: String, kind: Kind, imageID: String, sourceURL: String, bytesExpected: Int64?) {
        self.id = id
        self.kind = kind
        self.imageID = imageID
        self.sourceURL = sourceURL
        self.bytesExpected = bytesExpected
        status = .pending
        bytesDone = 0
        attempts = 0
        message = ""
        sourceURLs = []
    }
}

/// What somebody says that data hash to.
public struct DigestClaim: JSONCoding, Equatable {
    /// `md5`, `sha1`, `sha256` or `sha512`.
    public var algorithm: String
    /// In lower-case hex.
    public var value: String

    public init(algorithm: String, value: String) {
        self.algorithm = algorithm
        self.value = value
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(algorithm: try json.text("os_hash_algo"), value: try json.text("os_hash_value"))
    }

    public var json: JSONValue { ["os_hash_algo": .string(algorithm), "os_hash_value": .string(value)] }
}

extension ImageTask: JSONCoding {
    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            id: try json.text("id"), kind: try json.word("kind"), imageID: try json.text("image_id"),
            sourceURL: try json.text("source_url"), bytesExpected: try json.optionalNumber("bytes_expected"))
        status = try json.word("status")
        sourceTag = json["source_tag"]?.string
        bytesDone = try json.number("bytes_done")
        attempts = try json.number("attempts")
        message = try json.text("message")
        userID = try json.optionalText("user_id")
        requestID = try json.optionalText("request_id")
        claim = try json.optional("claim")
        sourceURLs = try json.texts("source_urls")
        remote = try json.optional("remote")
        credential = try json.optionalText("credential")
        stores = try json.optional("stores")
    }

    public var json: JSONValue {
        [
            "id": .string(id), "kind": .string(kind.rawValue), "image_id": .string(imageID),
            "status": .string(status.rawValue), "source_url": .string(sourceURL),
            "source_tag": JSONValue(sourceTag), "bytes_done": .int(bytesDone),
            "bytes_expected": JSONValue(bytesExpected), "attempts": .int(attempts), "message": .string(message),
            "user_id": JSONValue(userID), "request_id": JSONValue(requestID),
            "claim": claim?.json ?? .null, "source_urls": sourceURLs.json, "remote": remote?.json ?? .null,
            "credential": JSONValue(credential), "stores": stores?.json ?? .null,
        ]
    }
}

/// Writes a new task row. `duplicate` where the id is taken, `notFound` where the image is gone.
public struct CreateTask: RegistryOperation {
    public typealias Answer = Done
    public static let name = "create-task"
    public static let isIdempotent = false

    public var task: ImageTask

    public init(task: ImageTask) { self.task = task }

    public init(json: JSONValue) throws(JSONShapeError) { task = try ImageTask(json: json) }

    public var json: JSONValue { task.json }
}

/// Notes a task's status, source, progress and message. `notFound` where the row or its image is gone, `duplicate` where
/// another works on it: the work stops.
public struct UpdateTask: RegistryOperation {
    public typealias Answer = Done
    public static let name = "update-task"
    public static let isIdempotent = true

    public var task: ImageTask
    /// The hold that this is a sign of life of; nil where nobody else could have one.
    public var lease: TaskLease?

    public init(task: ImageTask, lease: TaskLease? = nil) {
        self.task = task
        self.lease = lease
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let task = json["task"] else { throw JSONShapeError(member: "task") }
        self.init(task: try ImageTask(json: task), lease: try json.optional("lease"))
    }

    public var json: JSONValue { ["task": task.json, "lease": lease?.json ?? .null] }
}

/// The tasks that are neither done nor given up, and that nobody else holds, oldest first: what an API takes up that has
/// just started, or looks for what another one has left.
public struct ListUnfinishedTasks: RegistryOperation {
    public typealias Answer = TaskRecords
    public static let name = "list-unfinished-tasks"
    public static let isIdempotent = true

    /// Who asks; what it holds itself is listed.
    public var holder: String

    public init(holder: String) { self.holder = holder }

    public init(json: JSONValue) throws(JSONShapeError) { holder = try json.text("holder") }

    public var json: JSONValue { ["holder": .string(holder)] }
}
