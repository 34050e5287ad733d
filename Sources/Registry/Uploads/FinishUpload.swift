import GRDB
import ImageModel

extension FinishUpload: StoredOperation {
    func run(in db: Database) throws -> Image {
        guard var image = try ImageRow.image(imageID, in: db), image.status != .deleted else {
            throw RegistryFailure.notFound
        }
        guard let upload = try Upload.running(uploadID, in: db), upload.imageID == imageID else {
            // Sent again after it was done: the answer is the same.
            let isDone =
                try db.first("SELECT 1 FROM images WHERE id = ? AND upload_id = ?", [imageID, uploadID]) != nil
            guard isDone else { throw RegistryFailure.conflict(status: image.status) }
            return image
        }
        let status = image.status
        guard [.saving, .uploading, .importing].contains(status) else {
            throw RegistryFailure.conflict(status: status)
        }
        try upload.settle(in: db)
        if status == .uploading {
            try image.stage(Staging(self), uploadID: uploadID, in: db)
            return image
        }
        image.status = .active
        image.size = size
        image.checksum = checksum
        image.hashAlgorithm = hashAlgorithm
        image.hashValue = hashValue
        // A format that tells nothing leaves what the client has said (v1).
        if let virtualSize { image.virtualSize = virtualSize }
        if let diskFormat { image.diskFormat = diskFormat }
        if let containerFormat { image.containerFormat = containerFormat }
        // What was made of staged data has taken their place.
        if status == .importing { try image.removeStaging(in: db) }
        image.locations = [location] + copies
        try image.save(from: status, uploadID: uploadID, in: db)
        for location in image.locations { try image.add(location, bytes: size, in: db) }
        if status == .importing, !importGoesOn { try image.endImport(failedIn: nil, in: db) }
        return image
    }
}

extension FailUpload: StoredOperation {
    func run(in db: Database) throws -> Done {
        if let upload = try Upload.running(uploadID, in: db), upload.imageID == imageID { try upload.fail(in: db) }
        return Done()
    }
}

extension KillImage: StoredOperation {
    func run(in db: Database) throws -> Done {
        guard var image = try ImageRow.image(imageID, in: db), image.status == .queued else { return Done() }
        image.status = .killed
        try image.save(from: .queued, in: db)
        return Done()
    }
}

extension ActivateLocation: StoredOperation {
    func run(in db: Database) throws -> Image {
        var image = try Image.changeable(imageID, by: viewer, in: db)
        guard image.status == .queued else { throw RegistryFailure.conflict(status: image.status) }
        image.status = .active
        image.size = size
        if let checksum { image.checksum = checksum }
        if let hash {
            image.hashAlgorithm = hash.algorithm
            image.hashValue = hash.value
        }
        image.locations = [location]
        try image.save(from: .queued, in: db)
        try image.add(location, bytes: size, in: db)
        return image
    }
}
