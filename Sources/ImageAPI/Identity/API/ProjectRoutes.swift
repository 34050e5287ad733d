import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel
import JSONText

// Projects: made, changed and taken away by admins. There is one domain, and no project lies within another.

extension IdentityAPI {
    func createProject(_ call: IdentityCall) async throws(APIError) -> Response {
        let caller = try await admin(call)
        var body = try ChangeBody("project", in: try await json(of: call.request))
        try body.flatProject()
        let project = IdentityProject(
            name: try body.requiredText("name"), description: try body.text("description") ?? "",
            isEnabled: try body.flag("enabled") ?? true)
        try body.finish()
        guard let made = try await change(CreateProject(project), by: caller.user, call) else {
            throw .internalError("a new project was not found")
        }
        return show("project", IdentityDocuments.project(made, base: call.base), status: 201)
    }

    func updateProject(_ call: IdentityCall) async throws(APIError) -> Response {
        let caller = try await admin(call)
        let id = call.parameters[0]
        var body = try ChangeBody("project", in: try await json(of: call.request))
        try body.flatProject()
        if let same = try body.text("id"), same != id { throw .identityInvalid("A project's id does not change.") }
        let operation = UpdateProject(
            id: id, newName: try body.text("name"), isEnabled: try body.flag("enabled"),
            description: body.isNull("description") ? "" : try body.text("description"))
        try body.finish()
        guard let changed = try await change(operation, by: caller.user, call) else {
            throw .identityNotFound("project: \(id)")
        }
        return show("project", IdentityDocuments.project(changed, base: call.base))
    }

    func deleteProject(_ call: IdentityCall) async throws(APIError) -> Response {
        let caller = try await admin(call)
        let id = call.parameters[0]
        guard try await change(DeleteProject(id: id), by: caller.user, call) != nil else {
            throw .identityNotFound("project: \(id)")
        }
        return Response(status: .noContent)
    }
}

extension ChangeBody {
    /// What Keystone's projects have beyond those here.
    fileprivate mutating func flatProject() throws(APIError) {
        try defaultDomain()
        try nothing(in: "is_domain", "tags", "options")
        if let parent = try text("parent_id"), parent != IdentityDocuments.domainID {
            throw .identityInvalid("Projects do not lie within others here.")
        }
    }
}
