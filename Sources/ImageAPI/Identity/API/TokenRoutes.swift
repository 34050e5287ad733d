import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel
import JSONText

// Tokens: made, shown, ended.

extension IdentityAPI {
    func issueToken(_ call: IdentityCall) async throws(APIError) -> Response {
        let asked = try TokenRequest(v3: try await json(of: call.request))
        let (token, grant) = try await issue(asked, call)
        return .json(
            201, TokenDocument.v3(grant, catalog: catalog(call)).serialized,
            fields: [("X-Subject-Token", token), ("Vary", "X-Auth-Token")])
    }

    func issueTokenV2(_ call: IdentityCall) async throws(APIError) -> Response {
        let asked = try TokenRequest(v2: try await json(of: call.request))
        let (token, grant) = try await issue(asked, call)
        let catalog = ServiceCatalog(base: call.base, region: identity.region)
        return .json(
            200, TokenDocument.v2(grant, token: token, catalog: catalog).serialized,
            fields: [("Vary", "X-Auth-Token")])
    }

    private func issue(
        _ asked: TokenRequest, _ call: IdentityCall
    ) async throws(APIError) -> (token: String, grant: TokenGrant) {
        let request = call.request
        switch asked.method {
        case .password(let user, let password):
            let found = try await identity.authenticate(
                user, password: password, peer: request.peer, requestID: request.id)
            return try await identity.issue(
                userID: found.user.id, asked.scope ?? .defaultProject, methods: ["password"], requestID: request.id)
        case .token(let token):
            let old = try await identity.grant(ofToken: token, requestID: request.id)
            guard old.apiKey == nil else { throw .keyIsNotRescoped }
            // It ends with the token that it comes from: nobody stays logged in for ever.
            return try await identity.issue(
                userID: old.user.id, asked.scope ?? .defaultProject,
                methods: old.methods.contains("token") ? old.methods : old.methods + ["token"],
                notAfter: old.expiresAt, requestID: request.id)
        case .apiKey(let key, let user, let secret):
            guard asked.scope == nil else { throw .keyIsNotRescoped }
            let key = try await identity.authenticate(
                GetAPIKey(key, user: user), secret: secret, peer: request.peer, requestID: request.id)
            return try await identity.issue(
                userID: key.userID, .project(.id(key.projectID)), methods: ["application_credential"],
                notAfter: key.expiresAt, apiKeyID: key.id, requestID: request.id)
        }
    }

    func showToken(_ call: IdentityCall) async throws(APIError) -> Response {
        let (token, grant) = try await subject(call)
        return .json(
            200, TokenDocument.v3(grant, catalog: catalog(call)).serialized,
            fields: [("X-Subject-Token", token), ("Vary", "X-Auth-Token")])
    }

    func revokeToken(_ call: IdentityCall) async throws(APIError) -> Response {
        let (token, _) = try await subject(call)
        try await identity.revoke(token, requestID: call.request.id)
        return Response(status: .noContent)
    }

    /// The token that a request is about: the caller's own, or another's where the caller is an admin or a service.
    private func subject(_ call: IdentityCall) async throws(APIError) -> (token: String, grant: TokenGrant) {
        let caller = try await caller(call)
        let tokens = call.request.head.fields.values("x-subject-token")
        guard let token = tokens.first, tokens.count == 1 else {
            throw APIError(400, "X-Subject-Token is missing.")
        }
        let grant: TokenGrant
        do throws(APIError) {
            grant = try await identity.grant(ofToken: token, requestID: call.request.id)
        } catch {
            throw error.status == 401 ? .identityNotFound("the token") : error
        }
        guard grant.user.id == caller.user.id || isAdmin(caller) || caller.roles.contains("service") else {
            throw .identityForbidden
        }
        return (token, grant)
    }

    func showCatalog(_ call: IdentityCall) async throws(APIError) -> Response {
        guard try await caller(call).project != nil else { throw .identityForbidden }
        let catalog = ServiceCatalog(base: call.base, region: identity.region)
        return .json(
            200,
            ([
                "catalog": catalog.v3,
                "links": [
                    "next": .null, "self": .string("\(call.base)/identity/v3/auth/catalog"), "previous": .null,
                ],
            ] as JSONValue).serialized)
    }

    private func catalog(_ call: IdentityCall) -> ServiceCatalog? {
        call.query["nocatalog"] == nil ? ServiceCatalog(base: call.base, region: identity.region) : nil
    }
}
