import JSONText

/// Begins an import of v2: the image becomes `importing`, and its task's row is written, in one transaction. An image
/// whose location is looked at first stays `queued` meanwhile.
///
/// `conflict` where the image is in another status than its kind of import begins from, `duplicate` where other work on
/// the image has not ended, `notFound`, `forbidden`; `quotaExceeded` where it can be seen already that the data do not fit.
public struct StartImport: RegistryOperation {
    public typealias Answer = Done
    public static let name = "start-import"
    public static let isIdempotent = false

    public var task: ImageTask
    public var viewer: Viewer
    /// The limits of tenants for whom nothing else is set.
    public var quotas: TenantQuotas
    /// Properties that the image gets, in place of its own of the same names.
    public var properties: [ImageProperty]

    public init(
        task: ImageTask, viewer: Viewer, quotas: TenantQuotas = TenantQuotas(), properties: [ImageProperty] = []
    ) {
        self.task = task
        self.viewer = viewer
        self.quotas = quotas
        self.properties = properties
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"], let task = json["task"] else { throw JSONShapeError(member: "task") }
        self.init(
            task: try ImageTask(json: task), viewer: try Viewer(json: viewer),
            quotas: try json.quotas(), properties: try [ImageProperty](members: json["properties"]))
    }

    public var json: JSONValue {
        ["task": task.json, "viewer": viewer.json, "quotas": quotas.json, "properties": properties.members]
    }
}

/// Ends an import of data that were staged: `importing → active`. One that has ended so is fine; `conflict` in any other
/// status, `notFound` where the image or its staged data are gone, `quotaExceeded`.
public struct FinishStagedImport: RegistryOperation {
    public typealias Answer = Done
    public static let name = "finish-staged-import"
    public static let isIdempotent = true

    public var imageID: String
    /// Bytes of the disk inside; nil where nobody knows.
    public var virtualSize: Int64?
    /// The store that the data are in, of several.
    public var store: String?
    /// Whether the staged data stay where they are; otherwise `copies` has them, and they are reclaimed.
    public var keepsStaged = true
    /// Where else the same data lie already.
    public var copies: [ImageLocation] = []
    /// What the copies' bytes were found to be; `malformed` where the staged data's digest is another.
    public var copiesHash: String?
    /// The upload that has reserved the copies' bytes.
    public var uploadID: String?
    /// Whether the import goes on behind this, to put copies into more stores.
    public var importGoesOn = false
    /// The limits of tenants for whom nothing else is set.
    public var quotas: TenantQuotas

    public init(
        imageID: String, virtualSize: Int64? = nil, store: String? = nil, quotas: TenantQuotas = TenantQuotas()
    ) {
        self.imageID = imageID
        self.virtualSize = virtualSize
        self.store = store
        self.quotas = quotas
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            imageID: try json.text("image_id"), virtualSize: try json.optionalNumber("virtual_size"),
            store: try json.optionalText("store"), quotas: try json.quotas())
        keepsStaged = try json.flag("keeps_staged")
        copies = try json.list("copies")
        copiesHash = try json.optionalText("copies_hash")
        uploadID = try json.optionalText("upload_id")
        importGoesOn = try json.flag("import_goes_on")
    }

    public var json: JSONValue {
        [
            "image_id": .string(imageID), "virtual_size": JSONValue(virtualSize), "store": JSONValue(store),
            "quotas": quotas.json, "keeps_staged": .bool(keepsStaged), "copies": copies.json,
            "copies_hash": JSONValue(copiesHash), "upload_id": JSONValue(uploadID),
            "import_goes_on": .bool(importGoesOn),
        ]
    }
}

/// Gives an import up: `importing → queued`, and the task says why, in one transaction. What was staged leaves the
/// ledger: it must be off the disk before. An image that is not `importing` keeps its status.
public struct FailImport: RegistryOperation {
    public typealias Answer = Done
    public static let name = "fail-import"
    public static let isIdempotent = true

    /// With the reason as its message.
    public var task: ImageTask
    /// See `UpdateTask`.
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
