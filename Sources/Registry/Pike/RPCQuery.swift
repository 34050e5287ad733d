import GlanceHTTP
import ImageModel
import JSONText

extension ImageQuery {
    /// The arguments of `image_get_all`.
    ///
    /// - Throws: 400 for a value that an argument can't have.
    init(rpc arguments: RPCArguments) throws(APIError) {
        let limit = try PikeValue.number("limit", arguments["limit"] ?? .null, max: .max)
        self.init(viewer: arguments.viewer, limit: Int(min(limit ?? .max, Int64(arguments.rowsMax))))
        marker = try arguments.optionalText("marker")
        sort = try Self.sort(arguments)
        // An admin's list is everybody's, unless it is asked for as a user's.
        let isAsUser = !viewer.isAdmin || arguments["admin_as_user"]?.isTruthy == true
        scope = isAsUser ? .asUser : .everything
        if let isPublic = arguments["is_public"]?.isTruthy { scope = isPublic ? .visibility(.public) : .nonPublic }
        let status = try arguments.optionalText("member_status") ?? "accepted"
        if status != "all" {
            guard let known = MemberStatus(rawValue: status) else { throw .badValue("member_status", "a status") }
            memberStatus = known
        }
        // Glance brings deleted images in where the filters do not say; nobody means that.
        for member in arguments["filters"]?.object?.members ?? [] { try add(member.name, member.value) }
    }

    private mutating func add(_ name: String, _ value: JSONValue) throws(APIError) {
        switch name {
        case "visibility":
            guard let visibility = value.string.flatMap(Visibility.init) else {
                throw .badValue(name, "a visibility")
            }
            scope = .visibility(visibility)
        case "is_public": scope = value.isTruthy ? .visibility(.public) : .nonPublic
        case "deleted": isDeleted = value.isTruthy
        case "os_hidden", "is_hidden": isHidden = value.isTruthy
        case "protected": filters.append(.isProtected(value.isTruthy))
        case "changes-since": changesSince = try PikeValue.time(name, value)
        case "size_min": filters.append(.number(.size, .greaterOrEqual, try Self.number(name, value)))
        case "size_max": filters.append(.number(.size, .lessOrEqual, try Self.number(name, value)))
        case "tags":
            for tag in try PikeValue.texts(name, value, max: 255) { filters.append(.tag(tag)) }
        case "properties":
            for property in try PikeValue.properties(value) {
                filters.append(.property(name: property.name, value: property.value ?? ""))
            }
        default:
            if let column = TextColumn(rawValue: name) {
                filters.append(.text(column, isIn: try Self.texts(name, value)))
            } else if let column = NumberColumn(rawValue: name) {
                filters.append(.number(column, .equal, try Self.number(name, value)))
            } else if let column = TimeColumn(rawValue: name) {
                filters.append(try Self.time(column, value))
            } else {
                filters.append(.property(name: name, value: try PikeValue.text(name, value) ?? ""))
            }
        }
    }

    private static func number(_ name: String, _ value: JSONValue) throws(APIError) -> Int64 {
        guard let number = try PikeValue.number(name, value) else { throw .badValue(name, "a number") }
        return number
    }

    private static func texts(_ name: String, _ value: JSONValue) throws(APIError) -> [String] {
        if value.array != nil { return try PikeValue.texts(name, value, max: 255) }
        guard let text = try PikeValue.text(name, value) else { throw .badValue(name, "a text") }
        return values(text)
    }

    /// `gt:2026-11-23T07:37:57Z`; without a comparison it is equality.
    private static func time(_ column: TimeColumn, _ value: JSONValue) throws(APIError) -> Filter {
        let text = value.string ?? ""
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        if parts.count == 2, let comparison = Comparison(rawValue: parts[0]) {
            guard let moment = Timestamp(iso8601: parts[1]) else { throw .badValue(column.rawValue, "a time") }
            return .time(column, comparison, moment)
        }
        guard let moment = try PikeValue.time(column.rawValue, value) else {
            throw .badValue(column.rawValue, "a time")
        }
        return .time(column, .equal, moment)
    }

    private static func sort(_ arguments: RPCArguments) throws(APIError) -> [Sort] {
        func words(_ name: String, _ word: String) throws(APIError) -> [String] {
            guard let value = arguments[name] else { return [word] }
            if let text = value.string { return [text] }
            return try PikeValue.texts(name, value, max: 255)
        }
        let keys = try words("sort_key", "created_at")
        let directions = try words("sort_dir", "desc")
        guard keys.count <= 8 else { throw .badValue("sort_key", "a list of at most 8 keys") }
        var sort: [Sort] = []
        for (index, word) in keys.enumerated() {
            guard let key = SortKey(rawValue: word) else {
                throw .unsupportedSortKey(word, SortKey.allCases.map(\.rawValue).sorted())
            }
            // One direction stands for all keys.
            let last = index < directions.count ? directions[index] : directions.last ?? "desc"
            guard let direction = Direction(rawValue: last) else { throw .unsupportedSortDirection(last) }
            sort.append(Sort(key: key, direction: direction))
        }
        return sort
    }
}
