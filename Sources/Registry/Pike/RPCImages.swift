import GRDB
import GlanceHTTP
import ImageModel
import JSONText

/// The commands of `/rpc` about images.
enum RPCImages {
    static func get(_ arguments: RPCArguments, in db: Database) throws -> JSONValue {
        try body(of: Image.visible(arguments.text("image_id"), to: arguments.viewer, in: db), in: db)
    }

    static func getAll(_ arguments: RPCArguments, in db: Database) throws -> JSONValue {
        let images = try ListImages(query: ImageQuery(rpc: arguments)).run(in: db).images
        let locations = try LocationValue.all(of: images.map(\.id), in: db)
        return .array(images.map { RPCBody.image($0, locations[$0.id] ?? []) })
    }

    /// Owners are the registry's to decide here as well: Glance trusts its API.
    static func create(_ arguments: RPCArguments, in db: Database) throws -> JSONValue {
        let values = try ImageValues(arguments.object("values"), verb: "add")
        return try body(of: PikeCreate(values: values, viewer: arguments.viewer).run(in: db), in: db)
    }

    static func update(_ arguments: RPCArguments, in db: Database) throws -> JSONValue {
        let update = PikeUpdate(
            id: try arguments.text("image_id"), viewer: arguments.viewer,
            values: try ImageValues(arguments.object("values"), verb: "update"),
            fromState: try arguments.optionalText("from_state"),
            replacesProperties: arguments["purge_props"]?.isTruthy ?? false)
        return try body(of: update.run(in: db), in: db)
    }

    static func destroy(_ arguments: RPCArguments, in db: Database) throws -> JSONValue {
        try body(of: PikeDelete(id: arguments.text("image_id"), viewer: arguments.viewer).run(in: db), in: db)
    }

    /// Bytes that a project has in our store, perhaps without those of one image.
    static func storageUsage(_ arguments: RPCArguments, in db: Database) throws -> JSONValue {
        let owner = try arguments.text("owner_id")
        guard arguments.viewer.isAdmin || owner == arguments.viewer.projectID else { throw APIError.forbidden }
        var bytes = try db.first("SELECT bytes_stored FROM usage WHERE owner = ?", [owner]).map { $0[0] as Int64 } ?? 0
        if let id = try arguments.optionalText("image_id"), let image = try ImageRow.image(id, in: db),
            image.owner == owner
        {
            bytes -= try image.bytesStored(in: db) ?? 0
        }
        return .int(bytes)
    }

    private static func body(of image: Image, in db: Database) throws -> JSONValue {
        RPCBody.image(image, try LocationValue.all(of: [image.id], in: db)[image.id] ?? [])
    }
}

/// The commands of `/rpc` about an image's tags.
enum RPCTags {
    static func getAll(_ arguments: RPCArguments, in db: Database) throws -> JSONValue {
        .array(try image(arguments, in: db).tags.map(JSONValue.string))
    }

    static func setAll(_ arguments: RPCArguments, in db: Database) throws -> JSONValue {
        let tags = try PikeValue.texts("tags", arguments["tags"] ?? .null, max: 255)
        try write(tags, arguments, in: db)
        return .null
    }

    static func create(_ arguments: RPCArguments, in db: Database) throws -> JSONValue {
        let tag = try PikeValue.texts("value", .array([arguments["value"] ?? .null]), max: 255)
        try write(image(arguments, in: db).tags + tag, arguments, in: db)
        return .string(tag[0])
    }

    static func delete(_ arguments: RPCArguments, in db: Database) throws -> JSONValue {
        let tag = try arguments.text("value")
        let tags = try image(arguments, in: db).tags
        guard tags.contains(tag) else { throw APIError.tagNotFound }
        try write(tags.filter { $0 != tag }, arguments, in: db)
        return .null
    }

    private static func image(_ arguments: RPCArguments, in db: Database) throws -> Image {
        try Image.visible(arguments.text("image_id"), to: arguments.viewer, in: db)
    }

    private static func write(_ tags: [String], _ arguments: RPCArguments, in db: Database) throws {
        var changes = ImageChanges()
        changes.tags = tags
        _ = try UpdateImage(id: arguments.text("image_id"), viewer: arguments.viewer, changes: changes).run(in: db)
    }
}
