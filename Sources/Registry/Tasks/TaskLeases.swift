import GRDB
import ImageModel

extension TaskLease {
    var microseconds: Int64 { max(1, min(seconds, 86_400)) * 1_000_000 }
}

extension ClaimTask: StoredOperation {
    func run(in db: Database) throws -> ImageTask {
        let now = Timestamp.now.microseconds
        guard
            let row = try db.first(
                """
                SELECT image_id, lease_holder, lease_until FROM tasks JOIN images ON images.id = image_id
                WHERE tasks.id = ? AND tasks.status IN ('pending', 'processing') AND images.deleted_at IS NULL
                """, [id])
        else { throw RegistryFailure.notFound }
        let imageID: String = row[0]
        let holder: String? = row[1]
        let until: Int64? = row[2]
        if let holder, holder != lease.holder {
            guard until ?? 0 <= now else { throw RegistryFailure.duplicate }
            // Its bytes lie in a store that is not ours; should it live after all, it finds that its upload is no more.
            if let upload = try Upload.running(for: imageID, in: db), try !upload.isStaging(in: db) {
                try upload.fail(as: .queued, in: db)
            }
        }
        try db.change(
            """
            UPDATE tasks SET status = 'processing', attempts = attempts + 1, lease_holder = ?, lease_until = ?,
                updated_at = ?
            WHERE id = ?
            """, [lease.holder, now + lease.microseconds, now, id])
        guard let row = try db.first("SELECT \(ImageTask.columns) FROM tasks WHERE id = ?", [id]),
            let task = ImageTask(row)
        else { throw RegistryFailure.notFound }
        return task
    }
}

extension RenewLeases: StoredOperation {
    func run(in db: Database) throws -> ImageIDs {
        let until = Timestamp.now.microseconds + lease.microseconds
        var lost: [String] = []
        for id in taskIDs {
            let changed = try db.change(
                """
                UPDATE tasks SET lease_until = ?1
                WHERE id = ?2 AND lease_holder = ?3 AND status = 'processing'
                    AND EXISTS (SELECT 1 FROM images WHERE images.id = image_id AND images.deleted_at IS NULL)
                """, [until, id, lease.holder])
            if changed == 0 { lost.append(id) }
        }
        return ImageIDs(ids: lost)
    }
}

extension ListUnfinishedTasks: StoredOperation {
    func run(in db: Database) throws -> TaskRecords {
        let rows = try db.all(
            """
            SELECT \(TaskRecord.columns) FROM tasks JOIN images ON images.id = image_id
            WHERE tasks.status IN ('pending', 'processing') AND images.deleted_at IS NULL
                AND (lease_holder IS NULL OR lease_holder = ?1 OR lease_until IS NULL OR lease_until <= ?2)
            ORDER BY tasks.created_at, tasks.id
            """, [holder, Timestamp.now.microseconds])
        return TaskRecords(tasks: rows.compactMap(TaskRecord.init))
    }
}

extension ImageTask {
    /// Whether another than this one works on a task of the image, and may live.
    static func isHeld(for imageID: String, byOthersThan holder: String, in db: Database) throws -> Bool {
        try db.first(
            """
            SELECT 1 FROM tasks WHERE image_id = ? AND status = 'processing' AND lease_holder <> ? AND lease_until > ?
            """, [imageID, holder, Timestamp.now.microseconds]) != nil
    }
}
