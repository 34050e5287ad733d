import GlanceHTTP
import HTTPWire
import ImageModel

extension ImageQuery {
    /// A list as v2's query string asks for it. A parameter that is not known is a custom property's name.
    ///
    /// - Throws: 400 for a value that a parameter can't have.
    init(v2 items: QueryItems, viewer: Viewer, rows: PageRows) throws(APIError) {
        for item in items.items where item.name.utf8.contains(0) || item.value.utf8.contains(0) {
            throw .zeroCharacter("Param values")
        }
        self.init(
            viewer: viewer, limit: try Self.limit(items["limit"], byDefault: rows.byDefault, max: rows.max))
        if let text = items["marker"] {
            guard ImageID.isValid(text) else { throw .markerNotFound(text) }
            marker = text
        }
        sort = try Self.order(items)
        scope = viewer.isAdmin ? .everythingButCommunityOfOthers : .asUser
        memberStatus = .accepted
        isHidden = false
        // Of a parameter that repeats the last one counts; only tags add up.
        var seen: Set<String> = []
        for item in items.items.reversed() where item.name == "tag" || seen.insert(item.name).inserted {
            try take(item.name, item.value)
        }
        guard filters.countOfAll <= Self.filtersMax else { throw .tooManyFilters(max: Self.filtersMax) }
    }

    private mutating func take(_ name: String, _ value: String) throws(APIError) {
        switch name {
        case "limit", "marker", "sort", "sort_key", "sort_dir": break
        // The server's to say: lists are of live images.
        case "deleted": break
        case "visibility": try take(visibility: value)
        case "member_status":
            if value == "all" {
                memberStatus = nil
            } else {
                guard let status = MemberStatus(rawValue: value) else { throw .invalidMemberStatus(value) }
                memberStatus = status
            }
        case "os_hidden":
            switch value.lowercased() {
            case "true": isHidden = true
            case "false": isHidden = false
            default: throw .invalidFlag(name, value)
            }
        case "protected":
            guard let flag = Bool(value) else { throw .invalidFlag(name, value) }
            filters.append(.isProtected(flag))
        case "tag": filters.append(.tag(Self.trimmed(value)))
        case "changes-since": throw .changesSinceGone
        case "locations", "properties", "members": throw .unknownFilter(name)
        default: filters += try Self.filters(name, value)
        }
    }

    private mutating func take(visibility text: String) throws(APIError) {
        switch text {
        case "all": scope = .all
        case "": filters.append(.nothing)
        default:
            guard let visibility = Visibility(rawValue: text) else { throw .invalidVisibility(text) }
            scope = .visibility(visibility)
        }
    }

    private static func filters(_ name: String, _ value: String) throws(APIError) -> [Filter] {
        if let column = TimeColumn(rawValue: name) { return try filters(column, value) }
        return [try filter(name, value)]
    }

    private static func filter(_ name: String, _ value: String) throws(APIError) -> Filter {
        if let column = TextColumn(rawValue: name) {
            switch column {
            case .name, .id, .status, .containerFormat, .diskFormat:
                return .text(column, isIn: try FilterOperator.values(value))
            case .owner, .checksum, .hashAlgorithm, .hashValue: return .text(column, isIn: [value])
            }
        }
        if let column = numberColumn(name) {
            // What is no number equals none.
            return MetadataText.integer(value).map { .number(column, .equal, $0) } ?? .nothing
        }
        for (suffix, comparison) in [("_min", Comparison.greaterOrEqual), ("_max", .lessOrEqual)]
        where name.hasSuffix(suffix) {
            guard let column = numberColumn(String(name.dropLast(suffix.count))) else { throw .rangeOfUnknown(name) }
            guard let number = MetadataText.integer(value) else { throw .rangeNotANumber }
            return .number(column, comparison, number)
        }
        return .property(name: name, value: value)
    }

    private static func numberColumn(_ name: String) -> NumberColumn? {
        switch name {
        case "size": .knownSize
        case "virtual_size": .virtualSize
        case "min_disk": .minDisk
        case "min_ram": .minRAM
        default: nil
        }
    }

    // MARK: Times

    /// Clients compare with the whole seconds that they are shown.
    private static func filters(_ column: TimeColumn, _ text: String) throws(APIError) -> [Filter] {
        var comparison = Comparison.equal
        var moment = Timestamp(iso8601: text)
        if moment == nil {
            let (name, value) = FilterOperator.split(text)
            moment = Timestamp(iso8601: value)
            guard name == nil || moment == nil || name.flatMap(Comparison.init) != nil else {
                throw .unknownTimeOperator
            }
            comparison = name.flatMap(Comparison.init) ?? .equal
        }
        guard let moment else { throw .badTimeFilter(column.rawValue) }
        return [Filter].seconds(of: column, comparison, moment)
    }

    // MARK: Order

    private static func order(_ items: QueryItems) throws(APIError) -> [Sort] {
        func values(_ name: String) -> [String] { items.items.filter { $0.name == name }.map(\.value) }
        let keys = values("sort_key")
        let directions = values("sort_dir")
        let terms: [Sort]
        if let text = items["sort"] {
            guard keys.isEmpty, directions.isEmpty else { throw .sortSyntaxesMixed }
            terms = try sorts(text)
        } else {
            terms = try sorts(keys.isEmpty ? ["created_at"] : keys, directions)
        }
        // Ties go by the one direction that was named, or else downwards.
        let tie = terms.count == 1 || directions.count == 1 ? terms[0].direction : .descending
        guard tie != terms[terms.count - 1].direction else { return terms }
        return terms + [Sort(key: .createdAt, direction: tie), Sort(key: .id, direction: tie)]
    }

    private static func sorts(_ keys: [String], _ directions: [String]) throws(APIError) -> [Sort] {
        var known: [Direction] = []
        for text in directions { known.append(try direction(text)) }
        var sortKeys: [SortKey] = []
        for text in keys { sortKeys.append(try sortKey(text)) }
        guard known.count <= 1 || known.count == sortKeys.count else { throw .sortCountsDiffer }
        return sortKeys.enumerated().map { index, key in
            Sort(key: key, direction: known.count == 1 ? known[0] : known.isEmpty ? .descending : known[index])
        }
    }

    /// `key[:dir],key[:dir]`
    private static func sorts(_ text: String) throws(APIError) -> [Sort] {
        var sorts: [Sort] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let (key, value) = FilterOperator.split(trimmed(String(part)))
            sorts.append(
                key == nil
                    ? Sort(key: try sortKey(value), direction: .descending)
                    : Sort(key: try sortKey(key ?? ""), direction: try direction(value)))
        }
        return sorts
    }

    private static func sortKey(_ text: String) throws(APIError) -> SortKey {
        guard let key = SortKey(rawValue: text) else { throw .invalidSortKey(String(text.prefix(100))) }
        return key
    }

    private static func direction(_ text: String) throws(APIError) -> Direction {
        guard let direction = Direction(rawValue: text) else { throw .invalidSortDirection(String(text.prefix(100))) }
        return direction
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop { $0 == " " || $0 == "\t" }
        let end = start.lastIndex { $0 != " " && $0 != "\t" }
        return end.map { String(start[...$0]) } ?? ""
    }
}

extension ImageQuery.Filter {
    /// Holds for no image.
    static let nothing = ImageQuery.Filter.text(.id, isIn: [])
}

extension [ImageQuery.Filter] {
    /// Compares the whole seconds of a column's moments, which are what v2 shows, with a moment.
    static func seconds(
        of column: ImageQuery.TimeColumn, _ comparison: ImageQuery.Comparison, _ moment: Timestamp
    ) -> Self {
        let second: Int64 = 1_000_000
        let remainder = ((moment.microseconds % second) + second) % second
        let isWhole = remainder == 0
        let floor = Timestamp(microseconds: moment.microseconds - remainder)
        let next = Timestamp(microseconds: floor.microseconds + second)
        let ceiling = isWhole ? floor : next
        switch comparison {
        case .greater: return [.time(column, .greaterOrEqual, next)]
        case .greaterOrEqual: return [.time(column, .greaterOrEqual, ceiling)]
        case .less: return [.time(column, .less, ceiling)]
        case .lessOrEqual: return [.time(column, .less, next)]
        case .equal:
            return isWhole ? [.time(column, .greaterOrEqual, floor), .time(column, .less, next)] : [.nothing]
        case .notEqual:
            return isWhole ? [.any([.time(column, .less, floor), .time(column, .greaterOrEqual, next)])] : []
        }
    }
}
