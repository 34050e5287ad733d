import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel
import JSONText

// Roles, and who has which where. A role's id is its name.

extension IdentityAPI {
    func listRoles(_ call: IdentityCall) async throws(APIError) -> Response {
        var roles = try await roles(call)
        if let name = call.query["name"] { roles = roles.filter { $0.name == name } }
        if let domain = call.query["domain_id"], !domain.isEmpty { roles = [] }
        return list("roles", roles.map { IdentityDocuments.role($0, base: call.base) }, "/roles", call)
    }

    func showRole(_ call: IdentityCall) async throws(APIError) -> Response {
        let name = call.parameters[0]
        guard let role = try await roles(call).first(where: { $0.name == name }) else {
            throw .identityNotFound("role: \(name)")
        }
        return show("role", IdentityDocuments.role(role, base: call.base))
    }

    /// For an admin all; for others those that Glance's rules name, and those that they have.
    private func roles(_ call: IdentityCall) async throws(APIError) -> [RoleDescription] {
        let caller = try await caller(call)
        let roles = try await ask(ListRoles(), call)?.items ?? []
        if isAdmin(caller) { return roles }
        let own = try await assignments(call, userID: caller.user.id, projectID: nil).map(\.role)
        return roles.filter { IdentityRole.known.contains($0.name) || own.contains($0.name) }
    }

    func createRole(_ call: IdentityCall) async throws(APIError) -> Response {
        let caller = try await admin(call)
        var body = try ChangeBody("role", in: try await json(of: call.request))
        try body.nothing(in: "options", "domain_id")
        let role = RoleDescription(
            name: try body.requiredText("name"), description: try body.text("description") ?? "")
        try body.finish()
        guard let made = try await change(CreateRole(role), by: caller.user, call) else {
            throw .internalError("a new role was not found")
        }
        return show("role", IdentityDocuments.role(made, base: call.base), status: 201)
    }

    func deleteRole(_ call: IdentityCall) async throws(APIError) -> Response {
        let caller = try await admin(call)
        let name = call.parameters[0]
        guard try await change(DeleteRole(name), by: caller.user, call) != nil else {
            throw .identityNotFound("role: \(name)")
        }
        return Response(status: .noContent)
    }

    // MARK: Who has which where

    func listAssignments(_ call: IdentityCall) async throws(APIError) -> Response {
        // There are neither groups, nor roles in a domain or the whole system.
        let isElsewhere = ["group.id", "scope.domain.id", "scope.system"].contains { call.query[$0] != nil }
        let found =
            isElsewhere
            ? []
            : try await assignments(call, userID: call.query["user.id"], projectID: call.query["scope.project.id"])
        let role = call.query["role.id"]
        let named = call.query["include_names"].map(Self.isTrue) ?? false
        let items = found.filter { role == nil || $0.role == role }.map { assignment -> JSONValue in
            func reference(_ id: String, _ name: String, hasDomain: Bool = true) -> JSONValue {
                guard named else { return ["id": .string(id)] }
                guard hasDomain else { return ["id": .string(id), "name": .string(name)] }
                return ["id": .string(id), "name": .string(name), "domain": IdentityDocuments.domainReference]
            }
            return [
                "role": reference(assignment.role, assignment.role, hasDomain: false),
                "user": reference(assignment.user.id, assignment.user.name),
                "scope": ["project": reference(assignment.project.id, assignment.project.name)],
                "links": [:],
            ]
        }
        return list("role_assignments", items, "/role_assignments", call)
    }

    /// All for an admin; the caller's own for others.
    private func assignments(
        _ call: IdentityCall, userID: String?, projectID: String?
    ) async throws(APIError) -> [RoleAssignment] {
        let caller = try await caller(call)
        if !isAdmin(caller), let userID, userID != caller.user.id { return [] }
        let shown = isAdmin(caller) ? userID : caller.user.id
        return try await ask(ListAssignments(userID: shown, projectID: projectID), call)?.items ?? []
    }

    func listGrants(_ call: IdentityCall) async throws(APIError) -> Response {
        try await admin(call)
        let (projectID, userID) = (call.parameters[0], call.parameters[1])
        let names = try await assignments(call, userID: userID, projectID: projectID).map(\.role)
        let roles = try await roles(call).filter { names.contains($0.name) }
        return list(
            "roles", roles.map { IdentityDocuments.role($0, base: call.base) },
            "/projects/\(projectID)/users/\(userID)/roles", call)
    }

    func checkGrant(_ call: IdentityCall) async throws(APIError) -> Response {
        try await admin(call)
        let (projectID, userID, role) = (call.parameters[0], call.parameters[1], call.parameters[2])
        guard try await assignments(call, userID: userID, projectID: projectID).contains(where: { $0.role == role })
        else { throw .identityNotFound("role assignment") }
        return Response(status: .noContent)
    }

    func grantRole(_ call: IdentityCall) async throws(APIError) -> Response {
        let caller = try await admin(call)
        let (projectID, userID, role) = (call.parameters[0], call.parameters[1], call.parameters[2])
        guard try await roles(call).contains(where: { $0.name == role }) else {
            throw .identityNotFound("role: \(role)")
        }
        let operation = GrantRole(userID: userID, projectID: projectID, role: role)
        guard try await change(operation, by: caller.user, call) != nil else {
            throw .identityNotFound("user or project: \(userID), \(projectID)")
        }
        return Response(status: .noContent)
    }

    func withdrawRole(_ call: IdentityCall) async throws(APIError) -> Response {
        let caller = try await admin(call)
        let (projectID, userID, role) = (call.parameters[0], call.parameters[1], call.parameters[2])
        let operation = WithdrawRole(userID: userID, projectID: projectID, role: role)
        guard try await change(operation, by: caller.user, call) != nil else {
            throw .identityNotFound("role assignment")
        }
        return Response(status: .noContent)
    }
}
