import GRDB
import ImageModel
import JSONText

extension RecoverUploads: StoredOperation {
    func run(in db: Database) throws -> ImageIDs {
        var ids: [String] = []
        for upload in try Upload.all(in: db) {
            if try ImageTask.isHeld(for: upload.imageID, byOthersThan: holder, in: db) { continue }
            // The copy begins again: its image waits for it, whatever a failed upload would have left.
            let isCopy = try ImageTask.isCopyPending(for: upload.imageID, in: db)
            try upload.fail(as: isCopy ? .queued : nil, in: db)
            // What lies under the id of staged data is theirs: the upload was what an import makes of them.
            if try Staging.of(upload.imageID, in: db) == nil { ids.append(upload.imageID) }
        }
        // No upload left behind such an image; should there be one nevertheless, it must not hang for ever.
        for id in try db.texts("SELECT id FROM images WHERE status = 'saving' ORDER BY id") {
            guard var image = try ImageRow.image(id, in: db),
                try !ImageTask.isHeld(for: id, byOthersThan: holder, in: db)
            else { continue }
            try image.endSaving(as: ImageTask.isCopyPending(for: id, in: db) ? .queued : .killed, in: db)
            ids.append(id)
        }
        try Image.settleImports(in: db)
        return ImageIDs(ids: ids)
    }
}

extension FindOrphans: StoredOperation {
    func run(in db: Database) throws -> ImageIDs {
        let names = String(decoding: JSONValue.array(names.ids.map(JSONValue.string)).serialized, as: UTF8.self)
        return ImageIDs(
            ids: try db.texts(
                """
                SELECT value FROM json_each(?)
                WHERE NOT EXISTS (
                        SELECT 1 FROM images JOIN image_locations ON image_id = images.id
                        WHERE images.id = value AND images.status <> 'deleted' AND bytes IS NOT NULL)
                    AND NOT EXISTS (SELECT 1 FROM uploads WHERE image_id = value)
                    AND NOT EXISTS (SELECT 1 FROM reclaims WHERE image_id = value)
                    AND NOT EXISTS (SELECT 1 FROM stagings WHERE image_id = value)
                """,
                [names]))
    }
}

extension ListReclaims: StoredOperation {
    func run(in db: Database) throws -> ImageIDs {
        ImageIDs(
            ids: try db.texts(
                "SELECT image_id FROM reclaims ORDER BY deleted_at, image_id LIMIT ?", [min(max(limit, 0), 10_000)]))
    }
}

extension SettleReclaim: StoredOperation {
    func run(in db: Database) throws -> Done {
        guard let row = try db.first("SELECT owner, bytes, bytes_staged FROM reclaims WHERE image_id = ?", [imageID])
        else {
            return Done()
        }
        let owner: String = row[0]
        let bytes: Int64 = row[1]
        let bytesStaged: Int64 = row[2]
        try db.change("DELETE FROM reclaims WHERE image_id = ?", [imageID])
        try UsageLedger(db: db).add(.init(bytesStored: -bytes, bytesStaged: -bytesStaged), to: owner)
        return Done()
    }
}
