import GRDB
import ImageModel

/// The properties by which clients follow an import (Glance's own names).
private enum ImportProperty {
    static let task = "os_glance_import_task"
    static let stores = "os_glance_importing_to_stores"
    static let failedStores = "os_glance_failed_import"
    /// The name of the one store.
    static let store = "file"

    /// The stores that a task that has failed did not fill.
    static func failed(of task: ImageTask) -> String {
        guard let stores = task.stores else { return store }
        // Without a store that has failed it was the source: then none that was left got anything.
        return (stores.failed.isEmpty ? stores.left : stores.failed).joined(separator: ",")
    }
}

extension StartImport: StoredOperation {
    func run(in db: Database) throws -> Done {
        // A service adds locations to the images of others, and who may copy images is a matter of policy: the API has
        // asked it.
        var image =
            [.locationImport, .copyImage].contains(task.kind)
            ? try Image.visible(task.imageID, to: viewer, in: db)
            : try Image.changeable(task.imageID, by: viewer, in: db)
        guard !image.isDeleted else { throw RegistryFailure.notFound }
        guard try !ImageTask.isPending(for: image.id, in: db) else { throw RegistryFailure.duplicate }
        let before = task.kind.imageStatus
        guard image.status == before, try before != .uploading || Staging.of(image.id, in: db) != nil else {
            throw RegistryFailure.conflict(status: image.status)
        }
        try checkQuotas(of: image, in: db)
        try task.insert(owner: image.owner, in: db)
        if task.kind == .locationImport || task.kind == .copyFrom { return Done() }
        if task.kind.isImport {
            image.status = .importing
            try image.save(from: before, in: db)
        }
        try image.write(
            [
                ImageProperty(name: ImportProperty.task, value: task.id),
                ImageProperty(
                    name: ImportProperty.stores,
                    value: task.stores?.left.joined(separator: ",") ?? ImportProperty.store),
                ImageProperty(name: ImportProperty.failedStores, value: ""),
            ], in: db)
        try image.write(properties, in: db)
        return Done()
    }
}

extension StartImport {
    /// What counts is asked when the bytes move; but who is over the limit now should hear of it now.
    private func checkQuotas(of image: Image, in db: Database) throws {
        let check = try QuotaCheck(of: image.owner, defaults: quotas, in: db)
        switch task.kind {
        case .glanceDirect:
            try check.require(inEachStore(Staging.of(image.id, in: db)?.bytes ?? 0), more: .imageSizeTotal)
        case .webDownload, .glanceDownload, .taskImport: try check.require(1, more: .imageCountUploading)
        case .copyImage:
            try check.require(1, more: .imageCountUploading)
            try check.require(inEachStore(image.size ?? 0), more: .imageSizeTotal)
        case .copyFrom, .locationImport: break
        }
    }

    /// What the data take in all of the stores that they are for.
    private func inEachStore(_ bytes: Int64) -> Int64 {
        bytes.multipliedReportingOverflow(by: Int64(task.stores?.ids.count ?? 1)).partialValue
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
        guard keepsStaged || !copies.isEmpty else { throw RegistryFailure.malformed("no data are left") }
        if let copiesHash, copiesHash != staging.hashValue {
            throw RegistryFailure.malformed("the copies are not what was staged")
        }
        if let uploadID { try Upload.running(uploadID, in: db)?.settle(in: db) }
        let count = Int64(copies.count + (keepsStaged ? 1 : 0))
        try QuotaCheck(of: image.owner, defaults: quotas, in: db).require(
            staging.bytes.multipliedReportingOverflow(by: count).partialValue, more: .imageSizeTotal)
        image.status = .active
        image.size = staging.bytes
        image.checksum = staging.checksum
        image.hashAlgorithm = staging.hashAlgorithm
        image.hashValue = staging.hashValue
        if let virtualSize = virtualSize ?? staging.virtualSize { image.virtualSize = virtualSize }
        try image.save(from: .importing, in: db)
        if keepsStaged {
            let location = ImageLocation(url: staging.location.url, store: store ?? staging.location.store)
            try image.add(location, bytes: staging.bytes, in: db)
        } else {
            try image.reclaim(staging, in: db)
        }
        for copy in copies { try image.add(copy, bytes: staging.bytes, in: db) }
        if !importGoesOn { try image.endImport(failedIn: nil, in: db) }
        return Done()
    }
}

extension FailImport: StoredOperation {
    func run(in db: Database) throws -> Done {
        _ = try UpdateTask(task: task, lease: lease).run(in: db)
        guard var image = try ImageRow.image(task.imageID, in: db), image.status == .importing else { return Done() }
        try image.removeStaging(in: db)
        try image.endSaving(as: .queued, in: db)
        try image.endImport(failedIn: ImportProperty.failed(of: task), in: db)
        return Done()
    }
}

extension ImageTask {
    /// Shows at the image how far its import is: what is left, and what has failed. The end of a task ends its import,
    /// where no step of it has done that.
    func showProgress(in db: Database) throws {
        guard let stores, kind != .copyFrom,
            try db.first(
                "SELECT 1 FROM image_properties WHERE image_id = ? AND name = ? AND value = ?",
                [imageID, ImportProperty.task, id]) != nil,
            let image = try ImageRow.image(imageID, in: db)
        else { return }
        guard status.isFinal else {
            try image.write(
                [
                    ImageProperty(name: ImportProperty.stores, value: stores.left.joined(separator: ",")),
                    ImageProperty(name: ImportProperty.failedStores, value: stores.failed.joined(separator: ",")),
                ], in: db)
            return
        }
        // An image that is `importing` still is settled with its status.
        guard image.status != .importing else { return }
        try image.endImport(
            failedIn: status == .failure ? ImportProperty.failed(of: self) : stores.failed.joined(separator: ","),
            in: db)
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
