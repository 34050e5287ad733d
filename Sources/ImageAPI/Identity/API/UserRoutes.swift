import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel
import JSONText

// Users: made, changed and taken away by admins; a password, by whom it belongs to.

extension IdentityAPI {
    func createUser(_ call: IdentityCall) async throws(APIError) -> Response {
        let caller = try await admin(call)
        var body = try ChangeBody("user", in: try await json(of: call.request))
        try body.defaultDomain()
        try body.nothing(in: "options", "federated")
        let password = try body.text("password")
        let user = IdentityUser(
            name: try body.requiredText("name"), isEnabled: try body.flag("enabled") ?? true,
            defaultProjectID: try body.text("default_project_id"), description: try body.text("description") ?? "",
            email: try body.text("email") ?? "")
        try body.finish()
        var hash: String?
        if let password { hash = try await identity.passwords.hash(password) }
        guard let made = try await change(CreateUser(user, passwordHash: hash), by: caller.user, call) else {
            throw .identityNotFound("project: \(user.defaultProjectID ?? "")")
        }
        return show("user", IdentityDocuments.user(made, base: call.base), status: 201)
    }

    func updateUser(_ call: IdentityCall) async throws(APIError) -> Response {
        let caller = try await admin(call)
        let id = call.parameters[0]
        var body = try ChangeBody("user", in: try await json(of: call.request))
        try body.defaultDomain()
        try body.nothing(in: "options", "federated")
        if let same = try body.text("id"), same != id { throw .identityInvalid("A user's id does not change.") }
        if body.isNull("password") {
            throw .identityInvalid("A password is not taken away: disable the user, or set another one.")
        }
        let password = try body.text("password")
        var operation = UpdateUser(
            id: id, newName: try body.text("name"), isEnabled: try body.flag("enabled"),
            defaultProjectID: try body.text("default_project_id"),
            clearsDefaultProject: body.isNull("default_project_id"),
            description: body.isNull("description") ? "" : try body.text("description"),
            email: body.isNull("email") ? "" : try body.text("email"))
        try body.finish()
        guard try await ask(GetUser(.id(id)), call) != nil else { throw .identityNotFound("user: \(id)") }
        if let password { operation.passwordHash = try await identity.passwords.hash(password) }
        guard let changed = try await change(operation, by: caller.user, call) else {
            // Of the two that the change names, the user was there a moment ago.
            throw .identityNotFound("project: \(operation.defaultProjectID ?? "")")
        }
        return show("user", IdentityDocuments.user(changed, base: call.base))
    }

    func deleteUser(_ call: IdentityCall) async throws(APIError) -> Response {
        let caller = try await admin(call)
        let id = call.parameters[0]
        guard try await change(DeleteUser(id: id), by: caller.user, call) != nil else {
            throw .identityNotFound("user: \(id)")
        }
        return Response(status: .noContent)
    }

    /// A user's own new password. As in Keystone the old one is the proof, and no token is asked for; all tokens of the
    /// user end.
    func changePassword(_ call: IdentityCall) async throws(APIError) -> Response {
        var body = try ChangeBody("user", in: try await json(of: call.request))
        let old = try body.requiredText("original_password")
        let new = try body.requiredText("password")
        try body.finish()
        let found = try await identity.authenticate(
            .id(call.parameters[0]), password: old, peer: call.request.peer, requestID: call.request.id)
        let hash = try await identity.passwords.hash(new)
        try await change(UpdateUser(id: found.user.id, passwordHash: hash), by: found.user, call)
        return Response(status: .noContent)
    }
}
