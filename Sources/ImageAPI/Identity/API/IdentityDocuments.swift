import ImageModel
import JSONText

/// The things that the identity API shows, in Keystone's JSON.
enum IdentityDocuments {
    /// The one domain.
    static let domainID = "default"
    static let domainName = "Default"

    static let domainReference: JSONValue = ["id": .string(domainID), "name": .string(domainName)]

    static func domain(base: String) -> JSONValue {
        [
            "id": .string(domainID), "name": .string(domainName), "description": .string("The default domain"),
            "enabled": .bool(true), "tags": .array([]), "options": [:],
            "links": ["self": .string("\(base)/identity/v3/domains/\(domainID)")],
        ]
    }

    static func project(_ project: IdentityProject, base: String) -> JSONValue {
        [
            "id": .string(project.id), "name": .string(project.name), "description": .string(project.description),
            "enabled": .bool(project.isEnabled), "domain_id": .string(domainID), "parent_id": .string(domainID),
            "is_domain": .bool(false), "tags": .array([]), "options": [:],
            "links": ["self": .string("\(base)/identity/v3/projects/\(project.id)")],
        ]
    }

    static func user(_ user: IdentityUser, base: String) -> JSONValue {
        [
            "id": .string(user.id), "name": .string(user.name), "enabled": .bool(user.isEnabled),
            "domain_id": .string(domainID), "default_project_id": JSONValue(user.defaultProjectID),
            "description": .string(user.description), "email": .string(user.email), "password_expires_at": .null,
            "options": [:],
            "links": ["self": .string("\(base)/identity/v3/users/\(user.id)")],
        ]
    }

    /// A role's id is its name.
    static func role(_ role: RoleDescription, base: String) -> JSONValue {
        [
            "id": .string(role.name), "name": .string(role.name), "domain_id": .null,
            "description": .string(role.description), "options": [:],
            "links": ["self": .string("\(base)/identity/v3/roles/\(role.name)")],
        ]
    }

    /// An API key, in Keystone's words an application credential.
    ///
    /// - Parameters:
    ///   - roles: those that it has now.
    ///   - secret: shown once, when it is made.
    static func apiKey(_ key: APIKey, roles: [String], secret: String? = nil, base: String) -> JSONValue {
        var object = JSONObject()
        object.append("id", .string(key.id))
        object.append("name", .string(key.name))
        object.append("description", .string(key.description))
        object.append("user_id", .string(key.userID))
        object.append("project_id", .string(key.projectID))
        object.append("system", .null)
        object.append("roles", .array(roles.map { ["id": .string($0), "name": .string($0), "domain_id": .null] }))
        object.append("expires_at", key.expiresAt.map { .string($0.keystoneText) } ?? .null)
        object.append("unrestricted", .bool(key.isUnrestricted))
        if let secret { object.append("secret", .string(secret)) }
        object.append(
            "links",
            ["self": .string("\(base)/identity/v3/users/\(key.userID)/application_credentials/\(key.id)")])
        return .object(object)
    }

    /// A v2.0 tenant.
    static func tenant(_ project: IdentityProject) -> JSONValue {
        [
            "id": .string(project.id), "name": .string(project.name), "description": .string(project.description),
            "enabled": .bool(project.isEnabled),
        ]
    }

    /// A list with Keystone's links. All of it is one page.
    static func list(_ name: String, _ items: [JSONValue], path: String, base: String) -> JSONValue {
        var object = JSONObject()
        object.append(name, .array(items))
        object.append("links", ["next": .null, "self": .string("\(base)/identity/v3\(path)"), "previous": .null])
        return .object(object)
    }
}
