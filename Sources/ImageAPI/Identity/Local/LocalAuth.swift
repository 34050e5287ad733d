import GlanceHTTP
import HTTPServer
import HTTPWire
import ImageModel

/// The flavor `local`: `X-Auth-Token` of the embedded identity, or HTTP Basic with a user's name and password, which acts
/// in the user's default project. Identity headers are not looked at.
///
/// The credentials are checked with the head: an upload outlives the token that it came with.
struct LocalAuth: IdentityStrategy {
    let identity: LocalIdentity
    let options: ImageAPIOptions

    func caller(for request: Request) async throws(APIError) -> Caller {
        do throws(APIError) {
            guard let grant = try await identity.grant(for: request) else { return try .anonymous(options) }
            var caller = Caller(
                userID: grant.user.id, projectID: grant.project?.id, roles: grant.roles, options: options)
            // Without a project there is no role, and nobody whose image a new one would be.
            caller.isReadOnly = grant.project == nil
            return caller
        } catch {
            throw error.challenging(request.head, options)
        }
    }
}

extension APIError {
    /// A 401 tells where tokens come from, and that a name and a password do as well (RFC 9110 §11.6.1).
    func challenging(_ head: RequestHead, _ options: ImageAPIOptions) -> APIError {
        guard status == 401 else { return self }
        var error = self
        let uri = Endpoint.linkBase(of: head, options: options) + "/identity/v3"
        error.fields["WWW-Authenticate"] = "Keystone uri=\"\(uri)\", Basic realm=\"glance\", charset=\"UTF-8\""
        return error
    }
}
