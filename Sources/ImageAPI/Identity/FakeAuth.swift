import GlanceHTTP
import HTTPServer
import HTTPWire

/// The flavor `fakeauth`: the token itself says who the caller is, `user:tenant:role,role`. For tests and trusted
/// networks. Identity headers are not looked at.
struct FakeAuth: IdentityStrategy {
    let options: ImageAPIOptions

    func caller(for request: Request) async throws(APIError) -> Caller {
        try caller(token: request.head.fields["x-auth-token"])
    }

    /// Parts that are missing or empty count as not given. Newer glance clients send the colons as `%3A`.
    func caller(token: String?) throws(APIError) -> Caller {
        guard let token, !token.isEmpty else { return try .anonymous(options) }
        let parts = HeaderText.meaning(of: token).split(separator: ":", omittingEmptySubsequences: false).map {
            $0.isEmpty ? nil : String($0)
        }
        guard parts.count <= 3, parts.contains(where: { $0 != nil }) else { return try .anonymous(options) }
        return Caller(
            userID: parts[0], projectID: parts.count > 1 ? parts[1] : nil,
            roles: (parts.count > 2 ? parts[2] : nil).map(TrustedAuth.roles) ?? [], options: options)
    }
}
