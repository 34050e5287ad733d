import GRDB
import ImageModel
import JSONText

// Locations that are added to an image, taken away, or told more about.

extension Image {
    /// Checks a change of locations, and makes a queued image active by it.
    ///
    /// - Throws: `RegistryFailure.conflict` where the locations are others by now, or the status is none for this.
    mutating func prepare(for changes: LocationChanges) throws {
        guard [.queued, .active].contains(status), locations.map(\.url) == changes.before, !changes.after.isEmpty else {
            throw RegistryFailure.conflict(status: status)
        }
        let urls = changes.after.map(\.url)
        let isOutside = urls.allSatisfy { url in
            changes.before.contains(url) || url.hasPrefix("http://") || url.hasPrefix("https://")
        }
        guard isOutside, Set(urls).count == urls.count else {
            throw RegistryFailure.malformed("not a list of locations")
        }
        guard status == .queued else { return }
        status = .active
        size = changes.size ?? 0
        checksum = changes.checksum
        hashAlgorithm = changes.hashAlgorithm
        hashValue = changes.hashValue
    }

    /// Writes the locations of a change that `prepare` has let through.
    func write(_ changes: LocationChanges, in db: Database) throws {
        let standing = try LocationValue.all(of: [id], in: db)[id, default: []].filter { $0.status == .active }
        for row in standing where !changes.after.contains(where: { $0.url == row.url }) { try remove(row, in: db) }
        for location in changes.after {
            guard standing.contains(where: { $0.url == location.url }) else {
                try add(location, bytes: 0, in: db)
                continue
            }
            try db.change(
                "UPDATE image_locations SET metadata = ? WHERE image_id = ? AND url = ? AND status = 'active'",
                [String(decoding: location.metadata.serialized, as: UTF8.self), id, location.url])
        }
        // Rows are shown in the order of their numbers; what is added comes last.
        let kept = standing.map(\.url).filter { url in changes.after.contains { $0.url == url } }
        let added = changes.after.map(\.url).filter { !kept.contains($0) }
        guard changes.after.map(\.url) != kept + added else { return }
        for location in changes.after {
            try db.change(
                """
                UPDATE image_locations SET number = (SELECT max(number) + 1 FROM image_locations)
                WHERE image_id = ? AND url = ? AND status = 'active'
                """,
                [id, location.url])
        }
    }
}
