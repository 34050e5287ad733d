import GRDB
import ImageModel
import JSONText

extension ImageLocation {
    /// Whether the data lies in our own store and counts in the ledger.
    var isOwnStore: Bool { url.hasPrefix("file:") }
}

extension Image {
    /// Writes the image's own columns if it still stands in `status`; `updated_at` moves on in any case.
    ///
    /// Every change of an image goes through here, so this is where its status keeps to the table of moves.
    ///
    /// - Parameter uploadID: the upload that has just made it active.
    /// - Throws: `RegistryFailure.conflict` where the move is none, or the image stands elsewhere.
    mutating func save(from status: ImageStatus, uploadID: String? = nil, in db: Database) throws {
        guard self.status == status || status.successors.contains(self.status) else {
            throw RegistryFailure.conflict(status: status)
        }
        updatedAt = max(.now, Timestamp(microseconds: updatedAt.microseconds + 1))
        let changed = try db.change(
            """
            UPDATE images SET name = ?, status = ?, visibility = ?, owner = ?, protected = ?, os_hidden = ?,
                disk_format = ?, container_format = ?, size = ?, virtual_size = ?, checksum = ?, os_hash_algo = ?,
                os_hash_value = ?, min_disk = ?, min_ram = ?, updated_at = ?, deleted_at = ?,
                upload_id = COALESCE(?, upload_id)
            WHERE id = ? AND status = ?
            """,
            [
                name, self.status.rawValue, visibility.rawValue, owner, isProtected, isHidden, diskFormat,
                containerFormat, size, virtualSize, checksum, hashAlgorithm, hashValue, minDisk, minRAM,
                updatedAt.microseconds, deletedAt?.microseconds, uploadID, id, status.rawValue,
            ])
        guard changed == 1 else { throw RegistryFailure.conflict(status: status) }
    }

    /// Adds a location, and what lies there to the owner's ledger.
    func add(_ location: ImageLocation, bytes: Int64, in db: Database) throws {
        let stored: Int64? = location.isOwnStore ? bytes : nil
        try db.change(
            "INSERT INTO image_locations (image_id, url, store, bytes, metadata) VALUES (?, ?, ?, ?, ?)",
            [
                id, location.url, location.store, stored,
                String(decoding: location.metadata.serialized, as: UTF8.self),
            ])
        if let stored { try UsageLedger(db: db).add(.init(bytesStored: stored), to: owner) }
    }

    /// Bytes of the image in our store; nil where none of its data lies there.
    func bytesStored(in db: Database) throws -> Int64? {
        let row = try db.first("SELECT SUM(bytes) FROM image_locations WHERE image_id = ?", [id])
        return row.flatMap { $0[0] as Int64? }
    }

    func write(_ properties: [ImageProperty], in db: Database) throws {
        for property in properties {
            try db.change(
                "INSERT OR REPLACE INTO image_properties (image_id, name, value) VALUES (?, ?, ?)",
                [id, property.name, property.value])
        }
    }

    func write(tags: [String], in db: Database) throws {
        for tag in tags {
            try db.change("INSERT OR IGNORE INTO image_tags (image_id, value) VALUES (?, ?)", [id, tag])
        }
    }
}
