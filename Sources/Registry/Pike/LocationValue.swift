import GRDB
import GlanceHTTP
import ImageModel
import JSONText

/// A location as Glance's registry shows and takes it: an entry of `location_data`.
struct LocationValue: Equatable {
    enum Status: String {
        case active, deleted
        case pendingDelete = "pending_delete"
    }

    /// The row's number; nil for one that is to be written.
    var number: Int64?
    var url: String
    /// A JSON object, as a client gave it.
    var metadata: JSONValue = [:]
    var status = Status.active

    var json: JSONValue {
        [
            "id": JSONValue(number), "url": .string(url), "metadata": metadata, "status": .string(status.rawValue),
        ]
    }
}

extension LocationValue {
    /// The locations that an image's values name: `location` is one active location, `location_data` (v1) and `locations`
    /// (`/rpc`) are lists of them. One that is named twice counts as its entry in the list says.
    ///
    /// - Returns: nil where they name none.
    static func list(of image: JSONValue) throws(APIError) -> [LocationValue]? {
        let single = try PikeValue.text("location", image["location"] ?? .null)
        let lists = [image["location_data"], image["locations"]].compactMap { $0 }.filter { $0 != .null }
        if single == nil, lists.isEmpty { return nil }
        if single?.isEmpty == true { throw .badValue("location", "a URL") }
        var locations = single.map { [LocationValue(url: $0)] } ?? []
        for list in lists {
            guard let entries = list.array else { throw .badValue("location_data", "a list") }
            for entry in entries {
                let location = try LocationValue(entry)
                if let index = locations.firstIndex(where: { $0.url == location.url }) {
                    locations[index] = location
                } else {
                    locations.append(location)
                }
            }
        }
        return locations
    }

    private init(_ json: JSONValue) throws(APIError) {
        guard let url = try PikeValue.text("url", json["url"] ?? .null), !url.isEmpty else {
            throw .badValue("location_data", "an object with a url")
        }
        self.init(url: url)
        if let given = json["metadata"], given != .null {
            guard given.object != nil else { throw .badValue("metadata", "an object") }
            metadata = given
        }
        if let word = json["status"], word != .null {
            guard let known = word.string.flatMap(Status.init) else { throw .badValue("status", "a location's status") }
            status = known
        }
    }
}

extension LocationValue {
    /// The locations of some images, by image, in the order in which they were written.
    static func all(of imageIDs: [String], in db: Database) throws -> [String: [LocationValue]] {
        let ids = String(decoding: JSONValue.array(imageIDs.map(JSONValue.string)).serialized, as: UTF8.self)
        let rows = try db.all(
            """
            SELECT image_id, number, url, metadata, status, store FROM image_locations
            WHERE image_id IN (SELECT value FROM json_each(?)) ORDER BY number
            """, [ids])
        var locations: [String: [LocationValue]] = [:]
        for row in rows {
            let imageID: String = row[0]
            locations[imageID, default: []].append(try LocationValue(row))
        }
        return locations
    }

    private init(_ row: Row) throws {
        let metadata: String = row[3]
        let status: String = row[4]
        let store: String? = row[5]
        self.init(
            number: row[1], url: row[2], metadata: try JSONValue(parsing: Array(metadata.utf8)),
            status: Status(rawValue: status) ?? .active)
        // A store of our own is told where Glance tells of stores.
        if let store, self.metadata["store"] == nil, case .object(var object) = self.metadata {
            object.append("store", .string(store))
            self.metadata = .object(object)
        }
    }
}

extension Image {
    /// Makes these the image's locations. One whose URL stands already keeps its row.
    func replaceLocations(with values: [LocationValue], in db: Database) throws {
        let standing = try LocationValue.all(of: [id], in: db)[id] ?? []
        let wanted = values.filter { $0.status != .deleted }
        for row in standing where !wanted.contains(where: { $0.url == row.url }) { try remove(row, in: db) }
        for value in wanted {
            if !standing.contains(where: { $0.url == value.url }) {
                try add(ImageLocation(url: value.url, store: value.metadata["store"]?.string), bytes: size ?? 0, in: db)
            }
            try db.change(
                "UPDATE image_locations SET metadata = ?, status = ? WHERE image_id = ? AND url = ?",
                [String(decoding: value.metadata.serialized, as: UTF8.self), value.status.rawValue, id, value.url])
        }
    }

    /// Takes a location away; what lies there in a store of ours is to be reclaimed.
    func remove(_ location: LocationValue, in db: Database) throws {
        let row = try db.first("SELECT url, store, bytes FROM image_locations WHERE number = ?", [location.number])
        try db.change("DELETE FROM image_locations WHERE number = ?", [location.number])
        guard let row, let bytes = row[2] as Int64? else { return }
        try reclaim(ImageLocation(url: row[0], store: row[1]), bytes: bytes, in: db)
    }
}
