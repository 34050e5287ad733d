import JSONText

/// Gives a user a role in a project; one that it has already stays. `notFound` where the user or the project is not
/// there, `malformed` where the text can be no role.
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
        self.init(userID: try json.optionalText("user_id"), projectID: try json.optionalText("project_id"))
    }

    public var json: JSONValue { ["user_id": JSONValue(userID), "project_id": JSONValue(projectID)] }
}
