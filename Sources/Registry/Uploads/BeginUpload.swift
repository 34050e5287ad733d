import GRDB
import ImageModel

extension BeginUpload: StoredOperation {
    func run(in db: Database) throws -> Image {
        guard failureStatus == .killed || failureStatus == .queued else {
            throw RegistryFailure.malformed("an upload can't leave an image \(failureStatus.rawValue)")
        }
        var image = try Image.changeable(imageID, by: viewer, in: db)
        // Sent again after it was done: the answer is the same.
        if try Upload.running(uploadID, in: db)?.imageID == imageID { return image }
        let status = image.status
        guard status == purpose.imageStatus else { throw RegistryFailure.conflict(status: status) }
        if purpose == .copying {
            // One at a time, and none into a place that is being cleared.
            guard try Upload.running(for: imageID, in: db) == nil, try !image.hasReclaims(in: db) else {
                throw RegistryFailure.duplicate
            }
        }
        let ledger = UsageLedger(db: db)
        try ledger.checkStorage(of: image.owner, adding: bytes, quota: storageQuota)
        let check = try QuotaCheck(of: image.owner, defaults: quotas, in: db)
        try check.require(1, more: .imageCountUploading)
        try check.require(bytes, more: purpose == .staging ? .imageStageTotal : .imageSizeTotal)
        guard try Upload.running(uploadID, in: db) == nil else {
            throw RegistryFailure.malformed("the upload id is in use")
        }
        try db.change(
            """
            INSERT INTO uploads (upload_id, image_id, owner, bytes, failure_status, started_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                uploadID, imageID, image.owner ?? "", bytes, failureStatus.rawValue, Timestamp.now.microseconds,
            ])
        try ledger.add(.init(bytesReserved: bytes, uploads: 1), to: image.owner)
        switch purpose {
        case .data: image.status = .saving
        case .staging: image.status = .uploading
        case .importing, .copying: return image
        }
        try image.save(from: status, in: db)
        return image
    }
}

extension UploadPurpose {
    /// The status in which such an upload begins.
    fileprivate var imageStatus: ImageStatus {
        switch self {
        case .data, .staging: .queued
        case .importing: .importing
        case .copying: .active
        }
    }
}

extension GrowUpload: StoredOperation {
    func run(in db: Database) throws -> Done {
        guard let upload = try Upload.running(uploadID, in: db) else { throw RegistryFailure.notFound }
        // Sent again, or overtaken by a later step.
        guard bytes > upload.bytes else { return Done() }
        let ledger = UsageLedger(db: db)
        try ledger.checkStorage(of: upload.owner, adding: bytes, replacing: upload.bytes, quota: storageQuota)
        try QuotaCheck(of: upload.owner, defaults: quotas, in: db).require(
            bytes, more: upload.isStaging(in: db) ? .imageStageTotal : .imageSizeTotal, replacing: upload.bytes)
        try db.change("UPDATE uploads SET bytes = ? WHERE upload_id = ?", [bytes, uploadID])
        try ledger.add(.init(bytesReserved: bytes - upload.bytes), to: upload.owner)
        return Done()
    }
}
