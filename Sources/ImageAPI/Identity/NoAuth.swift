import GlanceHTTP
import HTTPServer

/// The flavor without a name: whoever reaches the socket is an admin without a project. No header is looked at.
struct NoAuth: IdentityStrategy {
    let options: ImageAPIOptions

    func caller(for request: Request) async throws(APIError) -> Caller {
        Caller(userID: nil, projectID: nil, roles: [options.adminRole], options: options)
    }
}
