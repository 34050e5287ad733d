import ImageModel
import JSONText

/// Tasks in v2's JSON.
enum TaskDocument {
    /// `task_time_to_live`: how long a task is kept after its end, in hours.
    private static let keptHours: Int64 = 48

    /// `GET /v2/images/{id}/tasks`: with times as v1 writes them.
    static func json(ofImage tasks: [TaskRecord], showsInput: Bool) -> [UInt8] {
        var writer = JSONWriter(capacity: 64 + tasks.count * 640)
        writer.beginObject()
        writer.name(plain: "tasks")
        writer.beginArray()
        for task in tasks {
            writer.beginObject()
            writeHead(of: task, to: &writer) { $0.v1Text }
            writer.name(plain: "deleted_at")
            writer.value(.null)
            writer.name(plain: "deleted")
            writer.value(false)
            writeRest(of: task, showsInput: showsInput, to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// `GET /v2/tasks/{id}`
    static func json(of task: TaskRecord) -> [UInt8] {
        var writer = JSONWriter(capacity: 640)
        writer.beginObject()
        writeHead(of: task, to: &writer) { $0.v2Text }
        writeRest(of: task, showsInput: true, to: &writer)
        writeLinks(of: task, to: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// `GET /v2/tasks`: without what went in and came out.
    static func json(of tasks: [TaskRecord], first: String, next: String?) -> [UInt8] {
        var writer = JSONWriter(capacity: 256 + tasks.count * 320)
        writer.beginObject()
        writer.name(plain: "tasks")
        writer.beginArray()
        for task in tasks {
            writer.beginObject()
            writeHead(of: task, to: &writer) { $0.v2Text }
            writeLinks(of: task, to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.name(plain: "first")
        writer.value(first)
        if let next {
            writer.name(plain: "next")
            writer.value(next)
        }
        writer.name(plain: "schema")
        writer.value("/v2/schemas/tasks")
        writer.endObject()
        return writer.bytes
    }

    private static func writeHead(
        of record: TaskRecord, to writer: inout JSONWriter, _ text: (Timestamp) -> String
    ) {
        let expiry = record.finishedAt.map {
            Timestamp(microseconds: $0.microseconds + keptHours * 3600 * 1_000_000)
        }
        writer.name(plain: "id")
        writer.value(record.task.id)
        writer.name(plain: "type")
        writer.value(typeName(of: record.task.kind))
        writer.name(plain: "status")
        writer.value(record.task.status.rawValue)
        writer.name(plain: "owner")
        writer.value(record.owner)
        if let expiry {
            writer.name(plain: "expires_at")
            writer.value(text(expiry))
        }
        writer.name(plain: "created_at")
        writer.value(text(record.createdAt))
        writer.name(plain: "updated_at")
        writer.value(text(record.updatedAt))
        writer.name(plain: "image_id")
        writer.value(record.task.imageID)
        writer.name(plain: "request_id")
        writer.value(record.task.requestID)
        writer.name(plain: "user_id")
        writer.value(record.task.userID)
    }

    private static func typeName(of kind: ImageTask.Kind) -> String {
        switch kind {
        case .locationImport: "location_import"
        case .taskImport: "import"
        case .copyFrom, .webDownload, .glanceDownload, .glanceDirect, .copyImage: "api_image_import"
        }
    }

    private static func writeRest(of record: TaskRecord, showsInput: Bool, to writer: inout JSONWriter) {
        let task = record.task
        writer.name(plain: "input")
        writer.value(showsInput ? input(of: task) : .null)
        writer.name(plain: "result")
        writer.value(result(of: task))
        writer.name(plain: "message")
        writer.value(task.status == .processing ? progress(of: task) : task.message)
    }

    /// What has come of it, or has come so far: `bytes` and `bytes_expected` are ours.
    private static func result(of task: ImageTask) -> JSONValue {
        guard task.status == .success || task.status == .processing else { return .null }
        var result = JSONObject()
        if task.status == .success { result.append("image_id", .string(task.imageID)) }
        result.append("bytes", .int(task.bytesDone))
        if let expected = task.bytesExpected { result.append("bytes_expected", .int(expected)) }
        return .object(result)
    }

    private static func input(of task: ImageTask) -> JSONValue {
        if task.kind == .taskImport { return ["import_from": .string(task.sourceURL)] }
        if task.kind == .locationImport {
            return [
                "image_id": .string(task.imageID), "loc_url": .string(task.sourceURL),
                "validation_data": task.claim?.json ?? [:],
            ]
        }
        let method: JSONValue =
            switch task.kind {
            case .glanceDirect: ["name": .string("glance-direct")]
            case .copyImage: ["name": .string("copy-image")]
            case .webDownload: webDownload(task)
            case .glanceDownload:
                [
                    "name": .string("glance-download"), "glance_region": JSONValue(task.remote?.region),
                    "glance_image_id": JSONValue(task.remote?.imageID),
                    "glance_service_interface": JSONValue(task.remote?.interface),
                ]
            case .copyFrom, .locationImport, .taskImport:
                ["name": .string("copy-from"), "uri": .string(task.sourceURL)]
            }
        guard let stores = task.stores else {
            return ["image_id": .string(task.imageID), "import_req": ["method": method]]
        }
        return [
            "image_id": .string(task.imageID),
            "import_req": [
                "method": method, "stores": .array(stores.ids.map(JSONValue.string)),
                "all_stores_must_succeed": .bool(stores.mustAllSucceed),
            ],
            "backend": .array(stores.ids.map(JSONValue.string)),
        ]
    }

    private static func webDownload(_ task: ImageTask) -> JSONValue {
        var method = JSONObject()
        method.append("name", .string("web-download"))
        method.append("uri", .string(task.sourceURLs.first ?? task.sourceURL))
        if task.sourceURLs.count > 1 {
            method.append("uris", .array(task.sourceURLs.dropFirst().map(JSONValue.string)))
        }
        if let claim = task.claim {
            method.append("os_hash_algo", .string(claim.algorithm))
            method.append("os_hash_value", .string(claim.value))
        }
        return .object(method)
    }

    /// How far it is, for those who wait; and why it has not gone straight on.
    private static func progress(of task: ImageTask) -> String {
        let bytes = task.bytesExpected.map { "\(task.bytesDone) of \($0) bytes" } ?? "\(task.bytesDone) bytes"
        return task.message.isEmpty ? bytes : "\(bytes); \(task.message)"
    }

    private static func writeLinks(of record: TaskRecord, to writer: inout JSONWriter) {
        writer.name(plain: "self")
        writer.value("/v2/tasks/\(record.task.id)")
        writer.name(plain: "schema")
        writer.value("/v2/schemas/task")
    }
}
