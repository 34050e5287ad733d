import GRDB
import ImageModel
import JSONText

/// A condition of a list that few images fulfil: the list is then drawn from those, and sorted, where it would else walk
/// along an index past all that do not fulfil it.
///
/// SQLite would have to guess which is better. Here the candidates are counted, up to a bound: past the bound the walk
/// is short, for it meets one soon.
struct ListCandidates {
    /// Candidates that are worth a list of their own.
    static let countMax = 500

    /// The ids as `image_id`.
    let sql: String
    private let values: [DatabaseValue]

    /// The condition of the query that the fewest images fulfil; nil where none is rare, or known to an index.
    static func fewest(of query: ImageQuery, in db: Database) throws -> ListCandidates? {
        // The indexes hold live images.
        guard !query.bringsGone else { return nil }
        var best: (candidates: ListCandidates, count: Int)?
        for candidates in all(of: query) {
            let count = try candidates.count(in: db, max: best?.count ?? countMax + 1)
            if count <= countMax, count < best?.count ?? .max { best = (candidates, count) }
        }
        return best?.candidates
    }

    /// Every condition that an index knows.
    static func all(of query: ImageQuery) -> [ListCandidates] {
        let hidden = query.isHidden == true ? [ListCandidates(images: "os_hidden = 1", [])] : []
        return hidden + query.filters.compactMap(ListCandidates.init)
    }

    private init?(_ filter: ImageQuery.Filter) {
        switch filter {
        case .tag(let value):
            self.init(sql: "SELECT image_id FROM image_tags WHERE value = #", [value.databaseValue])
        case .property(let name, let value) where value.unicodeScalars.count <= 255:
            // The last condition is that of the index.
            self.init(
                sql: "SELECT image_id FROM image_properties WHERE name = # AND value = # AND length(value) <= 255",
                [name.databaseValue, value.databaseValue])
        case .isProtected(true):
            self.init(images: "protected = 1", [])
        case .text(let column, let texts):
            switch column {
            // These have better ones: one image, or a walk in order.
            case .id, .name, .hashAlgorithm: return nil
            case .status, .owner, .checksum, .containerFormat, .diskFormat, .hashValue: break
            }
            let list = JSONValue.array(texts.map(JSONValue.string)).serialized
            self.init(
                images: "\(column.rawValue) IN (SELECT value FROM json_each(#))",
                [String(decoding: list, as: UTF8.self).databaseValue])
        default: return nil
        }
    }

    private init(images condition: String, _ values: [DatabaseValue]) {
        self.init(
            sql: "SELECT id AS image_id FROM images WHERE \(condition) AND deleted_at IS NULL AND status <> 'killed'",
            values)
    }

    private init(sql: String, _ values: [DatabaseValue]) {
        self.sql = sql
        self.values = values
    }

    /// How many there are, as far as that.
    private func count(in db: Database, max: Int) throws -> Int {
        var bindings = SQLBindings()
        let text = "SELECT count(*) FROM (\(bound(&bindings)) LIMIT \(bindings.bind(max)))"
        return try Int.fetchOne(db, sql: text, arguments: bindings.arguments) ?? 0
    }

    /// The statement with its values bound.
    func bound(_ bindings: inout SQLBindings) -> String {
        var text = ""
        var values = values.makeIterator()
        for character in sql {
            if character == "#", let value = values.next() {
                text += bindings.bind(value)
            } else {
                text.append(character)
            }
        }
        return text
    }
}
