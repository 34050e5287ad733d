import GRDB
import ImageModel

extension AddTag: StoredOperation {
    func run(in db: Database) throws -> Done {
        var image = try Image.taggable(imageID, by: viewer, in: db)
        if image.tags.contains(tag) { return Done() }
        let after = Int64(image.tags.count) + 1
        if let tagQuota, after > tagQuota {
            throw RegistryFailure.quotaExceeded(quota: "image_tag_quota", limit: tagQuota, used: after)
        }
        try image.write(tags: [tag], in: db)
        try image.save(from: image.status, in: db)
        return Done()
    }
}

extension RemoveTag: StoredOperation {
    func run(in db: Database) throws -> Done {
        var image = try Image.taggable(imageID, by: viewer, in: db)
        guard try db.change("DELETE FROM image_tags WHERE image_id = ? AND value = ?", [imageID, tag]) == 1 else {
            throw RegistryFailure.notFound
        }
        try image.save(from: image.status, in: db)
        return Done()
    }
}

extension Image {
    /// The live image, if the viewer may change it.
    fileprivate static func taggable(_ id: String, by viewer: Viewer, in db: Database) throws -> Image {
        let image = try changeable(id, by: viewer, in: db)
        guard !image.isDeleted else { throw RegistryFailure.notFound }
        return image
    }
}
