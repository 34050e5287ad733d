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
        if image.status == .deleted { try image.clear(in: db) }
        guard let tombstone = try ImageRow.image(id, in: db) else { throw RegistryFailure.notFound }
        return tombstone
    }
}

extension ListScrubbable: StoredOperation {
    func run(in db: Database) throws -> ImageIDs {
        ImageIDs(
            ids: try db.texts(
                """
                SELECT id FROM images WHERE status = 'pending_delete' AND deleted_at < ? ORDER BY deleted_at, id LIMIT ?
                """,
                [deletedBefore.microseconds, min(max(limit, 0), 10_000)]))
    }
}

extension ScrubImage: StoredOperation {
    func run(in db: Database) throws -> Done {
        guard var image = try ImageRow.image(imageID, in: db) else { throw RegistryFailure.notFound }
        if image.status == .deleted { return Done() }
        guard image.status == .pendingDelete else { throw RegistryFailure.conflict(status: image.status) }
        image.status = .deleted
        try image.save(from: .pendingDelete, in: db)
        try image.clear(in: db)
        return Done()
    }
}

extension Image {
    /// Takes away all but the tombstone; data in our store stays in the ledger until it is off the disk.
    func clear(in db: Database) throws {
        try reclaimLocations(in: db)
        try reclaimStaging(in: db)
        try db.change("DELETE FROM image_properties WHERE image_id = ?", [id])
        try db.change("DELETE FROM image_tags WHERE image_id = ?", [id])
        try db.change("DELETE FROM image_members WHERE image_id = ?", [id])
    }
}
