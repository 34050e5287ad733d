import JSONText

/// A user or a project as somebody names it.
public enum IdentityReference: JSONCoding, Hashable {
    case id(String)
    case name(String)

    public init(json: JSONValue) throws(JSONShapeError) {
        if let id = try json.optionalText("id") {
            self = .id(id)
        } else {
            self = .name(try json.text("name"))
        }
    }

    public var json: JSONValue {
        switch self {
        case .id(let id): ["id": .string(id)]
        case .name(let name): ["name": .string(name)]
        }
    }
}

/// What a token is asked for.
public enum TokenScope: JSONCoding, Hashable {
    case project(IdentityReference)
    /// The user's default project; unscoped where it has none that it can use.
    case defaultProject
    case unscoped

    public init(json: JSONValue) throws(JSONShapeError) {
        switch try json.text("scope") {
        case "project": self = .project(try IdentityReference(json: try json.value("project")))
        case "default": self = .defaultProject
        case "unscoped": self = .unscoped
        default: throw JSONShapeError(member: "scope")
        }
    }

    public var json: JSONValue {
        switch self {
        case .project(let project): ["scope": .string("project"), "project": project.json]
        case .defaultProject: ["scope": .string("default")]
        case .unscoped: ["scope": .string("unscoped")]
        }
    }
}

/// A role, for those who look for it.
public struct RoleDescription: JSONCoding, Equatable {
    /// It is its id as well.
    public var name: String
    /// For people.
    public var description: String

    public init(name: String, description: String = "") {
        self.name = name
        self.description = description
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(name: try json.text("name"), description: try json.text("description"))
    }

    public var json: JSONValue { ["name": .string(name), "description": .string(description)] }
}

/// The roles that Glance's rules name. Policy files may name others, and any may be assigned.
public enum IdentityRole {
    /// Strongest first; each of the first three implies the next, as in Keystone.
    public static let known = ["admin", "member", "reader", "service"]

    /// The roles with those that they imply, in order.
    public static func withImplied(_ roles: [String]) -> [String] {
        var all = Set(roles)
        if all.contains("admin") { all.insert("member") }
        if all.contains("member") { all.insert("reader") }
        return all.sorted()
    }

    /// What is wrong with a text as a role's name; nil where it may be one.
    public static func problem(with name: String) -> String? {
        isValid(name) ? nil : "a role is named by 1 to 64 letters, digits, '_', '-', '.' or ':'"
    }

    private static func isValid(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
                    UInt8(ascii: ":"):
                    true
                default: false
                }
            }
    }
}
