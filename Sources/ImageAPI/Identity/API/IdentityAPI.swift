import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel
import JSONText
import Logging

/// What the embedded identity answers under `/identity`: the part of Keystone's v3 and v2.0 that image clients need, and
/// that their admins need to keep users, projects and roles.
final class IdentityAPI: Sendable {
    enum Action: Sendable {
        case versions, version3, version2
        case issueToken, showToken, revokeToken, showCatalog, listOwnProjects, listNothing
        case listProjects, showProject, createProject, updateProject, deleteProject
        case listUsers, showUser, createUser, updateUser, deleteUser, changePassword, listUserProjects
        case listDomains, showDomain
        case listRoles, showRole, createRole, deleteRole
        case listAssignments, listGrants, checkGrant, grantRole, withdrawRole
        case listAPIKeys, showAPIKey, createAPIKey, deleteAPIKey
        case issueTokenV2, listTenants
    }

    private static let read = "GET, HEAD"

    /// Every path below `/identity`.
    static let router = Router<Action>(routes: [
        Route("/", ["GET": .versions, "HEAD": .versions], allow: read),
        Route("/v3", ["GET": .version3, "HEAD": .version3], allow: read),
        Route(
            "/v3/auth/tokens",
            ["POST": .issueToken, "GET": .showToken, "HEAD": .showToken, "DELETE": .revokeToken],
            allow: "GET, HEAD, POST, DELETE"),
        Route("/v3/auth/catalog", ["GET": .showCatalog, "HEAD": .showCatalog], allow: read),
        Route("/v3/auth/projects", ["GET": .listOwnProjects, "HEAD": .listOwnProjects], allow: read),
        Route("/v3/auth/domains", ["GET": .listNothing], allow: read),
        Route(
            "/v3/projects", ["GET": .listProjects, "HEAD": .listProjects, "POST": .createProject],
            allow: "GET, HEAD, POST"),
        Route(
            "/v3/projects/{project}",
            ["GET": .showProject, "HEAD": .showProject, "PATCH": .updateProject, "DELETE": .deleteProject],
            allow: "GET, HEAD, PATCH, DELETE"),
        Route(
            "/v3/projects/{project}/users/{user}/roles", ["GET": .listGrants, "HEAD": .listGrants], allow: read),
        Route(
            "/v3/projects/{project}/users/{user}/roles/{role}",
            ["GET": .checkGrant, "HEAD": .checkGrant, "PUT": .grantRole, "DELETE": .withdrawRole],
            allow: "GET, HEAD, PUT, DELETE"),
        Route(
            "/v3/users", ["GET": .listUsers, "HEAD": .listUsers, "POST": .createUser], allow: "GET, HEAD, POST"),
        Route(
            "/v3/users/{user}",
            ["GET": .showUser, "HEAD": .showUser, "PATCH": .updateUser, "DELETE": .deleteUser],
            allow: "GET, HEAD, PATCH, DELETE"),
        Route("/v3/users/{user}/password", ["POST": .changePassword], allow: "POST"),
        Route("/v3/users/{user}/projects", ["GET": .listUserProjects, "HEAD": .listUserProjects], allow: read),
        Route(
            "/v3/users/{user}/application_credentials",
            ["GET": .listAPIKeys, "HEAD": .listAPIKeys, "POST": .createAPIKey], allow: "GET, HEAD, POST"),
        Route(
            "/v3/users/{user}/application_credentials/{key}",
            ["GET": .showAPIKey, "HEAD": .showAPIKey, "DELETE": .deleteAPIKey], allow: "GET, HEAD, DELETE"),
        Route("/v3/domains", ["GET": .listDomains, "HEAD": .listDomains], allow: read),
        Route("/v3/domains/{domain}", ["GET": .showDomain, "HEAD": .showDomain], allow: read),
        Route(
            "/v3/roles", ["GET": .listRoles, "HEAD": .listRoles, "POST": .createRole], allow: "GET, HEAD, POST"),
        Route(
            "/v3/roles/{role}", ["GET": .showRole, "HEAD": .showRole, "DELETE": .deleteRole],
            allow: "GET, HEAD, DELETE"),
        Route("/v3/role_assignments", ["GET": .listAssignments, "HEAD": .listAssignments], allow: read),
        Route("/v2.0", ["GET": .version2, "HEAD": .version2], allow: read),
        Route("/v2.0/tokens", ["POST": .issueTokenV2], allow: "POST"),
        Route("/v2.0/tenants", ["GET": .listTenants, "HEAD": .listTenants], allow: read),
    ])

    /// Bytes of a request's body at the most: a login with the longest password.
    private static let bodyBytesMax = 65_536
    private static let prefix = "/identity"

    let identity: LocalIdentity
    let options: ImageAPIOptions
    private let logger: Logger

    init(identity: LocalIdentity, options: ImageAPIOptions, logger: Logger) {
        self.identity = identity
        self.options = options
        self.logger = logger
    }

    /// Whether a request is for this API.
    static func matches(_ path: String) -> Bool { path == prefix || path.hasPrefix(prefix + "/") }

    func respond(to request: Request) async -> Response {
        var response: Response
        do throws(APIError) {
            let inbound = request.head.fields["x-openstack-request-id"]
            if let id = try RequestID.adopted(inbound, lengthMax: options.requestIDLengthMax) { request.id = id }
            var path = request.head.path.dropFirst(Self.prefix.count)
            while path.hasSuffix("/") { path.removeLast() }
            let (action, parameters) = try Self.router.match(request.head.method.rawValue, "/" + path.dropFirst())
            guard let query = QueryItems(request.head.query) else { throw APIError.notDecodable("query") }
            response = try await perform(
                action,
                IdentityCall(
                    request: request, parameters: parameters, query: query,
                    base: Endpoint.linkBase(of: request.head, options: options)))
        } catch {
            if let cause = error.cause {
                logger.warning(
                    "request failed",
                    metadata: ["request_id": "\(request.id)", "status": "\(error.status)", "cause": "\(cause)"])
            }
            response = Response(identity: error.challenging(request.head, options), to: request.head)
        }
        response.fields.append(("x-openstack-request-id", request.id))
        return response
    }

    private func perform(_ action: Action, _ call: IdentityCall) async throws(APIError) -> Response {
        switch action {
        case .versions: versions(call)
        case .version3: .json(200, IdentityVersions.document(.v3, base: call.base).serialized)
        case .version2: .json(200, IdentityVersions.document(.v2, base: call.base).serialized)
        case .issueToken: try await issueToken(call)
        case .showToken: try await showToken(call)
        case .revokeToken: try await revokeToken(call)
        case .showCatalog: try await showCatalog(call)
        case .listOwnProjects: try await listOwnProjects(call)
        case .listNothing: try await listNothing(call)
        case .listProjects: try await listProjects(call)
        case .showProject: try await showProject(call)
        case .createProject: try await createProject(call)
        case .updateProject: try await updateProject(call)
        case .deleteProject: try await deleteProject(call)
        case .listUsers: try await listUsers(call)
        case .showUser: try await showUser(call)
        case .createUser: try await createUser(call)
        case .updateUser: try await updateUser(call)
        case .deleteUser: try await deleteUser(call)
        case .changePassword: try await changePassword(call)
        case .listUserProjects: try await listUserProjects(call)
        case .listDomains: try await listDomains(call)
        case .showDomain: try await showDomain(call)
        case .listRoles: try await listRoles(call)
        case .showRole: try await showRole(call)
        case .createRole: try await createRole(call)
        case .deleteRole: try await deleteRole(call)
        case .listAssignments: try await listAssignments(call)
        case .listGrants: try await listGrants(call)
        case .checkGrant: try await checkGrant(call)
        case .grantRole: try await grantRole(call)
        case .withdrawRole: try await withdrawRole(call)
        case .listAPIKeys: try await listAPIKeys(call)
        case .showAPIKey: try await showAPIKey(call)
        case .createAPIKey: try await createAPIKey(call)
        case .deleteAPIKey: try await deleteAPIKey(call)
        case .issueTokenV2: try await issueTokenV2(call)
        case .listTenants: try await listTenants(call)
        }
    }

    private func versions(_ call: IdentityCall) -> Response {
        .json(
            300, IdentityVersions.documents(base: call.base).serialized,
            fields: [("Location", "\(call.base)/identity/v3/")])
    }

    /// A request's JSON body.
    func json(of request: Request) async throws(APIError) -> JSONValue {
        let bytes: [UInt8]
        do throws(BodyError) {
            bytes = try await request.body.collect(bytesMax: Self.bodyBytesMax)
        } catch {
            throw APIError(error)
        }
        let json: JSONValue
        do throws(JSONSyntaxError) {
            json = try JSONValue(parsing: bytes, depthMax: 16)
        } catch {
            throw .malformedJSON
        }
        guard case .object = json else { throw .identityMalformed("the body is no JSON object") }
        return json
    }

    /// Whom the request comes from.
    ///
    /// - Throws: 401.
    func caller(_ call: IdentityCall) async throws(APIError) -> TokenGrant {
        guard let grant = try await identity.grant(for: call.request) else { throw .unauthorized }
        return grant
    }

    func isAdmin(_ grant: TokenGrant) -> Bool {
        grant.roles.contains { $0.lowercased() == options.adminRole.lowercased() }
    }

    /// Whom a change comes from that is for admins.
    ///
    /// - Throws: 401; 403.
    @discardableResult
    func admin(_ call: IdentityCall) async throws(APIError) -> TokenGrant {
        let caller = try await caller(call)
        guard isAdmin(caller) else { throw .identityForbidden }
        return caller
    }

    /// Has the registry change who there is or what they may. It counts from the answer on, and the log says who did it.
    ///
    /// - Returns: nil where what is to be changed is not there.
    @discardableResult
    func change<O: RegistryOperation>(
        _ operation: O, by user: IdentityUser, _ call: IdentityCall
    ) async throws(APIError) -> O.Answer? {
        // Also after a failure: the registry may have done it before the line broke.
        defer { identity.forgetAnswers() }
        let answer = try await ask(operation, call)
        if answer != nil {
            logger.info(
                "identity changed",
                metadata: [
                    "request_id": "\(call.request.id)", "operation": "\(O.name)", "by": "\(user.id)",
                    "path": "\(call.request.head.path)",
                ])
        }
        return answer
    }

    /// Asks the registry; nil where what is asked for is not there.
    func ask<O: RegistryOperation>(_ operation: O, _ call: IdentityCall) async throws(APIError) -> O.Answer? {
        do throws(RegistryFailure) {
            return try await identity.registry.perform(operation, requestID: call.request.id)
        } catch {
            if error == .notFound { return nil }
            throw APIError(identity: error)
        }
    }
}

/// A request that has found its route.
struct IdentityCall {
    let request: Request
    /// The path's parameters in order, decoded.
    let parameters: [String]
    let query: QueryItems
    /// What links begin with.
    let base: String
}
