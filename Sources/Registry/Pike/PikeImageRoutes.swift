import GRDB
import GlanceHTTP
import HTTPWire
import ImageModel
import JSONText

// Lists and single images.

extension PikeAPI {
    func listImages(_ call: PikeCall) throws(APIError) -> [UInt8] {
        let query = try query(of: call)
        return ImageBody.brief(try transaction(.read) { db in try ListImages(query: query).run(in: db).images })
    }

    func listImagesInDetail(_ call: PikeCall) throws(APIError) -> [UInt8] {
        let query = try query(of: call)
        return try transaction(.read) { db in
            let images = try ListImages(query: query).run(in: db).images
            return PikeImageBody.list(images, try LocationValue.all(of: images.map(\.id), in: db))
        }
    }

    /// v1's rules for lists come from here; only the registry knows `deleted`, and it looks at `is_public` of admins alone.
    private func query(of call: PikeCall) throws(APIError) -> ImageQuery {
        guard let items = QueryItems(call.query) else { throw .notDecodable("query") }
        // SQLite's C strings would end there.
        guard !items.items.contains(where: { $0.name.utf8.contains(0) || $0.value.utf8.contains(0) }) else {
            throw .zeroCharacter("The query")
        }
        var query = try ImageQuery(
            v1: call.query, viewer: call.viewer, rows: options.rows, checksScopeOfAll: false)
        if call.viewer.isAdmin, let deleted = items["deleted"] { query.isDeleted = BooleanText.isTrue(deleted) }
        return query
    }

    func showImage(_ call: PikeCall) throws(APIError) -> [UInt8] {
        try transaction(.read) { db in
            try self.body(of: Image.visible(call.imageID, to: call.viewer, in: db), in: db)
        }
    }

    func createImage(_ call: PikeCall) throws(APIError) -> [UInt8] {
        try call.requireWriter()
        guard let json = call.body?["image"] else { throw .imageMissing }
        let create = try PikeCreate(values: try ImageValues(json, verb: "add"), viewer: call.viewer)
        return try transaction(.write) { db in try self.body(of: create.run(in: db), in: db) }
    }

    func updateImage(_ call: PikeCall) throws(APIError) -> [UInt8] {
        try call.requireWriter()
        guard let json = call.body?["image"] else { throw .imageMissing }
        let update = PikeUpdate(
            id: call.imageID, viewer: call.viewer, values: try ImageValues(json, verb: "update"),
            fromState: call.body?["from_state"]?.string, replacesProperties: call.purgesProperties)
        return try transaction(.write) { db in try self.body(of: update.run(in: db), in: db) }
    }

    func deleteImage(_ call: PikeCall) throws(APIError) -> [UInt8] {
        try call.requireWriter()
        return try transaction(.write) { db in
            let image = try PikeDelete(id: call.imageID, viewer: call.viewer).run(in: db)
            return PikeImageBody.single(
                image, try LocationValue.all(of: [image.id], in: db)[image.id] ?? [], showsIsPublic: false)
        }
    }

    private func body(of image: Image, in db: Database) throws -> [UInt8] {
        PikeImageBody.single(image, try LocationValue.all(of: [image.id], in: db)[image.id] ?? [])
    }
}
