import GRDB
import ImageModel

/// What a tenant uses, as far as quotas ask. Ownerless images count under the owner `""`.
struct UsageLedger {
    let db: Database

    /// Differences to add to an owner's row.
    struct Change {
        var images: Int64 = 0
        var bytesStored: Int64 = 0
        var bytesReserved: Int64 = 0
        var bytesStaged: Int64 = 0
        var uploads: Int64 = 0

        var negated: Change {
            Change(
                images: -images, bytesStored: -bytesStored, bytesReserved: -bytesReserved, bytesStaged: -bytesStaged,
                uploads: -uploads)
        }
    }

    func add(_ change: Change, to owner: String?) throws {
        try db.change("INSERT OR IGNORE INTO usage (owner) VALUES (?)", [owner ?? ""])
        try db.change(
            """
            UPDATE usage SET images = images + ?, bytes_stored = bytes_stored + ?,
                bytes_reserved = bytes_reserved + ?, bytes_staged = bytes_staged + ?,
                uploads_in_flight = uploads_in_flight + ?
            WHERE owner = ?
            """,
            [
                change.images, change.bytesStored, change.bytesReserved, change.bytesStaged, change.uploads,
                owner ?? "",
            ])
    }

    /// Bytes stored, staged and reserved.
    func bytesUsed(by owner: String?) throws -> Int64 {
        let row = try db.first(
            "SELECT bytes_stored + bytes_reserved + bytes_staged FROM usage WHERE owner = ?", [owner ?? ""])
        return row.map { $0[0] as Int64 } ?? 0
    }

    /// Refuses `bytes` more where the owner would then pass its quota.
    ///
    /// - Parameter released: bytes that the owner has reserved already and that `bytes` replaces.
    func checkStorage(of owner: String?, adding bytes: Int64, replacing released: Int64 = 0, quota: Int64?) throws {
        guard (0...BeginUpload.bytesMax).contains(bytes) else { throw RegistryFailure.malformed("bytes out of range") }
        guard let quota else { return }
        let used = try bytesUsed(by: owner) - released
        guard used + bytes <= quota else {
            throw RegistryFailure.quotaExceeded(quota: "storage", limit: quota, used: used)
        }
    }
}
