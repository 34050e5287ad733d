import JSONText

/// What a user may do in a project, without a token: `notFound` where the user or the project is not there or disabled,
/// `forbidden` where the user has no role in the project.
public struct GetGrant: RegistryOperation {
    public typealias Answer = TokenGrant
    public static let name = "get-grant"
    public static let isIdempotent = true

    public var userID: String
    public var scope: TokenScope

    public init(userID: String, scope: TokenScope) {
        self.userID = userID
        self.scope = scope
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(userID: try json.text("user_id"), scope: try TokenScope(json: try json.value("scope")))
    }

    public var json: JSONValue { ["user_id": .string(userID), "scope": scope.json] }
}

/// Keeps a new token. Fails as `GetGrant` does.
public struct IssueToken: RegistryOperation {
    public typealias Answer = TokenGrant
    public static let name = "issue-token"
    public static let isIdempotent = false

    /// Of the token: the text of a `TokenDigest`.
    public var digest: String
    public var userID: String
    public var scope: TokenScope
    public var methods: [String]
    public var auditID: String
    public var expiresAt: Timestamp
    /// The token ends with this key.
    public var apiKeyID: String?

    public init(
        digest: String, userID: String, scope: TokenScope, methods: [String], auditID: String, expiresAt: Timestamp,
        apiKeyID: String? = nil
    ) {
        self.digest = digest
        self.userID = userID
        self.scope = scope
        self.methods = methods
        self.auditID = auditID
        self.expiresAt = expiresAt
        self.apiKeyID = apiKeyID
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            digest: try json.text("digest"), userID: try json.text("user_id"),
            scope: try TokenScope(json: try json.value("scope")), methods: try json.texts("methods"),
            auditID: try json.text("audit_id"), expiresAt: try json.timestamp("expires_at"),
            apiKeyID: try json.optionalText("api_key_id"))
    }

    public var json: JSONValue {
        [
            "digest": .string(digest), "user_id": .string(userID), "scope": scope.json, "methods": methods.json,
            "audit_id": .string(auditID), "expires_at": .int(expiresAt.microseconds),
            "api_key_id": JSONValue(apiKeyID),
        ]
    }
}

/// What a token is good for now: `notFound` where it is for nothing any more.
public struct ValidateToken: RegistryOperation {
    public typealias Answer = TokenGrant
    public static let name = "validate-token"
    public static let isIdempotent = true

    public var digest: String

    public init(digest: String) { self.digest = digest }

    public init(json: JSONValue) throws(JSONShapeError) { digest = try json.text("digest") }

    public var json: JSONValue { ["digest": .string(digest)] }
}

/// Ends a token; one that has ended stays so.
public struct RevokeToken: RegistryOperation {
    public typealias Answer = Done
    public static let name = "revoke-token"
    public static let isIdempotent = true

    public var digest: String

    public init(digest: String) { self.digest = digest }

    public init(json: JSONValue) throws(JSONShapeError) { digest = try json.text("digest") }

    public var json: JSONValue { ["digest": .string(digest)] }
}
