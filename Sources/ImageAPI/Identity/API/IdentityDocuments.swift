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
            "password_expires_at": .null, "options": [:],
            "links": ["self": .string("\(base)/identity/v3/users/\(user.id)")],
        ]
    }

    /// A role's id is its name.
    static func role(_ name: String, base: String) -> JSONValue {
        [
            "id": .string(name), "name": .string(name), "domain_id": .null, "description": .null, "options": [:],
            "links": ["self": .string("\(base)/identity/v3/roles/\(name)")],
        ]
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
