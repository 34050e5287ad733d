import GRDB
import GlanceHTTP
import ImageModel

// What a client of Glance's registry changes, made of the operations: each `run` belongs into one transaction.

/// A new image. Whoever is no admin makes images of its own project alone.
struct PikeCreate {
    let image: Image
    let locations: [LocationValue]

    /// - Throws: 400 where the id is none.
    init(values: ImageValues, viewer: Viewer) throws(APIError) {
        let id = values.id ?? ImageID.random()
        guard ImageID.isValid(id) else { throw .invalidImageID }
        var image = Image(id: id, owner: viewer.projectID)
        if viewer.isAdmin, let owner = values.owner { image.apply(owner) }
        image.status = values.status ?? .active
        for change in values.fields { image.apply(change) }
        if values.isPublic == true { image.visibility = .public }
        if let visibility = values.visibility { image.visibility = visibility }
        image.properties = values.properties
        image.tags = values.tags ?? []
        if let createdAt = values.createdAt { image.createdAt = createdAt }
        image.updatedAt = values.updatedAt ?? max(image.createdAt, image.updatedAt)
        self.image = image
        locations = values.locations ?? []
    }

    func run(in db: Database) throws -> Image {
        do {
            let created = try CreateImage(image: image).run(in: db)
            if !locations.isEmpty { try created.replaceLocations(with: locations, in: db) }
        } catch RegistryFailure.duplicate {
            throw APIError.imageExists(image.id)
        } catch RegistryFailure.malformed(let reason) {
            throw APIError.badMetadata("add", reason)
        }
        return try Image.visible(image.id, to: Viewer(projectID: nil, isAdmin: true), in: db)
    }
}

/// New values for an image: fields, properties, locations and, along the table of moves, its status.
struct PikeUpdate {
    let id: String
    let viewer: Viewer
    let values: ImageValues
    /// The status that the image must have.
    let fromState: String?
    let replacesProperties: Bool

    func run(in db: Database) throws -> Image {
        let before = try Image.owned(id, by: viewer, in: db, otherwise: .imageNotFound)
        if let fromState, fromState != before.status.rawValue { throw APIError.operationConflicts }
        do {
            let updated = try UpdateImage(id: id, viewer: viewer, changes: changes(of: before)).run(in: db)
            if let locations = values.locations { try updated.replaceLocations(with: locations, in: db) }
            if let status = values.status, status != updated.status { try updated.move(to: status, viewer, in: db) }
        } catch RegistryFailure.malformed(let reason) {
            throw APIError.badMetadata("update", reason)
        }
        return try Image.visible(id, to: Viewer(projectID: nil, isAdmin: true), in: db)
    }

    private func changes(of image: Image) -> ImageChanges {
        var changes = ImageChanges()
        changes.fields = values.fields
        if viewer.isAdmin, let owner = values.owner { changes.fields.append(owner) }
        // What is not public stays as it is: private and community are no words of v1.
        if let isPublic = values.isPublic, isPublic != image.isPublic {
            changes.fields.append(.visibility(isPublic ? .public : .shared))
        }
        if let visibility = values.visibility { changes.fields.append(.visibility(visibility)) }
        changes.properties = values.properties
        changes.replacesProperties = replacesProperties
        changes.tags = values.tags
        return changes
    }
}

/// The end of an image. One that waits for the scrubber is deleted in the eyes of clients: it stays as it is.
struct PikeDelete {
    let id: String
    let viewer: Viewer

    func run(in db: Database) throws -> Image {
        if let image = try ImageRow.image(id, in: db), image.status == .pendingDelete,
            ImageAccess.canListWhenGone(image, viewer)
        {
            return image
        }
        _ = try Image.owned(id, by: viewer, in: db, otherwise: .notFound)
        return try DeleteImage(id: id, viewer: viewer).run(in: db)
    }
}

extension Image {
    /// The image, if it is the viewer's to change; 403 where everybody knows of it, else `error`.
    fileprivate static func owned(
        _ id: String, by viewer: Viewer, in db: Database, otherwise error: APIError
    ) throws -> Image {
        guard let image = try ImageRow.image(id, for: viewer, in: db), ImageAccess.canView(image, viewer) else {
            throw error
        }
        if ImageAccess.canChange(image, viewer) { return image }
        throw image.visibility == .public ? APIError.forbidden : error
    }

    /// Takes the image to another status, with all that belongs to the move.
    fileprivate func move(to status: ImageStatus, _ viewer: Viewer, in db: Database) throws {
        guard self.status.successors.contains(status) else { throw RegistryFailure.conflict(status: self.status) }
        switch (self.status, status) {
        case (.pendingDelete, .deleted):
            _ = try ScrubImage(imageID: id).run(in: db)
        case (_, .deleted), (_, .pendingDelete):
            _ = try DeleteImage(id: id, viewer: viewer, isDelayed: status == .pendingDelete).run(in: db)
        default:
            var image = self
            image.status = status
            // Whoever sets a status this way has taken the upload over.
            if self.status == .saving { try Upload.running(for: id, in: db)?.settle(in: db) }
            if isDeleted {
                image.deletedAt = nil
                try UsageLedger(db: db).add(.init(images: 1), to: owner)
            }
            try image.save(from: self.status, in: db)
        }
    }
}
