import GRDB
import ImageModel

extension SetDeactivation: StoredOperation {
    func run(in db: Database) throws -> Done {
        var image = try Image.changeable(imageID, by: viewer, in: db)
        let (from, to): (ImageStatus, ImageStatus) =
            isDeactivated ? (.active, .deactivated) : (.deactivated, .active)
        if image.status == to { return Done() }
        guard image.status == from else { throw RegistryFailure.conflict(status: image.status) }
        image.status = to
        try image.save(from: from, in: db)
        return Done()
    }
}
