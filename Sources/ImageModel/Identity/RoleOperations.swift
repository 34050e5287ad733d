import JSONText

/// All roles: those that Glance's rules name, then the others by name.
public struct ListRoles: RegistryOperation {
    public typealias Answer = Listing<RoleDescription>
    public static let name = "list-roles"
    public static let isIdempotent = true

    public init() {}
    public init(json: JSONValue) throws(JSONShapeError) {}
    public var json: JSONValue { [:] }
}

/// Makes a role: `duplicate` where there is one of that name, `malformed` where the text can be none.
public struct CreateRole: RegistryOperation {
    public typealias Answer = RoleDescription
    public static let name = "create-role"
    public static let isIdempotent = false

    public var role: RoleDescription

    public init(_ role: RoleDescription) { self.role = role }

    public init(json: JSONValue) throws(JSONShapeError) { role = try RoleDescription(json: json) }

    public var json: JSONValue { role.json }
}

/// Takes a role away, from all who have it: `protected` where Glance's rules name it.
public struct DeleteRole: RegistryOperation {
    public typealias Answer = Done
    public static let name = "delete-role"
    public static let isIdempotent = false

    public var role: String

    public init(_ role: String) { self.role = role }

    public init(json: JSONValue) throws(JSONShapeError) { role = try json.text("role") }

    public var json: JSONValue { ["role": .string(role)] }
}

/// Gives a user a role in a project; one that it has already stays. `notFound` where the user or the project is not
/// there, `malformed` where the text can be no role. A role that was never heard of is one from now on.
public struct GrantRole: RegistryOperation {
    public typealias Answer = Done
    public static let name = "grant-role"
    public static let isIdempotent = true

    public var userID: String
    public var projectID: String
    public var role: String

    public init(userID: String, projectID: String, role: String) {
        self.userID = userID
        self.projectID = projectID
        self.role = role
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            userID: try json.text("user_id"), projectID: try json.text("project_id"), role: try json.text("role"))
    }

    public var json: JSONValue {
        ["user_id": .string(userID), "project_id": .string(projectID), "role": .string(role)]
    }
}

/// Takes a role away: `notFound` where the user does not have it.
public struct WithdrawRole: RegistryOperation {
    public typealias Answer = Done
    public static let name = "withdraw-role"
    public static let isIdempotent = false

    public var userID: String
    public var projectID: String
    public var role: String

    public init(userID: String, projectID: String, role: String) {
        self.userID = userID
        self.projectID = projectID
        self.role = role
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            userID: try json.text("user_id"), projectID: try json.text("project_id"), role: try json.text("role"))
    }

    public var json: JSONValue {
        ["user_id": .string(userID), "project_id": .string(projectID), "role": .string(role)]
    }
}

/// Who has which role where: all, or those of a user, of a project, or of both.
public struct ListAssignments: RegistryOperation {
    public typealias Answer = Listing<RoleAssignment>
    public static let name = "list-assignments"
    public static let isIdempotent = true

    public var userID: String?
    public var projectID: String?

    public init(userID: String? = nil, projectID: String? = nil) {
        self.userID = userID
        self.projectID = projectID
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard json.object != nil else { throw JSONShapeError(member: "user_id") }
        self.init(userID: try json.optionalText("user_id"), projectID: try json.optionalText("project_id"))
    }

    public var json: JSONValue { ["user_id": JSONValue(userID), "project_id": JSONValue(projectID)] }
}
