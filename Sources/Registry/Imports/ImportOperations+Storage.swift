import GRDB
import ImageModel

/// The properties by which clients follow an import (Glance's own names).
private enum ImportProperty {
    static let task = "os_glance_import_task"
    static let stores = "os_glance_importing_to_stores"
    static let failedStores = "os_glance_failed_import"
    /// The name of the one store.
    static let store = "file"
}

extension StartImport: StoredOperation {
    func run(in db: Database) throws -> Done {
        // A service adds locations to the images of others: the API has asked its policy.
        var image =
            task.kind == .locationImport
            ? try Image.visible(task.imageID, to: viewer, in: db)
            : try Image.changeable(task.imageID, by: viewer, in: db)
        guard !image.isDeleted else { throw RegistryFailure.notFound }
        guard try !ImageTask.isPending(for: image.id, in: db) else { throw RegistryFailure.duplicate }
        let before = task.kind.imageStatus
        guard image.status == before, try before != .uploading || Staging.of(image.id, in: db) != nil else {
            throw RegistryFailure.conflict(status: image.status)
        }
        try checkQuotas(of: image, in: db)
        guard task.kind.isImport else {
            try task.insert(owner: image.owner, in: db)
            return Done()
        }
        image.status = .importing
        try image.save(from: before, in: db)
        try image.write(
            [
                ImageProperty(name: ImportProperty.task, value: task.id),
                ImageProperty(name: ImportProperty.stores, value: ImportProperty.store),
                ImageProperty(name: ImportProperty.failedStores, value: ""),
            ], in: db)
        try image.write(properties, in: db)
        try task.insert(owner: image.owner, in: db)
        return Done()
    }
}

extension StartImport {
    /// What counts is asked when the bytes move; but who is over the limit now should hear of it now.
    private func checkQuotas(of image: Image, in db: Database) throws {
        let check = try QuotaCheck(of: image.owner, defaults: quotas, in: db)
        switch task.kind {
        case .glanceDirect:
            try check.require(Staging.of(image.id, in: db)?.bytes ?? 0, more: .imageSizeTotal)
        case .webDownload, .glanceDownload, .taskImport: try check.require(1, more: .imageCountUploading)
        case .copyFrom, .locationImport: break
        }
    }
}

extension FinishStagedImport: StoredOperation {
    func run(in db: Database) throws -> Done {
        guard var image = try ImageRow.image(imageID, in: db), !image.isDeleted else {
            throw RegistryFailure.notFound
        }
        if image.status == .active { return Done() }
        guard image.status == .importing else { throw RegistryFailure.conflict(status: image.status) }
        guard let staging = try image.removeStaging(in: db) else { throw RegistryFailure.notFound }
        try QuotaCheck(of: image.owner, defaults: quotas, in: db).require(staging.bytes, more: .imageSizeTotal)
        image.status = .active
        image.size = staging.bytes
        image.checksum = staging.checksum
        image.hashAlgorithm = staging.hashAlgorithm
        image.hashValue = staging.hashValue
        if let virtualSize = virtualSize ?? staging.virtualSize { image.virtualSize = virtualSize }
        try image.save(from: .importing, in: db)
        try image.add(ImageLocation(url: staging.url, store: store), bytes: staging.bytes, in: db)
        try image.endImport(failedIn: nil, in: db)
        return Done()
    }
}

extension FailImport: StoredOperation {
    func run(in db: Database) throws -> Done {
        _ = try UpdateTask(task: task, lease: lease).run(in: db)
        guard var image = try ImageRow.image(task.imageID, in: db), image.status == .importing else { return Done() }
        try image.removeStaging(in: db)
        try image.endSaving(as: .queued, in: db)
        try image.endImport(failedIn: ImportProperty.store, in: db)
        return Done()
    }
}

extension Image {
    /// Writes down how an import has ended.
    func endImport(failedIn store: String?, in db: Database) throws {
        try db.change(
            "DELETE FROM image_properties WHERE image_id = ? AND name = ?", [id, ImportProperty.task])
        try write(
            [
                ImageProperty(name: ImportProperty.stores, value: ""),
                ImageProperty(name: ImportProperty.failedStores, value: store ?? ""),
            ], in: db)
    }

    /// Images that a crash left without anybody who would go on with them are queued again.
    static func settleImports(in db: Database) throws {
        let ids = try db.texts(
            """
            SELECT id FROM images WHERE status IN ('uploading', 'importing')
                AND NOT EXISTS (SELECT 1 FROM stagings WHERE image_id = images.id)
                AND NOT EXISTS (
                    SELECT 1 FROM tasks WHERE image_id = images.id AND tasks.status IN ('pending', 'processing'))
            """)
        for id in ids {
            guard var image = try ImageRow.image(id, in: db) else { continue }
            let isImport = image.status == .importing
            try image.endSaving(as: .queued, in: db)
            if isImport { try image.endImport(failedIn: ImportProperty.store, in: db) }
        }
    }
}
