import GRDB
import ImageModel

extension DeleteImage: StoredOperation {
    func run(in db: Database) throws -> Image {
        let before = try Image.visible(id, to: viewer, in: db)
        guard before.status != .deleted else { throw RegistryFailure.notFound }
        guard ImageAccess.canChange(before, viewer) else { throw RegistryFailure.forbidden }
        guard before.status != .pendingDelete else { throw RegistryFailure.conflict(status: .pendingDelete) }
        guard !before.isProtected else { throw RegistryFailure.protected }

        var image = before
        image.status = isDelayed && !image.locations.isEmpty ? .pendingDelete : .deleted
        image.deletedAt = .now
        try image.save(from: before.status, in: db)
        try UsageLedger(db: db).add(.init(images: -1), to: image.owner)
        // A running upload finds no row when it settles; its reservation ends here, once.
        try Upload.running(for: id, in: db)?.settle(in: db)
        if image.status == .deleted { try clear(image, in: db) }
        guard let tombstone = try ImageRow.image(id, in: db) else { throw RegistryFailure.notFound }
        return tombstone
    }

    /// Takes away all but the tombstone; data in our store stays in the ledger until it is off the disk.
    private func clear(_ image: Image, in db: Database) throws {
        if let bytes = try image.bytesStored(in: db) {
            try db.change(
                "INSERT INTO reclaims (image_id, owner, bytes, deleted_at) VALUES (?, ?, ?, ?)",
                [id, image.owner ?? "", bytes, image.deletedAt?.microseconds])
        }
        try db.change("DELETE FROM image_properties WHERE image_id = ?", [id])
        try db.change("DELETE FROM image_tags WHERE image_id = ?", [id])
        try db.change("DELETE FROM image_members WHERE image_id = ?", [id])
        try db.change("DELETE FROM image_locations WHERE image_id = ?", [id])
    }
}
