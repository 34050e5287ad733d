import JSONText

/// An API key by its id, or by its user and name: `notFound` where there is none or it has expired.
public struct GetAPIKey: RegistryOperation {
    public typealias Answer = APIKeyCredentials
    public static let name = "get-api-key"
    public static let isIdempotent = true

    public var key: IdentityReference
    /// Whose, where the key is given by name.
    public var user: IdentityReference?

    public init(_ key: IdentityReference, user: IdentityReference? = nil) {
        self.key = key
        self.user = user
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(try IdentityReference(json: try json.value("key")), user: try json.optional("user"))
    }

    public var json: JSONValue { ["key": key.json, "user": user?.json ?? .null] }
}

/// Keeps a new API key: `duplicate` where the user has one of that name, `malformed` where the text can be no name or the
/// user lacks one of the roles, `notFound` where user or project are not there, `forbidden` where the user has no role in
/// the project.
public struct CreateAPIKey: RegistryOperation {
    public typealias Answer = APIKey
    public static let name = "create-api-key"
    public static let isIdempotent = false

    public var credentials: APIKeyCredentials

    public init(_ key: APIKey, secretDigest: String) {
        credentials = APIKeyCredentials(key: key, secretDigest: secretDigest)
    }

    public init(json: JSONValue) throws(JSONShapeError) { credentials = try APIKeyCredentials(json: json) }

    public var json: JSONValue { credentials.json }
}

/// All API keys, or those of a user.
public struct ListAPIKeys: RegistryOperation {
    public typealias Answer = Listing<APIKey>
    public static let name = "list-api-keys"
    public static let isIdempotent = true

    public var userID: String?

    public init(userID: String? = nil) { self.userID = userID }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard json.object != nil else { throw JSONShapeError(member: "user_id") }
        userID = try json.optionalText("user_id")
    }

    public var json: JSONValue { ["user_id": JSONValue(userID)] }
}

/// Takes an API key away, with the tokens that were issued for it.
public struct DeleteAPIKey: RegistryOperation {
    public typealias Answer = Done
    public static let name = "delete-api-key"
    public static let isIdempotent = false

    public var id: String

    public init(id: String) { self.id = id }

    public init(json: JSONValue) throws(JSONShapeError) { id = try json.text("id") }

    public var json: JSONValue { ["id": .string(id)] }
}
