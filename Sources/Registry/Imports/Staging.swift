import GRDB
import ImageModel

/// Data that wait to be imported: a row of `stagings`, and with it bytes in its owner's ledger.
struct Staging {
    let bytes: Int64
    let checksum: String
    let hashAlgorithm: String
    let hashValue: String
    let virtualSize: Int64?
    let location: ImageLocation

    /// What an upload has brought.
    init(_ finish: FinishUpload) {
        bytes = finish.size
        checksum = finish.checksum
        hashAlgorithm = finish.hashAlgorithm
        hashValue = finish.hashValue
        virtualSize = finish.virtualSize
        location = finish.location
    }

    private init(_ row: Row) {
        bytes = row[0]
        checksum = row[1]
        hashAlgorithm = row[2]
        hashValue = row[3]
        virtualSize = row[4]
        location = ImageLocation(url: row[5], store: row[6])
    }

    /// The image's, if it has any.
    static func of(_ imageID: String, in db: Database) throws -> Staging? {
        try db.first(
            """
            SELECT bytes, checksum, os_hash_algo, os_hash_value, virtual_size, url, store
            FROM stagings WHERE image_id = ?
            """, [imageID]
        ).map(Staging.init)
    }
}

extension Image {
    /// Keeps what an upload has brought for an import; the image shows its size, and nothing else of it.
    mutating func stage(_ staging: Staging, uploadID: String, in db: Database) throws {
        try db.change(
            """
            INSERT INTO stagings (
                image_id, owner, bytes, checksum, os_hash_algo, os_hash_value, virtual_size, url, store)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id, owner ?? "", staging.bytes, staging.checksum, staging.hashAlgorithm, staging.hashValue,
                staging.virtualSize, staging.location.url, staging.location.store,
            ])
        try UsageLedger(db: db).add(.init(bytesStaged: staging.bytes), to: owner)
        size = staging.bytes
        try save(from: .uploading, uploadID: uploadID, in: db)
    }

    /// Takes the row away, and its bytes out of the ledger.
    ///
    /// - Returns: what it was; nil where there was none.
    @discardableResult
    func removeStaging(in db: Database) throws -> Staging? {
        guard let staging = try Staging.of(id, in: db) else { return nil }
        try db.change("DELETE FROM stagings WHERE image_id = ?", [id])
        try UsageLedger(db: db).add(.init(bytesStaged: -staging.bytes), to: owner)
        return staging
    }

    /// A deleted image's staged data go the way of stored ones, and count as staged until they are off the disk.
    func reclaimStaging(in db: Database) throws {
        guard let staging = try removeStaging(in: db) else { return }
        try reclaim(staging, in: db)
    }

    /// Has staged data taken off the disk that have no row any more.
    func reclaim(_ staging: Staging, in db: Database) throws {
        try UsageLedger(db: db).add(.init(bytesStaged: staging.bytes), to: owner)
        try reclaim(staging.location, bytes: 0, staged: staging.bytes, in: db)
    }
}
