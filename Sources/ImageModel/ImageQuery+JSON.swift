import JSONText

extension ImageQuery: JSONCoding {
    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"] else { throw JSONShapeError(member: "viewer") }
        self.init(viewer: try Viewer(json: viewer), limit: Int(try json.number("limit")))
        scope = try Scope(word: try json.text("scope"))
        memberStatus = try json.optionalWord("member_status")
        filters = try json.list("filters")
        changesSince = try json.optionalNumber("changes_since").map(Timestamp.init(microseconds:))
        isDeleted = try json.optionalFlag("deleted")
        isHidden = try json.optionalFlag("os_hidden")
        sort = try json.list("sort")
        marker = try json.optionalText("marker")
    }

    public var json: JSONValue {
        [
            "viewer": viewer.json, "limit": .int(Int64(limit)), "scope": .string(scope.word),
            "member_status": JSONValue(memberStatus?.rawValue), "filters": filters.json,
            "changes_since": JSONValue(changesSince?.microseconds), "deleted": isDeleted.map(JSONValue.bool) ?? .null,
            "os_hidden": isHidden.map(JSONValue.bool) ?? .null,
            "sort": sort.json, "marker": JSONValue(marker),
        ]
    }
}

extension ImageQuery.Scope {
    init(word: String) throws(JSONShapeError) {
        switch word {
        case "as_user": self = .asUser
        case "everything": self = .everything
        case "non_public": self = .nonPublic
        case "all": self = .all
        case "everything_but_community_of_others": self = .everythingButCommunityOfOthers
        default:
            guard let visibility = Visibility(rawValue: word) else { throw JSONShapeError(member: "scope") }
            self = .visibility(visibility)
        }
    }

    var word: String {
        switch self {
        case .asUser: "as_user"
        case .everything: "everything"
        case .nonPublic: "non_public"
        case .visibility(let visibility): visibility.rawValue
        case .all: "all"
        case .everythingButCommunityOfOthers: "everything_but_community_of_others"
        }
    }
}

extension ImageQuery.Sort: JSONCoding {
    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(key: try json.word("key"), direction: try json.word("dir"))
    }

    public var json: JSONValue { ["key": .string(key.rawValue), "dir": .string(direction.rawValue)] }
}

extension ImageQuery.Filter: JSONCoding {
    public init(json: JSONValue) throws(JSONShapeError) {
        switch try json.text("by") {
        case "text": self = .text(try json.word("column"), isIn: try json.texts("values"))
        case "number":
            self = .number(try json.word("column"), try json.word("comparison"), try json.number("value"))
        case "time":
            self = .time(try json.word("column"), try json.word("comparison"), try json.timestamp("value"))
        case "protected": self = .isProtected(try json.flag("value"))
        case "property": self = .property(name: try json.text("name"), value: try json.text("value"))
        case "tag": self = .tag(try json.text("value"))
        case "any": self = .any(try json.list("filters"))
        default: throw JSONShapeError(member: "by")
        }
    }

    public var json: JSONValue {
        switch self {
        case .text(let column, let values):
            ["by": .string("text"), "column": .string(column.rawValue), "values": values.json]
        case .number(let column, let comparison, let value):
            [
                "by": .string("number"), "column": .string(column.rawValue),
                "comparison": .string(comparison.rawValue), "value": .int(value),
            ]
        case .time(let column, let comparison, let value):
            [
                "by": .string("time"), "column": .string(column.rawValue),
                "comparison": .string(comparison.rawValue), "value": .int(value.microseconds),
            ]
        case .isProtected(let value): ["by": .string("protected"), "value": .bool(value)]
        case .property(let name, let value):
            ["by": .string("property"), "name": .string(name), "value": .string(value)]
        case .tag(let value): ["by": .string("tag"), "value": .string(value)]
        case .any(let filters): ["by": .string("any"), "filters": filters.json]
        }
    }
}
