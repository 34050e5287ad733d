import GRDB
import ImageModel
import JSONText

extension ListImages: StoredOperation {
    func run(in db: Database) throws -> Answer {
        try Answer(json: JSONValue(parsing: answer(in: db)))
    }

    func answer(in db: Database) throws -> [UInt8] {
        let order = ListOrder(query.sort)
        let marker = try query.marker.map { try markerValues($0, order, in: db) }
        var writer = JSONWriter(capacity: 16 << 10)
        writer.beginObject()
        writer.name("images")
        writer.beginArray()
        if query.limit > 0, let statement = try statement(order, marker, in: db) {
            let rows = try ImageRow.fetchCursor(statement.prepared(in: db))
            while let row = try rows.next() { row.json.withUnsafeBufferPointer { writer.raw(utf8: $0) } }
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    func statement(_ order: ListOrder, _ marker: [DatabaseValue]?, in db: Database) throws -> ListStatement? {
        let candidates = try ListCandidates.fewest(of: query, in: db)
        let sets = candidates == nil ? try ViewerSets(of: query, order, in: db) : ViewerSets()
        return try ListStatement(query, order, marker: marker, sets, among: candidates)
    }

    /// Where the page before ended.
    ///
    /// - Throws: `RegistryFailure.invalidMarker` where the viewer can't see the image. Where deleted images
    ///   are in the list, they may end a page.
    func markerValues(_ id: String, _ order: ListOrder, in db: Database) throws -> [DatabaseValue] {
        guard var image = try ImageRow.image(id, for: query.viewer, in: db) else {
            throw RegistryFailure.invalidMarker
        }
        if image.isDeleted {
            guard query.bringsGone, ImageAccess.canListWhenGone(image, query.viewer) else {
                throw RegistryFailure.invalidMarker
            }
            image.deletedAt = nil
        }
        guard ImageAccess.canView(image, query.viewer),
            // Not kept prepared: clients choose among very many orders.
            let row = try Row.fetchOne(
                db, sql: "SELECT \(order.expressions(in: .images).joined(separator: ", ")) FROM images WHERE id = ?",
                arguments: [id])
        else { throw RegistryFailure.invalidMarker }
        return Array(row.databaseValues)
    }
}
