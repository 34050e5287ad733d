import GRDB
import ImageModel
import JSONText

/// The SQL form of a list's filters.
enum FilterClause {
    /// All conditions beside those of visibility and paging.
    static func conditions(of query: ImageQuery, _ bindings: inout SQLBindings) throws -> [String] {
        guard query.filters.countOfAll <= ImageQuery.filtersMax else {
            throw RegistryFailure.malformed("too many filters")
        }
        var conditions: [String] = []
        if let since = query.changesSince {
            conditions.append("images.updated_at > \(bindings.bind(since.microseconds))")
        }
        if query.bringsGone {
            if query.isDeleted == true { conditions.append("images.deleted_at IS NOT NULL") }
            if !query.viewer.isAdmin { conditions.append(liveOrOwn(query.viewer, &bindings)) }
        } else {
            conditions += isLive
        }
        if let isHidden = query.isHidden { conditions.append("images.os_hidden = \(bindings.bind(isHidden))") }
        for filter in query.filters { conditions.append(condition(filter, &bindings)) }
        return conditions
    }

    /// Word for word the condition of the indexes.
    private static let isLive = ["images.deleted_at IS NULL", "images.status <> 'killed'"]

    /// The SQL form of `ImageAccess.canListWhenGone`.
    private static func liveOrOwn(_ viewer: Viewer, _ bindings: inout SQLBindings) -> String {
        let isLive = "(" + isLive.joined(separator: " AND ") + ")"
        guard let project = viewer.projectID else { return isLive }
        return "(\(isLive) OR images.owner = \(bindings.bind(project)))"
    }

    private static func condition(_ filter: ImageQuery.Filter, _ bindings: inout SQLBindings) -> String {
        switch filter {
        case .text(let column, let values):
            return condition(column, values, &bindings)
        case .number(let column, let comparison, let value):
            return "\(expression(column)) \(comparison.sign) \(bindings.bind(value))"
        case .time(let column, let comparison, let moment):
            return "images.\(column.rawValue) \(comparison.sign) \(bindings.bind(moment.microseconds))"
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

    private static func condition(
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
        // The indexes hold `sort_name`; the column itself tells an empty name from none.
        return column == .name
            ? "images.sort_name = \(place) AND images.name = \(place)" : "\(name) = \(place)"
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
    fileprivate var sign: String {
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
