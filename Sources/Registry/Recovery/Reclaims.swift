import GRDB
import ImageModel
import JSONText

extension Image {
    /// Has what of the image lies in a store of ours taken off the disk; until then it stays in the ledger.
    ///
    /// - Parameters:
    ///   - bytes: those that count as stored.
    ///   - staged: those that count as staged.
    func reclaim(_ location: ImageLocation, bytes: Int64, staged: Int64 = 0, in db: Database) throws {
        try db.change(
            """
            INSERT INTO reclaims (image_id, url, store, owner, bytes, bytes_staged, deleted_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (image_id, url) DO UPDATE
                SET bytes = bytes + excluded.bytes, bytes_staged = bytes_staged + excluded.bytes_staged
            """,
            [
                id, location.url, location.store, owner ?? "", bytes, staged, (deletedAt ?? .now).microseconds,
            ])
    }

    /// The image's places in stores of ours are to be reclaimed, and are its own no more.
    func reclaimLocations(in db: Database) throws {
        let rows = try db.all(
            "SELECT url, store, bytes FROM image_locations WHERE image_id = ? AND bytes IS NOT NULL", [id])
        for row in rows {
            try reclaim(ImageLocation(url: row[0], store: row[1]), bytes: row[2], in: db)
        }
        try db.change("DELETE FROM image_locations WHERE image_id = ?", [id])
    }

    /// Whether data that were the image's are not off the disk yet.
    func hasReclaims(in db: Database) throws -> Bool {
        try db.first("SELECT 1 FROM reclaims WHERE image_id = ?", [id]) != nil
    }
}

extension ListReclaims: StoredOperation {
    func run(in db: Database) throws -> Answer {
        let rows = try db.all(
            """
            SELECT image_id, url, store, (
                SELECT json_group_array(json_object('url', url, 'store', store, 'metadata', json('{}')))
                FROM image_locations WHERE image_id = reclaims.image_id AND bytes IS NOT NULL)
            FROM reclaims ORDER BY deleted_at, image_id, url LIMIT ?
            """, [min(max(limit, 0), 10_000)])
        return Answer(
            reclaims: try rows.map { row in
                let standing: String = row[3]
                return Reclaim(
                    imageID: row[0], location: ImageLocation(url: row[1], store: row[2]),
                    standing: try (JSONValue(parsing: Array(standing.utf8)).array ?? []).map {
                        try ImageLocation(json: $0)
                    })
            })
    }
}

extension SettleReclaim: StoredOperation {
    func run(in db: Database) throws -> Done {
        let rows = try db.all(
            "SELECT owner, bytes, bytes_staged FROM reclaims WHERE image_id = ?1 AND (?2 IS NULL OR url = ?2)",
            [imageID, url])
        try db.change("DELETE FROM reclaims WHERE image_id = ?1 AND (?2 IS NULL OR url = ?2)", [imageID, url])
        for row in rows {
            let owner: String = row[0]
            try UsageLedger(db: db).add(
                .init(bytesStored: -(row[1] as Int64), bytesStaged: -(row[2] as Int64)), to: owner)
        }
        return Done()
    }
}
