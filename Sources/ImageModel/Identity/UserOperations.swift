import JSONText

/// A user, with what its password is checked against: `notFound` where there is none.
public struct GetUser: RegistryOperation {
    public typealias Answer = UserCredentials
    public static let name = "get-user"
    public static let isIdempotent = true

    public var user: IdentityReference

    public init(_ user: IdentityReference) { self.user = user }

    public init(json: JSONValue) throws(JSONShapeError) { user = try IdentityReference(json: json) }

    public var json: JSONValue { user.json }
}

/// All users, by name.
public struct ListUsers: RegistryOperation {
    public typealias Answer = Listing<IdentityUser>
    public static let name = "list-users"
    public static let isIdempotent = true

    public init() {}
    public init(json: JSONValue) throws(JSONShapeError) {}
    public var json: JSONValue { [:] }
}

/// Makes a user: `duplicate` where the name is taken, `malformed` where it can be none, `notFound` where the default
/// project is not there.
public struct CreateUser: RegistryOperation {
    public typealias Answer = IdentityUser
    public static let name = "create-user"
    public static let isIdempotent = false

    public var credentials: UserCredentials

    public init(_ user: IdentityUser, passwordHash: String?) {
        credentials = UserCredentials(user: user, passwordHash: passwordHash)
    }

    public init(json: JSONValue) throws(JSONShapeError) { credentials = try UserCredentials(json: json) }

    public var json: JSONValue { credentials.json }
}

/// Changes what is not nil. A new password, and being disabled, end all tokens of the user.
///
/// `duplicate` where the new name is taken, `malformed` where it can be none, `notFound` where the user or the default
/// project is not there.
public struct UpdateUser: RegistryOperation {
    public typealias Answer = IdentityUser
    public static let name = "update-user"
    public static let isIdempotent = true

    public var id: String
    public var newName: String?
    public var isEnabled: Bool?
    public var passwordHash: String?
    public var defaultProjectID: String?
    /// Whether the user has no default project from now on.
    public var clearsDefaultProject: Bool
    public var description: String?
    public var email: String?

    public init(
        id: String, newName: String? = nil, isEnabled: Bool? = nil, passwordHash: String? = nil,
        defaultProjectID: String? = nil, clearsDefaultProject: Bool = false, description: String? = nil,
        email: String? = nil
    ) {
        self.id = id
        self.newName = newName
        self.isEnabled = isEnabled
        self.passwordHash = passwordHash
        self.defaultProjectID = defaultProjectID
        self.clearsDefaultProject = clearsDefaultProject
        self.description = description
        self.email = email
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            id: try json.text("id"), newName: try json.optionalText("name"),
            isEnabled: try json.optionalFlag("enabled"), passwordHash: try json.optionalText("password_hash"),
            defaultProjectID: try json.optionalText("default_project_id"),
            clearsDefaultProject: try json.flag("clears_default_project"),
            description: try json.optionalText("description"), email: try json.optionalText("email"))
    }

    public var json: JSONValue {
        [
            "id": .string(id), "name": JSONValue(newName), "enabled": isEnabled.map(JSONValue.bool) ?? .null,
            "password_hash": JSONValue(passwordHash), "default_project_id": JSONValue(defaultProjectID),
            "clears_default_project": .bool(clearsDefaultProject), "description": JSONValue(description),
            "email": JSONValue(email),
        ]
    }
}

/// Takes a user away, with its roles, keys and tokens. Images belong to projects, and stay.
public struct DeleteUser: RegistryOperation {
    public typealias Answer = Done
    public static let name = "delete-user"
    public static let isIdempotent = false

    public var id: String

    public init(id: String) { self.id = id }

    public init(json: JSONValue) throws(JSONShapeError) { id = try json.text("id") }

    public var json: JSONValue { ["id": .string(id)] }
}
