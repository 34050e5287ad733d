import ImageModel
import JSONText

/// A token as the identity API shows it. The token itself is not in it.
enum TokenDocument {
    /// - Parameter catalog: nil leaves it out.
    static func v3(_ grant: TokenGrant, catalog: ServiceCatalog?) -> JSONValue {
        var token = JSONObject()
        token.append("methods", .array(grant.methods.map(JSONValue.string)))
        token.append(
            "user",
            [
                "domain": IdentityDocuments.domainReference, "id": .string(grant.user.id),
                "name": .string(grant.user.name), "password_expires_at": .null,
            ])
        token.append("audit_ids", .array([.string(grant.auditID)]))
        token.append("expires_at", .string(grant.expiresAt.keystoneText))
        token.append("issued_at", .string(grant.issuedAt.keystoneText))
        if let project = grant.project {
            token.append(
                "project",
                [
                    "domain": IdentityDocuments.domainReference, "id": .string(project.id),
                    "name": .string(project.name),
                ])
            token.append("is_domain", .bool(false))
            token.append("roles", .array(grant.roles.map { ["id": .string($0), "name": .string($0)] }))
            if let catalog { token.append("catalog", catalog.v3) }
        }
        if let key = grant.apiKey {
            token.append(
                "application_credential", ["id": .string(key.id), "restricted": .bool(!key.isUnrestricted)])
        }
        return ["token": .object(token)]
    }

    static func v2(_ grant: TokenGrant, token: String, catalog: ServiceCatalog) -> JSONValue {
        var description = JSONObject()
        description.append("id", .string(token))
        description.append("expires", .string(grant.expiresAt.v2Text))
        description.append("issued_at", .string(grant.issuedAt.keystoneText))
        description.append("audit_ids", .array([.string(grant.auditID)]))
        if let project = grant.project { description.append("tenant", IdentityDocuments.tenant(project)) }
        return [
            "access": [
                "token": .object(description),
                "user": [
                    "id": .string(grant.user.id), "name": .string(grant.user.name),
                    "username": .string(grant.user.name), "roles_links": .array([]),
                    "roles": .array(grant.roles.map { ["name": .string($0)] }),
                ],
                "serviceCatalog": grant.project == nil ? .array([]) : catalog.v2,
                "metadata": ["is_admin": .int(0), "roles": .array(grant.roles.map(JSONValue.string))],
            ]
        ]
    }
}

extension Timestamp {
    /// `YYYY-MM-DDTHH:MM:SS.ffffffZ`, with a fraction even where it is zero.
    var keystoneText: String { v2Text.dropLast() + "." + fractionText + "Z" }

    private var fractionText: String {
        let digits = String(microseconds % 1_000_000)
        return String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
    }
}
