import GRDB
import ImageModel

extension FinishCopy: StoredOperation {
    func run(in db: Database) throws -> Image {
        guard let image = try ImageRow.image(imageID, in: db), !image.isDeleted else {
            throw RegistryFailure.notFound
        }
        guard let upload = try Upload.running(uploadID, in: db), upload.imageID == imageID else {
            // Sent again after it was done: the answer is the same.
            let isDone = locations.allSatisfy { location in image.locations.contains { $0.url == location.url } }
            guard isDone else { throw RegistryFailure.conflict(status: image.status) }
            return image
        }
        guard image.status == .active || image.status == .deactivated else {
            throw RegistryFailure.conflict(status: image.status)
        }
        try upload.settle(in: db)
        for location in locations where !image.locations.contains(where: { $0.url == location.url }) {
            try image.add(location, bytes: bytes, in: db)
        }
        guard var after = try ImageRow.image(imageID, in: db) else { throw RegistryFailure.notFound }
        // Of data outside whose source did not tell: now it is known what a download sends.
        if after.size ?? 0 == 0 { after.size = bytes }
        try after.save(from: after.status, in: db)
        return after
    }
}
