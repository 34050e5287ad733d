import GRDB
import ImageModel

extension Image {
    /// The image, if the viewer may see it.
    ///
    /// - Throws: `RegistryFailure.notFound`.
    static func visible(_ id: String, to viewer: Viewer, in db: Database) throws -> Image {
        guard let image = try ImageRow.image(id, for: viewer, in: db), ImageAccess.canView(image, viewer) else {
            throw RegistryFailure.notFound
        }
        return image
    }

    /// The image, if the viewer may change it.
    ///
    /// - Throws: `RegistryFailure.notFound` where the viewer does not see it, else `.forbidden`.
    static func changeable(_ id: String, by viewer: Viewer, in db: Database) throws -> Image {
        let image = try visible(id, to: viewer, in: db)
        guard ImageAccess.canChange(image, viewer) else { throw RegistryFailure.forbidden }
        return image
    }
}
