import Credentials
import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel
import JSONText

// API keys, in Keystone's words application credentials: a user makes them, in the project that its token is for; the
// user and admins see them and take them away.

extension IdentityAPI {
    func listAPIKeys(_ call: IdentityCall) async throws(APIError) -> Response {
        let user = try await user(call)
        var keys = try await keys(of: user, call)
        if let name = call.query["name"] { keys = keys.filter { $0.name == name } }
        var items: [JSONValue] = []
        for key in keys {
            items.append(IdentityDocuments.apiKey(key, roles: try await roles(of: key, call), base: call.base))
        }
        return list(
            "application_credentials", items, "/users/\(user.id)/application_credentials", call)
    }

    func showAPIKey(_ call: IdentityCall) async throws(APIError) -> Response {
        let key = try await key(call)
        return show(
            "application_credential",
            IdentityDocuments.apiKey(key, roles: try await roles(of: key, call), base: call.base))
    }

    func createAPIKey(_ call: IdentityCall) async throws(APIError) -> Response {
        let caller = try await caller(call)
        guard caller.user.id == call.parameters[0], let project = caller.project else { throw .identityForbidden }
        guard caller.apiKey?.isUnrestricted != false else { throw .keyIsRestricted }
        var body = try ChangeBody("application_credential", in: try await json(of: call.request))
        try body.nothing(in: "access_rules")
        let projectID = try body.text("project_id") ?? project.id
        guard projectID == project.id else { throw .identityForbidden }
        let chosen = try body.text("secret")
        let asked = try body.list("roles") ?? []
        var roles: [String] = []
        for role in asked {
            guard let name = (role["id"] ?? role["name"])?.string else {
                throw .identityInvalid("A role of 'application_credential' has neither an id nor a name.")
            }
            // A key does not pass the token that makes it, which may be one of a bounded key.
            guard caller.roles.contains(name) else {
                throw .identityInvalid("The token does not have the role \(name).")
            }
            roles.append(name)
        }
        let key = APIKey(
            name: try body.requiredText("name"), userID: caller.user.id, projectID: projectID,
            expiresAt: try body.moment("expires_at"), description: try body.text("description") ?? "",
            roles: asked.isEmpty ? caller.roles : roles, isUnrestricted: try body.flag("unrestricted") ?? false)
        try body.finish()
        let secret = chosen ?? SecretText.random()
        // What a person has chosen can be guessed, and is kept like a password.
        let digest =
            chosen == nil ? TokenDigest(of: secret).text : try await identity.passwords.hash(secret)
        guard let made = try await change(CreateAPIKey(key, secretDigest: digest), by: caller.user, call) else {
            throw .identityForbidden
        }
        return show(
            "application_credential",
            IdentityDocuments.apiKey(made, roles: made.roles ?? [], secret: secret, base: call.base), status: 201)
    }

    func deleteAPIKey(_ call: IdentityCall) async throws(APIError) -> Response {
        let caller = try await caller(call)
        guard caller.apiKey?.isUnrestricted != false else { throw .keyIsRestricted }
        let key = try await key(call)
        try await change(DeleteAPIKey(id: key.id), by: caller.user, call)
        return Response(status: .noContent)
    }

    /// The key that the path names, if the caller may see it.
    private func key(_ call: IdentityCall) async throws(APIError) -> APIKey {
        let id = call.parameters[1]
        guard let key = try await keys(of: try await user(call), call).first(where: { $0.id == id }) else {
            throw .identityNotFound("application credential: \(id)")
        }
        return key
    }

    private func keys(of user: IdentityUser, _ call: IdentityCall) async throws(APIError) -> [APIKey] {
        try await ask(ListAPIKeys(userID: user.id), call)?.items ?? []
    }

    /// Those that the key was given, or else all that its user has in the project.
    private func roles(of key: APIKey, _ call: IdentityCall) async throws(APIError) -> [String] {
        if let roles = key.roles { return roles }
        let assignments = try await ask(ListAssignments(userID: key.userID, projectID: key.projectID), call)
        return IdentityRole.withImplied(assignments?.items.map(\.role) ?? [])
    }
}

extension ChangeBody {
    /// A moment to come, as `2030-01-31T12:00:00`, with a fraction or a `Z` or without; it is UTC.
    fileprivate mutating func moment(_ name: String) throws(APIError) -> Timestamp? {
        guard let text = try text(name) else { return nil }
        guard let moment = Timestamp(keystone: text.hasSuffix("Z") ? text : text + "Z") else {
            throw .identityInvalid("'\(name)' is no moment like 2030-01-31T12:00:00Z.")
        }
        guard moment > Timestamp.now else { throw .identityInvalid("'\(name)' is over.") }
        return moment
    }
}
