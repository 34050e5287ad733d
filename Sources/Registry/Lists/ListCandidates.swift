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
        let rare = try all(of: query).filter { try !$0.areMany(in: db) }
        guard rare.count > 1 else { return rare.first }
        return try rare.map { ($0, try $0.count(in: db)) }.min { $0.1 < $1.1 }?.0
    }

    /// Every condition that an index knows.
    private static func all(of query: ImageQuery) -> [ListCandidates] {
        let hidden =
            query.isHidden == true ? [ListCandidates(images: "os_hidden = 1", by: "images_hidden", [])] : []
        return hidden + query.filters.compactMap(ListCandidates.init)
    }

    private init?(_ filter: ImageQuery.Filter) {
        switch filter {
        case .tag(let value):
            self.init(sql: "SELECT image_id FROM image_tags WHERE value = #", [value.databaseValue])
        case .property(let name, let value):
            // The last condition is that of the index.
            let length = value.unicodeScalars.count <= 255 ? "<= 255" : "> 255"
            self.init(
                sql: "SELECT image_id FROM image_properties WHERE name = # AND value = # AND length(value) \(length)",
                [name.databaseValue, value.databaseValue])
        case .isProtected(true):
            self.init(images: "protected = 1", by: "images_protected", [])
        case .text(let column, let texts): self.init(column, texts)
        case .time(let column, let comparison, let moment) where comparison != .notEqual:
            let index = column == .createdAt ? "created" : "updated"
            self.init(
                visible: "\(column.rawValue) \(comparison.sign) #", by: index, [moment.microseconds.databaseValue])
        case .number(let column, let comparison, let value): self.init(column, comparison, value)
        default: return nil
        }
    }

    private init?(_ column: ImageQuery.TextColumn, _ texts: [String]) {
        let list = JSONValue.array(texts.map(JSONValue.string)).serialized
        let values = [String(decoding: list, as: UTF8.self).databaseValue]
        let isOne = "IN (SELECT value FROM json_each(#))"
        switch column {
        case .owner: self.init(images: "owner \(isOne)", by: "images_by_owner_created", values)
        case .checksum: self.init(images: "checksum \(isOne)", by: "images_by_checksum", values)
        case .hashValue: self.init(images: "os_hash_value \(isOne)", by: "images_by_hash", values)
        case .hashAlgorithm where !texts.contains("sha512"):
            self.init(
                images: "os_hash_algo \(isOne) AND os_hash_algo <> 'sha512'", by: "images_by_other_hash", values)
        case .status: self.init(visible: "status \(isOne)", by: "status", values)
        case .diskFormat, .containerFormat:
            self.init(visible: "sort_\(column.rawValue) \(isOne)", by: column.rawValue, values)
        case .name: self.init(visible: "sort_name \(isOne)", by: "name", values)
        // The one is an image by itself, the other what all have.
        case .id, .hashAlgorithm: return nil
        }
    }

    /// The images that come into question for a number; all that fulfil the filter are among them.
    private init?(_ column: ImageQuery.NumberColumn, _ comparison: ImageQuery.Comparison, _ value: Int64) {
        let isMore = comparison == .greaterOrEqual || comparison == .equal ? value > 0 : value >= 0
        let condition = "\(comparison.sign) #"
        let number = [value.databaseValue]
        switch (column, comparison) {
        // A size that is not known stands as -1, and counts as 0 or as nothing.
        case (.size, .less), (.size, .lessOrEqual), (.knownSize, .less), (.knownSize, .lessOrEqual):
            self.init(visible: "sort_size \(condition)", by: "size", number)
        case (.size, .equal), (.size, .greater), (.size, .greaterOrEqual), (.knownSize, .equal), (.knownSize, .greater),
            (.knownSize, .greaterOrEqual):
            guard isMore || column == .knownSize else { return nil }
            self.init(visible: "sort_size \(condition)", by: "size", number)
        // Most images have 0.
        case (.minRAM, .equal), (.minRAM, .greater), (.minRAM, .greaterOrEqual):
            guard isMore else { return nil }
            self.init(images: "min_ram \(condition) AND min_ram > 0", by: "images_by_min_ram", number)
        case (.minDisk, .equal), (.minDisk, .greater), (.minDisk, .greaterOrEqual):
            guard isMore else { return nil }
            self.init(images: "min_disk \(condition) AND min_disk > 0", by: "images_by_min_disk", number)
        default: return nil
        }
    }

    /// By one of the indexes that have the visibility in front of the value.
    private init(visible condition: String, by index: String, _ values: [DatabaseValue]) {
        let all = Visibility.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        self.init(
            images: "visibility IN (\(all)) AND \(condition)", by: "images_by_visibility_\(index)", values)
    }

    /// SQLite is told which index: it knows nothing of how many rows each of them has.
    private init(images condition: String, by index: String, _ values: [DatabaseValue]) {
        self.init(
            sql: """
                SELECT id AS image_id FROM images INDEXED BY \(index)
                WHERE \(condition) AND deleted_at IS NULL AND status <> 'killed'
                """, values)
    }

    private init(sql: String, _ values: [DatabaseValue]) {
        self.sql = sql
        self.values = values
    }

    /// Whether there are more than are worth a list of their own: of many, the first ones are passed over.
    private func areMany(in db: Database) throws -> Bool {
        var bindings = SQLBindings()
        let text = "\(bound(&bindings)) LIMIT 1 OFFSET \(Self.countMax)"
        return try Row.fetchOne(db, sql: text, arguments: bindings.arguments) != nil
    }

    private func count(in db: Database) throws -> Int {
        var bindings = SQLBindings()
        let text = "SELECT count(*) FROM (\(bound(&bindings)))"
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
