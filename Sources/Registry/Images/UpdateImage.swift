import GRDB
import ImageModel

extension UpdateImage: StoredOperation {
    func run(in db: Database) throws -> Image {
        let before = try Image.changeable(id, by: viewer, in: db)
        guard before.status != .deleted, expectedStatuses.isEmpty || expectedStatuses.contains(before.status) else {
            throw RegistryFailure.conflict(status: before.status)
        }
        let names = Set(before.properties.map(\.name))
        guard names.isSuperset(of: changes.expectedProperties), names.isDisjoint(with: changes.unexpectedProperties)
        else { throw RegistryFailure.conflict(status: before.status) }
        var image = before
        for change in changes.fields { image.apply(change) }
        // Giving images away would pass the quotas of others.
        guard viewer.isAdmin || image.owner == before.owner else { throw RegistryFailure.forbidden }
        if let locations = changes.locations { try image.prepare(for: locations) }
        try image.save(from: before.status, in: db)
        if let locations = changes.locations { try image.write(locations, in: db) }
        if image.owner != before.owner { try moveUsage(from: before, to: image, in: db) }
        if image.name != before.name {
            try db.change("UPDATE image_members SET image_name = ? WHERE image_id = ?", [image.name ?? "", id])
        }
        try writeProperties(of: before, in: db)
        if let tags = changes.tags {
            try db.change("DELETE FROM image_tags WHERE image_id = ?", [id])
            try image.write(tags: tags, in: db)
        }
        guard let after = try ImageRow.image(id, for: viewer, in: db) else { throw RegistryFailure.notFound }
        return after
    }

    /// Removes, then sets; the quota counts what stands in the end, and holds up only what adds to it.
    private func writeProperties(of image: Image, in db: Database) throws {
        var names = Set(changes.replacesProperties ? [] : image.properties.map(\.name))
        names.subtract(changes.removedProperties)
        names.formUnion(changes.properties.map(\.name))
        let count = names.count(where: Self.countsForQuota)
        let countBefore = image.properties.count { Self.countsForQuota($0.name) }
        if let propertyQuota, count > propertyQuota, count > countBefore {
            throw RegistryFailure.quotaExceeded(
                quota: "image_property_quota", limit: propertyQuota, used: Int64(count))
        }
        if changes.replacesProperties {
            try db.change("DELETE FROM image_properties WHERE image_id = ?", [id])
        } else {
            for name in changes.removedProperties {
                try db.change("DELETE FROM image_properties WHERE image_id = ? AND name = ?", [id, name])
            }
        }
        try image.write(changes.properties, in: db)
    }

    /// What an import writes down for itself is not the tenant's.
    private static func countsForQuota(_ property: String) -> Bool { !property.hasPrefix("os_glance") }

    /// The image's share of the ledger follows it to its new owner, a running upload's reservation too.
    private func moveUsage(from before: Image, to after: Image, in db: Database) throws {
        var share = UsageLedger.Change()
        share.images = before.isDeleted ? 0 : 1
        share.bytesStored = try before.bytesStored(in: db) ?? 0
        if let upload = try Upload.running(for: id, in: db) {
            share.bytesReserved = upload.bytes
            share.uploads = 1
            try db.change("UPDATE uploads SET owner = ? WHERE image_id = ?", [after.owner ?? "", id])
        }
        if let staging = try Staging.of(id, in: db) {
            share.bytesStaged = staging.bytes
            try db.change("UPDATE stagings SET owner = ? WHERE image_id = ?", [after.owner ?? "", id])
        }
        let ledger = UsageLedger(db: db)
        try ledger.add(share, to: after.owner)
        try ledger.add(share.negated, to: before.owner)
    }
}

extension Image {
    mutating func apply(_ change: ImageChange) {
        switch change {
        case .name(let name): self.name = name
        case .owner(let owner): self.owner = owner
        case .visibility(let visibility): self.visibility = visibility
        case .isProtected(let flag): isProtected = flag
        case .isHidden(let flag): isHidden = flag
        case .diskFormat(let format): diskFormat = format
        case .containerFormat(let format): containerFormat = format
        case .minDisk(let gigabytes): minDisk = gigabytes
        case .minRAM(let megabytes): minRAM = megabytes
        case .size(let bytes): size = bytes
        case .virtualSize(let bytes): virtualSize = bytes
        case .checksum(let digest): checksum = digest
        }
    }
}
