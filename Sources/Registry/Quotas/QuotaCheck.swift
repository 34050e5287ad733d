import GRDB
import ImageModel

/// Refuses what would take a tenant past its quotas, in the transaction that writes it down: so no interleaving of
/// requests passes one.
struct QuotaCheck {
    private let owner: String?
    private let limits: TenantQuotas
    private let db: Database

    /// - Parameter defaults: the limits of tenants for whom nothing else is set.
    init(of owner: String?, defaults: TenantQuotas, in db: Database) throws {
        self.owner = owner
        self.db = db
        limits = try TenantQuotas(of: owner, in: db).overriding(defaults)
    }

    /// - Parameters:
    ///   - amount: bytes, or a count, that are to be added.
    ///   - released: what of the tenant's use they replace.
    /// - Throws: `quotaExceeded` where that is too much.
    func require(_ amount: Int64, more name: QuotaName, replacing released: Int64 = 0) throws {
        guard let limit = limits.limit(name) else { return }
        let used = try TenantUsage(of: owner, in: db)[name] - released
        guard used <= limit, amount <= limit - used else {
            throw RegistryFailure.quotaExceeded(quota: name.rawValue, limit: limit, used: used)
        }
    }
}

/// What a tenant uses, as its quotas count it: a reservation counts where its bytes will.
struct TenantUsage {
    private(set) var images: Int64 = 0
    private(set) var bytesStored: Int64 = 0
    private(set) var bytesStaged: Int64 = 0
    private(set) var uploads: Int64 = 0

    init(of owner: String?, in db: Database) throws {
        let row = try db.first(
            """
            SELECT images, bytes_stored + bytes_reserved, bytes_staged, uploads_in_flight,
                (SELECT COALESCE(SUM(uploads.bytes), 0) FROM uploads JOIN images ON images.id = uploads.image_id
                    WHERE uploads.owner = usage.owner AND images.status = 'uploading')
            FROM usage WHERE owner = ?
            """, [owner ?? ""])
        guard let row else { return }
        let bytesOnTheWay: Int64 = row[4]
        images = row[0]
        bytesStored = (row[1] as Int64) - bytesOnTheWay
        bytesStaged = (row[2] as Int64) + bytesOnTheWay
        uploads = row[3]
    }

    /// Bytes, or a count.
    subscript(name: QuotaName) -> Int64 {
        switch name {
        case .imageCountTotal: images
        case .imageSizeTotal: bytesStored
        case .imageStageTotal: bytesStaged
        case .imageCountUploading: uploads
        }
    }
}

extension CheckRoom: StoredOperation {
    func run(in db: Database) throws -> Done {
        try UsageLedger(db: db).checkStorage(of: owner, adding: bytes, quota: storageQuota)
        let check = try QuotaCheck(of: owner, defaults: quotas, in: db)
        try check.require(1, more: .imageCountUploading)
        try check.require(bytes, more: .imageSizeTotal)
        return Done()
    }
}

extension GetUsage: StoredOperation {
    func run(in db: Database) throws -> Answer {
        let usage = try TenantUsage(of: owner, in: db)
        var answer = Answer()
        answer.images = usage.images
        answer.bytesStored = usage.bytesStored
        answer.bytesStaged = usage.bytesStaged
        answer.uploads = usage.uploads
        answer.quotas = try TenantQuotas(of: owner, in: db)
        return answer
    }
}
