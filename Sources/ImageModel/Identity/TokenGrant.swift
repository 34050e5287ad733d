import JSONText

/// Who a token stands for, and what for: looked up anew each time, so that a user who was disabled or lost a role is out
/// at once.
public struct TokenGrant: JSONCoding, Equatable {
    public var user: IdentityUser
    /// nil: unscoped.
    public var project: IdentityProject?
    /// Those of the user in the project, with those that they imply.
    public var roles: [String]
    /// How the user proved to be itself, in Keystone's words: `password`, `token`, `application_credential`.
    public var methods: [String]
    /// Names the token in logs and answers; it opens nothing.
    public var auditID: String
    public var issuedAt: Timestamp
    public var expiresAt: Timestamp
    /// The API key that it was issued for.
    public var apiKey: APIKeyMark?

    public init(
        user: IdentityUser, project: IdentityProject?, roles: [String], methods: [String], auditID: String,
        issuedAt: Timestamp, expiresAt: Timestamp, apiKey: APIKeyMark? = nil
    ) {
        self.user = user
        self.project = project
        self.roles = roles
        self.methods = methods
        self.auditID = auditID
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.apiKey = apiKey
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            user: try IdentityUser(json: try json.value("user")), project: try json.optional("project"),
            roles: try json.texts("roles"), methods: try json.texts("methods"), auditID: try json.text("audit_id"),
            issuedAt: try json.timestamp("issued_at"), expiresAt: try json.timestamp("expires_at"),
            apiKey: try json.optional("api_key"))
    }

    public var json: JSONValue {
        [
            "user": user.json, "project": project?.json ?? .null, "roles": roles.json, "methods": methods.json,
            "audit_id": .string(auditID), "issued_at": .int(issuedAt.microseconds),
            "expires_at": .int(expiresAt.microseconds), "api_key": apiKey?.json ?? .null,
        ]
    }
}

/// What a token says of the API key that it was issued for.
public struct APIKeyMark: JSONCoding, Equatable {
    public var id: String
    /// Whether the token may make and delete API keys.
    public var isUnrestricted: Bool

    public init(id: String, isUnrestricted: Bool) {
        self.id = id
        self.isUnrestricted = isUnrestricted
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(id: try json.text("id"), isUnrestricted: try json.flag("unrestricted"))
    }

    public var json: JSONValue { ["id": .string(id), "unrestricted": .bool(isUnrestricted)] }
}
