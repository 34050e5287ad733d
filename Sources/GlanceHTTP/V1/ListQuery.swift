import HTTPWire
import ImageModel

/// Bounds of a page, in images.
public struct PageRows: Equatable, Sendable {
    /// Where the request does not say: `limit_param_default`.
    public var byDefault: Int
    /// Whatever the request says: `api_limit_max`.
    public var max: Int

    public init(byDefault: Int = 25, max: Int = 1000) {
        self.byDefault = byDefault
        self.max = max
    }
}

extension ImageQuery {
    /// A list as v1's query string, or the registry's, asks for it. Parameters that they do not know are ignored.
    ///
    /// - Parameter checksScopeOfAll: whether a bad `is_public` is refused from others than admins, too.
    /// - Throws: 400 for a value that a parameter can't have.
    public init(
        v1 query: String?, viewer: Viewer, rows: PageRows, checksScopeOfAll: Bool = true
    ) throws(APIError) {
        guard let items = QueryItems(query) else { throw .notDecodable("query") }
        self.init(
            viewer: viewer, limit: try Self.limit(items["limit"], byDefault: rows.byDefault, max: rows.max))
        marker = try Self.marker(items["marker"])
        sort = [try Self.sort(items["sort_key"], items["sort_dir"])]
        if viewer.isAdmin || checksScopeOfAll { scope = try Self.scope(items["is_public"], viewer) }
        if let text = items["changes-since"] {
            guard let moment = Timestamp(iso8601: text) else { throw .unrecognizedChangesSince }
            changesSince = moment
        }
        filters = try Self.columnFilters(items) + Self.propertyFilters(items)
    }

    /// Images of a page, as `limit` says.
    ///
    /// - Throws: 400 where it is no number, or below 0.
    public static func limit(_ text: String?, byDefault rows: Int, max: Int) throws(APIError) -> Int {
        guard let text else { return Swift.min(rows, max) }
        guard let number = MetadataText.integer(text) else {
            // More digits than a number has: Python counts on.
            guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
                throw .limitNotAnInteger
            }
            return max
        }
        guard number >= 0 else { throw .limitNegative }
        return Int(Swift.min(number, Int64(max)))
    }

    private static func marker(_ text: String?) throws(APIError) -> String? {
        guard let text else { return nil }
        if text.isEmpty { throw .invalidMarker }
        guard ImageID.isValid(text) else { throw .invalidMarkerFormat }
        return text
    }

    private static func sort(_ key: String?, _ direction: String?) throws(APIError) -> Sort {
        guard let sortKey = SortKey(rawValue: key ?? "created_at") else {
            throw .unsupportedSortKey(key ?? "", SortKey.allCases.map(\.rawValue).sorted())
        }
        guard let sortDirection = Direction(rawValue: direction ?? "desc") else {
            throw .unsupportedSortDirection(direction ?? "")
        }
        return Sort(key: sortKey, direction: sortDirection)
    }

    /// `is_public` counts for admins alone. An admin sees its project's view by default.
    private static func scope(_ text: String?, _ viewer: Viewer) throws(APIError) -> Scope {
        guard let text else { return .asUser }
        let scope: Scope
        switch text.lowercased() {
        case "true", "1": scope = .asUser
        case "false", "0": scope = .nonPublic
        case "none": scope = .everything
        default: throw .badFilter("is_public", text)
        }
        return viewer.isAdmin ? scope : .asUser
    }

    private static func columnFilters(_ items: QueryItems) throws(APIError) -> [Filter] {
        var filters: [Filter] = []
        for column in [TextColumn.name, .status, .containerFormat, .diskFormat] {
            guard let text = items[column.rawValue] else { continue }
            filters.append(.text(column, isIn: values(text)))
        }
        if let text = items["min_ram"] { filters.append(.number(.minRAM, .equal, try number("min_ram", text))) }
        if let text = items["min_disk"] {
            // Not checked by the reference: what is no number equals none.
            filters.append(
                MetadataText.integer(text).map { .number(.minDisk, .equal, $0) } ?? .text(.id, isIn: []))
        }
        if let text = items["size_min"] {
            filters.append(.number(.size, .greaterOrEqual, try number("size_min", text)))
        }
        if let text = items["size_max"] { filters.append(.number(.size, .lessOrEqual, try number("size_max", text))) }
        if let text = items["protected"] {
            switch text.lowercased() {
            case "true", "1": filters.append(.isProtected(true))
            case "false", "0": filters.append(.isProtected(false))
            default: throw .badProtectedFilter
            }
        }
        return filters
    }

    /// `in:a,b` is any of them: a feature of v2 that shows in v1.
    public static func values(_ text: String) -> [String] {
        guard text.hasPrefix("in:") else { return [text] }
        return text.dropFirst(3).split(separator: ",").map(String.init)
    }

    private static func number(_ filter: String, _ text: String) throws(APIError) -> Int64 {
        guard let number = MetadataText.integer(text), number >= 0 else { throw .badFilter(filter, text) }
        return number
    }

    private static func propertyFilters(_ items: QueryItems) -> [Filter] {
        let prefix = "property-"
        let names = items.items.map(\.name).filter { $0.hasPrefix(prefix) }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }.map { name in
            .property(name: String(name.dropFirst(prefix.count)), value: items[name] ?? "")
        }
    }
}
