import GRDB
import ImageModel

extension CreateImage: StoredOperation {
    func run(in db: Database) throws -> Image {
        try check()
        guard try db.first("SELECT 1 FROM images WHERE id = ?", [image.id]) == nil else {
            throw RegistryFailure.duplicate
        }
        try QuotaCheck(of: image.owner, defaults: quotas, in: db).require(1, more: .imageCountTotal)
        try db.change(
            """
            INSERT INTO images (id, name, status, visibility, owner, protected, os_hidden, disk_format,
                container_format, size, virtual_size, checksum, os_hash_algo, os_hash_value, min_disk, min_ram,
                created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                image.id, image.name, image.status.rawValue, image.visibility.rawValue, image.owner,
                image.isProtected, image.isHidden, image.diskFormat, image.containerFormat, image.size,
                image.virtualSize, image.checksum, image.hashAlgorithm, image.hashValue, image.minDisk, image.minRAM,
                image.createdAt.microseconds, image.updatedAt.microseconds,
            ])
        try UsageLedger(db: db).add(.init(images: 1), to: image.owner)
        try image.write(image.properties, in: db)
        try image.write(tags: image.tags, in: db)
        for location in image.locations { try image.add(location, bytes: image.size ?? 0, in: db) }
        guard let created = try ImageRow.image(image.id, in: db) else { throw RegistryFailure.notFound }
        return created
    }

    /// What no image starts with, whatever the API lets through.
    private func check() throws {
        guard ImageID.isValid(image.id) else { throw RegistryFailure.malformed("not an image id") }
        guard image.status == .queued || image.status == .active else {
            throw RegistryFailure.malformed("an image can't begin as \(image.status.rawValue)")
        }
        guard image.status == .active || image.locations.isEmpty else {
            throw RegistryFailure.malformed("a queued image has no location")
        }
        // The years 1 to 9999: room for the steps that updates make.
        let moments: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999
        guard moments.contains(image.createdAt.microseconds), moments.contains(image.updatedAt.microseconds) else {
            throw RegistryFailure.malformed("a time out of range")
        }
    }
}
