import GRDB
import ImageModel

extension RecoverUploads: StoredOperation {
    func run(in db: Database) throws -> ImageIDs {
        var ids: [String] = []
        for upload in try Upload.all(in: db) {
            if try ImageTask.isHeld(for: upload.imageID, byOthersThan: holder, in: db) { continue }
            // The copy begins again: its image waits for it, whatever a failed upload would have left.
            let isCopy = try ImageTask.isCopyPending(for: upload.imageID, in: db)
            try upload.fail(as: isCopy ? .queued : nil, in: db)
            ids.append(upload.imageID)
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
