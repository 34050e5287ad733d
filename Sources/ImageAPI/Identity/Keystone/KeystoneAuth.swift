import GlanceHTTP
import HTTPServer
import HTTPWire

/// The flavor `keystone`: `X-Auth-Token` of a Keystone v3. Identity headers are not looked at.
///
/// A service that acts for a user sends a token of its own along (`X-Service-Token`); it lets a user's token count that
/// has expired meanwhile, as a long snapshot needs.
struct KeystoneAuth: IdentityStrategy {
    let validator: KeystoneValidator
    let options: ImageAPIOptions

    func caller(for request: Request) async throws(APIError) -> Caller {
        do throws(APIError) {
            return try await caller(fields: request.head.fields)
        } catch {
            guard error.status == 401 else { throw error }
            var error = error
            let uri = validator.options.publicURL ?? validator.options.authURL
            error.fields["WWW-Authenticate"] = "Keystone uri=\"\(uri)\""
            throw error
        }
    }

    private func caller(fields: HeaderFields) async throws(APIError) -> Caller {
        let tokens = fields.values("x-auth-token")
        guard let token = tokens.first, !token.isEmpty else { return try .anonymous(options) }
        let serviceTokens = fields.values("x-service-token")
        guard tokens.count == 1, serviceTokens.count <= 1 else { throw .unauthorized }
        var allowsExpired = false
        if let serviceToken = serviceTokens.first, !serviceToken.isEmpty {
            let service = try await validator.validate(HeaderText.meaning(of: serviceToken))
            allowsExpired = !Set(service.roles).isDisjoint(with: validator.options.serviceRoles)
        }
        // Newer glance clients percent-encode some characters.
        let found = try await validator.validate(HeaderText.meaning(of: token), allowsExpired: allowsExpired)
        var caller = Caller(userID: found.userID, projectID: found.projectID, roles: found.roles, options: options)
        // Without a project there is nobody whose image a new one would be.
        caller.isReadOnly = found.projectID == nil
        return caller
    }
}

extension APIError {
    static func keystoneUnavailable(_ cause: String) -> APIError {
        APIError(
            503, .explanation("The identity service does not answer. Please try again."), fields: ["Retry-After": "1"],
            cause: cause)
    }
}
