import JSONText

/// A project (tenant) of the embedded identity: what owns images.
public struct IdentityProject: JSONCoding, Equatable {
    /// 32 hex digits, as Keystone makes them.
    public var id: String
    /// Unique; 64 characters at the most.
    public var name: String
    /// For people.
    public var description: String
    /// Whether its members may do anything in it.
    public var isEnabled: Bool

    public init(id: String = IdentityID.random(), name: String, description: String = "", isEnabled: Bool = true) {
        self.id = id
        self.name = name
        self.description = description
        self.isEnabled = isEnabled
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            id: try json.text("id"), name: try json.text("name"), description: try json.text("description"),
            isEnabled: try json.flag("enabled"))
    }

    public var json: JSONValue {
        [
            "id": .string(id), "name": .string(name), "description": .string(description), "enabled": .bool(isEnabled),
        ]
    }
}

/// A user of the embedded identity.
public struct IdentityUser: JSONCoding, Equatable {
    /// 32 hex digits, as Keystone makes them.
    public var id: String
    /// Unique; 255 characters at the most.
    public var name: String
    /// Whether the user may log in, and the tokens count that it has.
    public var isEnabled: Bool
    /// What a token is for when its request names no project.
    public var defaultProjectID: String?
    /// For people; empty where there is none.
    public var description: String
    /// For people; nothing is ever sent there. Empty where there is none.
    public var email: String

    public init(
        id: String = IdentityID.random(), name: String, isEnabled: Bool = true, defaultProjectID: String? = nil,
        description: String = "", email: String = ""
    ) {
        self.id = id
        self.name = name
        self.isEnabled = isEnabled
        self.defaultProjectID = defaultProjectID
        self.description = description
        self.email = email
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            id: try json.text("id"), name: try json.text("name"), isEnabled: try json.flag("enabled"),
            defaultProjectID: try json.optionalText("default_project_id"),
            description: try json.text("description"), email: try json.text("email"))
    }

    public var json: JSONValue {
        [
            "id": .string(id), "name": .string(name), "enabled": .bool(isEnabled),
            "default_project_id": JSONValue(defaultProjectID), "description": .string(description),
            "email": .string(email),
        ]
    }
}

/// A user with what its password is checked against; nil: no password opens the account.
public struct UserCredentials: JSONCoding, Equatable {
    public var user: IdentityUser
    /// The text of a `PasswordHash`.
    public var passwordHash: String?

    public init(user: IdentityUser, passwordHash: String?) {
        self.user = user
        self.passwordHash = passwordHash
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            user: try IdentityUser(json: try json.value("user")),
            passwordHash: try json.optionalText("password_hash"))
    }

    public var json: JSONValue { ["user": user.json, "password_hash": JSONValue(passwordHash)] }
}

/// A role of a user in a project.
public struct RoleAssignment: JSONCoding, Equatable {
    public var user: IdentityUser
    public var project: IdentityProject
    public var role: String

    public init(user: IdentityUser, project: IdentityProject, role: String) {
        self.user = user
        self.project = project
        self.role = role
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            user: try IdentityUser(json: try json.value("user")),
            project: try IdentityProject(json: try json.value("project")), role: try json.text("role"))
    }

    public var json: JSONValue { ["user": user.json, "project": project.json, "role": .string(role)] }
}

/// A right of a user in one project that needs no password: Keystone's application credential.
public struct APIKey: JSONCoding, Equatable {
    public var id: String
    /// Unique among the user's.
    public var name: String
    public var userID: String
    public var projectID: String
    /// nil: it does not expire.
    public var expiresAt: Timestamp?
    /// For people.
    public var description: String
    /// The roles that it has at the most, as far as the user has them still; nil: all that the user has in the project.
    public var roles: [String]?
    /// Whether its tokens may make and delete API keys.
    public var isUnrestricted: Bool

    public init(
        id: String = IdentityID.random(), name: String, userID: String, projectID: String,
        expiresAt: Timestamp? = nil, description: String = "", roles: [String]? = nil, isUnrestricted: Bool = false
    ) {
        self.id = id
        self.name = name
        self.userID = userID
        self.projectID = projectID
        self.expiresAt = expiresAt
        self.description = description
        self.roles = roles
        self.isUnrestricted = isUnrestricted
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            id: try json.text("id"), name: try json.text("name"), userID: try json.text("user_id"),
            projectID: try json.text("project_id"),
            expiresAt: try json.optionalNumber("expires_at").map(Timestamp.init(microseconds:)),
            description: try json.text("description"),
            roles: json["roles"] == nil || json["roles"] == .null ? nil : try json.texts("roles"),
            isUnrestricted: try json.flag("unrestricted"))
    }

    public var json: JSONValue {
        [
            "id": .string(id), "name": .string(name), "user_id": .string(userID), "project_id": .string(projectID),
            "expires_at": JSONValue(expiresAt?.microseconds), "description": .string(description),
            "roles": roles?.json ?? .null, "unrestricted": .bool(isUnrestricted),
        ]
    }
}

/// An API key with the digest of its secret.
public struct APIKeyCredentials: JSONCoding, Equatable {
    public var key: APIKey
    /// The text of a `TokenDigest`.
    public var secretDigest: String

    public init(key: APIKey, secretDigest: String) {
        self.key = key
        self.secretDigest = secretDigest
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(key: try APIKey(json: try json.value("key")), secretDigest: try json.text("secret_digest"))
    }

    public var json: JSONValue { ["key": key.json, "secret_digest": .string(secretDigest)] }
}

/// A list of values, as an answer.
public struct Listing<Element: JSONCoding & Equatable>: JSONCoding, Equatable {
    public var items: [Element]

    public init(items: [Element]) { self.items = items }

    public init(json: JSONValue) throws(JSONShapeError) { items = try json.list("items") }

    public var json: JSONValue { ["items": items.json] }
}

/// Ids of users, projects and keys.
public enum IdentityID {
    /// A new one: a random UUID in 32 hex digits, without hyphens.
    public static func random() -> String { ImageID.random().filter { $0 != "-" } }
}

extension JSONValue {
    /// A member that has to be there.
    func value(_ name: String) throws(JSONShapeError) -> JSONValue {
        guard let value = self[name] else { throw JSONShapeError(member: name) }
        return value
    }
}
