import JSONText

/// Projects by name: all; those in which a user has a role; the one that is named.
public struct ListProjects: RegistryOperation {
    public typealias Answer = Listing<IdentityProject>
    public static let name = "list-projects"
    public static let isIdempotent = true

    public var project: IdentityReference?
    public var userID: String?

    public init(_ project: IdentityReference? = nil, userID: String? = nil) {
        self.project = project
        self.userID = userID
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard json.object != nil else { throw JSONShapeError(member: "project") }
        self.init(try json.optional("project"), userID: try json.optionalText("user_id"))
    }

    public var json: JSONValue { ["project": project?.json ?? .null, "user_id": JSONValue(userID)] }
}

/// Makes a project: `duplicate` where the name or the id is taken, `malformed` where it can be none.
public struct CreateProject: RegistryOperation {
    public typealias Answer = IdentityProject
    public static let name = "create-project"
    public static let isIdempotent = false

    public var project: IdentityProject

    public init(_ project: IdentityProject) { self.project = project }

    public init(json: JSONValue) throws(JSONShapeError) { project = try IdentityProject(json: json) }

    public var json: JSONValue { project.json }
}

/// Changes what is not nil. Fails as `CreateProject` does, and with `notFound`.
public struct UpdateProject: RegistryOperation {
    public typealias Answer = IdentityProject
    public static let name = "update-project"
    public static let isIdempotent = true

    public var id: String
    public var newName: String?
    public var isEnabled: Bool?
    public var description: String?

    public init(id: String, newName: String? = nil, isEnabled: Bool? = nil, description: String? = nil) {
        self.id = id
        self.newName = newName
        self.isEnabled = isEnabled
        self.description = description
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            id: try json.text("id"), newName: try json.optionalText("name"),
            isEnabled: try json.optionalFlag("enabled"), description: try json.optionalText("description"))
    }

    public var json: JSONValue {
        [
            "id": .string(id), "name": JSONValue(newName), "enabled": isEnabled.map(JSONValue.bool) ?? .null,
            "description": JSONValue(description),
        ]
    }
}

/// Takes a project away, with the roles, keys and tokens that count in it. Its images stay under its id, as under
/// Keystone.
public struct DeleteProject: RegistryOperation {
    public typealias Answer = Done
    public static let name = "delete-project"
    public static let isIdempotent = false

    public var id: String

    public init(id: String) { self.id = id }

    public init(json: JSONValue) throws(JSONShapeError) { id = try json.text("id") }

    public var json: JSONValue { ["id": .string(id)] }
}
