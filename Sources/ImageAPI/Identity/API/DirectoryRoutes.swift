import GlanceHTTP
import HTTPServer
import HTTPWire
import ImageModel
import JSONText

// Projects, users and domains, as they are looked up. Whoever is logged in may look a project up by its name or id, to
// share an image with it; the lists of projects and users are for admins, others see what is theirs.

extension IdentityAPI {
    func listOwnProjects(_ call: IdentityCall) async throws(APIError) -> Response {
        let caller = try await caller(call)
        let projects = try await ask(ListProjects(userID: caller.user.id), call)?.items ?? []
        return list("projects", projects.filter(\.isEnabled).map { project($0, call) }, "/auth/projects", call)
    }

    func listNothing(_ call: IdentityCall) async throws(APIError) -> Response {
        _ = try await caller(call)
        return list("domains", [], "/auth/domains", call)
    }

    func listTenants(_ call: IdentityCall) async throws(APIError) -> Response {
        let caller = try await caller(call)
        let projects = try await ask(ListProjects(userID: caller.user.id), call)?.items ?? []
        let tenants = projects.filter(\.isEnabled).map(IdentityDocuments.tenant)
        return .json(200, (["tenants": .array(tenants), "tenants_links": .array([])] as JSONValue).serialized)
    }

    func listProjects(_ call: IdentityCall) async throws(APIError) -> Response {
        let caller = try await caller(call)
        let name = call.query["name"]
        let isOpen = name != nil || isAdmin(caller)
        var projects =
            try await ask(
                ListProjects(name.map { .name($0) }, userID: isOpen ? nil : caller.user.id), call)?.items ?? []
        if let domain = call.query["domain_id"], domain != IdentityDocuments.domainID { projects = [] }
        if let text = call.query["enabled"] { projects = projects.filter { $0.isEnabled == Self.isTrue(text) } }
        return list("projects", projects.map { project($0, call) }, "/projects", call)
    }

    func showProject(_ call: IdentityCall) async throws(APIError) -> Response {
        _ = try await caller(call)
        let id = call.parameters[0]
        guard let found = try await ask(ListProjects(.id(id)), call)?.items.first else {
            throw .identityNotFound("project: \(id)")
        }
        return show("project", project(found, call))
    }

    func listUsers(_ call: IdentityCall) async throws(APIError) -> Response {
        let caller = try await caller(call)
        var users = isAdmin(caller) ? try await ask(ListUsers(), call)?.items ?? [] : [caller.user]
        if let name = call.query["name"] { users = users.filter { $0.name == name } }
        if let domain = call.query["domain_id"], domain != IdentityDocuments.domainID { users = [] }
        if let text = call.query["enabled"] { users = users.filter { $0.isEnabled == Self.isTrue(text) } }
        return list("users", users.map { IdentityDocuments.user($0, base: call.base) }, "/users", call)
    }

    func showUser(_ call: IdentityCall) async throws(APIError) -> Response {
        let found = try await user(call)
        return show("user", IdentityDocuments.user(found, base: call.base))
    }

    func listUserProjects(_ call: IdentityCall) async throws(APIError) -> Response {
        let found = try await user(call)
        let projects = try await ask(ListProjects(userID: found.id), call)?.items ?? []
        return list("projects", projects.map { project($0, call) }, "/users/\(found.id)/projects", call)
    }

    /// The user that the path names, if the caller may see it.
    func user(_ call: IdentityCall) async throws(APIError) -> IdentityUser {
        let caller = try await caller(call)
        let id = call.parameters[0]
        if id == caller.user.id { return caller.user }
        guard isAdmin(caller), let found = try await ask(GetUser(.id(id)), call) else {
            throw .identityNotFound("user: \(id)")
        }
        return found.user
    }

    func listDomains(_ call: IdentityCall) async throws(APIError) -> Response {
        _ = try await caller(call)
        let isAsked = call.query["name"].map { $0.lowercased() == IdentityDocuments.domainName.lowercased() } ?? true
        return list("domains", isAsked ? [IdentityDocuments.domain(base: call.base)] : [], "/domains", call)
    }

    func showDomain(_ call: IdentityCall) async throws(APIError) -> Response {
        _ = try await caller(call)
        let id = call.parameters[0]
        guard id == IdentityDocuments.domainID else { throw .identityNotFound("domain: \(id)") }
        return show("domain", IdentityDocuments.domain(base: call.base))
    }

    private func project(_ project: IdentityProject, _ call: IdentityCall) -> JSONValue {
        IdentityDocuments.project(project, base: call.base)
    }

    func list(_ name: String, _ items: [JSONValue], _ path: String, _ call: IdentityCall) -> Response {
        .json(200, IdentityDocuments.list(name, items, path: path, base: call.base).serialized)
    }

    func show(_ name: String, _ value: JSONValue, status: Int = 200) -> Response {
        var object = JSONObject()
        object.append(name, value)
        return .json(status, JSONValue.object(object).serialized)
    }

    /// Keystone's way with a flag in a query: whatever is not false is true.
    static func isTrue(_ text: String) -> Bool { !["0", "false", "no", "off"].contains(text.lowercased()) }
}
