import GRDB
import ImageModel

/// The order of a list, with its ties: total, as an image's id is its last word.
struct ListOrder {
    let terms: [ImageQuery.Sort]

    /// Ties go by creation time and id, in the direction of the last key; a key that repeats has no effect.
    init(_ sort: [ImageQuery.Sort]) {
        let asked = sort.isEmpty ? [ImageQuery.Sort(key: .createdAt, direction: .descending)] : sort
        let last = asked[asked.count - 1].direction
        let ties = [ImageQuery.SortKey.createdAt, .id].map { ImageQuery.Sort(key: $0, direction: last) }
        var terms: [ImageQuery.Sort] = []
        for term in asked + ties where !terms.contains(where: { $0.key == term.key || $0.key == .id }) {
            terms.append(term)
        }
        self.terms = terms
    }

    /// Whether there are indexes in this order over the images of each owner, and over what is shared with a tenant.
    /// Others stand by visibility alone: each index is a price that every new image pays.
    var isOwners: Bool { terms[0].key == .createdAt || terms[0].key == .name }

    /// What a term sorts by. Absent values sort lowest.
    static func expression(_ key: ImageQuery.SortKey, in source: ListArm.Source) -> String {
        switch (key, source) {
        case (.name, .images): "images.sort_name"
        case (.name, .members): "m.image_name"
        case (.createdAt, .images): "images.created_at"
        case (.createdAt, .members): "m.image_created_at"
        case (.id, .images): "images.id"
        case (.id, .members): "m.image_id"
        case (.status, _): "images.status"
        case (.size, _): "images.sort_size"
        case (.containerFormat, _): "images.sort_container_format"
        case (.diskFormat, _): "images.sort_disk_format"
        case (.updatedAt, _): "images.updated_at"
        }
    }

    func expressions(in source: ListArm.Source) -> [String] {
        terms.map { ListOrder.expression($0.key, in: source) }
    }

    /// The order over the columns `k0`, `k1`, … that every arm has.
    var clause: String {
        terms.indices.map { "k\($0) \(terms[$0].direction == .ascending ? "ASC" : "DESC")" }.joined(separator: ", ")
    }

    /// Whether a row of the arm comes behind the marker, whose values are bound at `places`.
    func isBehind(_ places: [String], in source: ListArm.Source) -> String {
        let columns = expressions(in: source)
        let directions = Set(terms.map(\.direction))
        if directions.count == 1 {
            // A comparison of rows: SQLite seeks with it in an index.
            let sign = directions.contains(.ascending) ? ">" : "<"
            guard columns.count > 1 else { return "\(columns[0]) \(sign) \(places[0])" }
            return "(\(columns.joined(separator: ", "))) \(sign) (\(places.joined(separator: ", ")))"
        }
        let steps = terms.indices.map { index in
            let equal = (0..<index).map { "\(columns[$0]) = \(places[$0])" }
            let sign = terms[index].direction == .ascending ? ">" : "<"
            return "(" + (equal + ["\(columns[index]) \(sign) \(places[index])"]).joined(separator: " AND ") + ")"
        }
        return "(" + steps.joined(separator: " OR ") + ")"
    }
}
