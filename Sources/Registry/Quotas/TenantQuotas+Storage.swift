import GRDB
import ImageModel

extension TenantQuotas {
    /// What is set for the tenant alone.
    init(of owner: String?, in db: Database) throws {
        self.init()
        let row = try db.first(
            """
            SELECT image_count_total, image_size_total, image_stage_total, image_count_uploading FROM quotas
            WHERE owner = ?
            """, [owner ?? ""])
        guard let row else { return }
        self[.imageCountTotal] = row[0]
        self[.imageSizeTotal] = row[1]
        self[.imageStageTotal] = row[2]
        self[.imageCountUploading] = row[3]
    }
}

extension SetQuotas: StoredOperation {
    func run(in db: Database) throws -> TenantQuotas {
        guard limits.isValid else { throw RegistryFailure.malformed("a limit is out of range") }
        var quotas = limits.overriding(try TenantQuotas(of: owner, in: db))
        for name in removed { quotas[name] = nil }
        try db.change("DELETE FROM quotas WHERE owner = ?", [owner])
        if quotas.isEmpty { return quotas }
        try db.change(
            """
            INSERT INTO quotas (owner, image_count_total, image_size_total, image_stage_total, image_count_uploading)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                owner, quotas[.imageCountTotal], quotas[.imageSizeTotal], quotas[.imageStageTotal],
                quotas[.imageCountUploading],
            ])
        return quotas
    }
}
