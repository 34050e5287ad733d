import GRDB
import ImageModel
import JSONText

/// The conditions of a list beside those of visibility and paging.
struct FilterConditions {
    /// For every arm.
    fileprivate(set) var common: [String] = []
    /// For the arm that walks memberships as well: they have an index by the image's name.
    fileprivate(set) var ofMembers: [String] = []

    func of(_ source: ListArm.Source) -> [String] { source == .members ? common + ofMembers : common }
}

/// The SQL form of a list's filters.
struct FilterClause {
    private let query: ImageQuery
    /// What the list is sorted by first.
    private let leadingKey: ImageQuery.SortKey

    init(_ query: ImageQuery, _ order: ListOrder) {
        self.query = query
        leadingKey = order.terms[0].key
    }

    /// An index by visibility and one value is then a walk in the list's order.
    private var isByCreation: Bool { leadingKey == .createdAt }

    /// All conditions beside those of visibility and paging.
    func conditions(_ bindings: inout SQLBindings) throws -> FilterConditions {
        guard query.filters.countOfAll <= ImageQuery.filtersMax else {
            throw RegistryFailure.malformed("too many filters")
        }
        var all = FilterConditions()
        var conditions: [String] = []
        if let since = query.changesSince {
            conditions.append("images.updated_at > \(bindings.bind(since.microseconds))")
        }
        if query.bringsGone {
            if query.isDeleted == true { conditions.append("images.deleted_at IS NOT NULL") }
            if !query.viewer.isAdmin { conditions.append(Self.liveOrOwn(query.viewer, &bindings)) }
        } else {
            conditions += Self.isLive
        }
        if let isHidden = query.isHidden { conditions.append("images.os_hidden = \(bindings.bind(isHidden))") }
        for filter in query.filters {
            conditions.append(condition(filter, &bindings))
            if case .text(.name, let names) = filter, names.count == 1, !query.bringsGone {
                all.ofMembers.append("m.image_name = \(bindings.bind(names[0]))")
            }
        }
        all.common = conditions
        return all
    }

    /// Word for word the condition of the indexes.
    private static let isLive = ["images.deleted_at IS NULL", "images.status <> 'killed'"]

    /// The SQL form of `ImageAccess.canListWhenGone`.
    private static func liveOrOwn(_ viewer: Viewer, _ bindings: inout SQLBindings) -> String {
        let isLive = "(" + isLive.joined(separator: " AND ") + ")"
        guard let project = viewer.projectID else { return isLive }
        return "(\(isLive) OR images.owner = \(bindings.bind(project)))"
    }

    private func condition(_ filter: ImageQuery.Filter, _ bindings: inout SQLBindings) -> String {
        switch filter {
        case .text(let column, let values):
            return condition(column, values, &bindings)
        case .number(let column, let comparison, let value):
            return "\(Self.expression(column)) \(comparison.sign) \(bindings.bind(value))"
        case .time(let column, let comparison, let moment):
            // In another order than the list's an index over the column is no walk.
            let isWalked = query.bringsGone || leadingKey.rawValue == column.rawValue
            return "\(isWalked ? "" : "+")images.\(column.rawValue) \(comparison.sign) "
                + bindings.bind(moment.microseconds)
        case .isProtected(let flag):
            return "images.protected = \(bindings.bind(flag))"
        case .property(let name, let value):
            return """
                EXISTS (SELECT 1 FROM image_properties AS p WHERE p.image_id = images.id
                    AND p.name = \(bindings.bind(name)) AND p.value = \(bindings.bind(value)))
                """
        case .tag(let value):
            return """
                EXISTS (SELECT 1 FROM image_tags AS t WHERE t.image_id = images.id AND t.value = \(bindings.bind(value)))
                """
        case .any(let filters):
            if filters.isEmpty { return "0" }
            return "(" + filters.map { condition($0, &bindings) }.joined(separator: " OR ") + ")"
        }
    }

    private func condition(
        _ column: ImageQuery.TextColumn, _ values: [String], _ bindings: inout SQLBindings
    ) -> String {
        // But for ids, SQLite is kept off an index over the column: it would sort what it finds, and that may be much.
        // Where it is little, `ListCandidates` knows.
        let name = column == .id ? "images.id" : "+images.\(column.rawValue)"
        guard values.count == 1 else {
            let list = JSONValue.array(values.map(JSONValue.string)).serialized
            return "\(name) IN (SELECT value FROM json_each(\(bindings.bind(String(decoding: list, as: UTF8.self)))))"
        }
        let place = bindings.bind(values[0])
        switch column {
        // The indexes hold what is sorted by; the column itself tells an empty text from none.
        case .name: return "images.sort_name = \(place) AND images.name = \(place)"
        case .status where isByCreation: return "images.status = \(place)"
        case .diskFormat where isByCreation, .containerFormat where isByCreation:
            return "images.sort_\(column.rawValue) = \(place) AND \(name) = \(place)"
        default: return "\(name) = \(place)"
        }
    }

    private static func expression(_ column: ImageQuery.NumberColumn) -> String {
        switch column {
        // A size that is not known yet is 0 in the eyes of v1's clients, and so for size_min and size_max.
        case .size: "COALESCE(images.size, 0)"
        case .knownSize: "images.size"
        case .virtualSize, .minDisk, .minRAM: "images.\(column.rawValue)"
        }
    }
}

extension ImageQuery {
    /// Whether deleted images are in the list, or killed ones.
    var bringsGone: Bool { isDeleted ?? (changesSince != nil) }
}

extension ImageQuery.Comparison {
    var sign: String {
        switch self {
        case .equal: "="
        case .notEqual: "<>"
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .less: "<"
        case .lessOrEqual: "<="
        }
    }
}
