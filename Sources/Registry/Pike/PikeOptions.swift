import GlanceHTTP
import HTTPWire
import ImageModel

/// What Glance's registry reads from its configuration for its HTTP API.
public struct PikeOptions: Sendable {
    /// Where a caller's identity comes from: `[paste_deploy] flavor`.
    public enum Identity: Sendable {
        /// Everybody is an admin without a project.
        case none
        /// The token says it: `user:tenant:role,role`.
        case fakeAuth
        /// Headers say it, from a caller that is believed: X-User-Id, X-Tenant-Id, X-Roles, X-Identity-Status.
        case trustedAuth
        /// Nowhere from: tokens are glance-api's matter, so callers other than it get 401.
        case nobody
    }

    public var identity = Identity.none
    /// The role that makes an admin, in lower case.
    public var adminRole = "admin"
    /// Whether a caller without identity may read what is public.
    public var allowsAnonymous = false
    /// Whether images belong to tenants, rather than to users.
    public var ownerIsTenant = true
    /// `limit_param_default` and `api_limit_max`.
    public var rows = PageRows()

    public init() {}

    /// Who sent a request with these header fields.
    ///
    /// - Throws: 401 where there is no identity that counts.
    func caller(fields: HeaderFields) throws(APIError) -> PikeCaller {
        switch identity {
        case .nobody:
            throw .unauthorized
        case .none:
            return PikeCaller(viewer: Viewer(projectID: nil, isAdmin: true), isReadOnly: false)
        case .fakeAuth:
            let parts = (fields["x-auth-token"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 3, parts.contains(where: { !$0.isEmpty }) else { return try anonymous() }
            return confirmed(
                user: String(parts[0]), tenant: parts.count > 1 ? String(parts[1]) : "",
                roles: parts.count > 2 ? String(parts[2]) : "")
        case .trustedAuth:
            guard fields["x-identity-status"] == "Confirmed" else { return try anonymous() }
            return confirmed(
                user: fields["x-user-id"] ?? "", tenant: fields["x-tenant-id"] ?? fields["x-project-id"] ?? "",
                roles: fields["x-roles"] ?? "")
        }
    }

    private func confirmed(user: String, tenant: String, roles: String) -> PikeCaller {
        let owner = ownerIsTenant ? tenant : user
        let names = roles.lowercased().split(separator: ",").map { $0.filter { $0 != " " } }
        return PikeCaller(
            viewer: Viewer(projectID: owner.isEmpty ? nil : owner, isAdmin: names.contains(adminRole)),
            isReadOnly: false)
    }

    private func anonymous() throws(APIError) -> PikeCaller {
        guard allowsAnonymous else { throw .unauthorized }
        return PikeCaller(viewer: Viewer(projectID: nil, isAdmin: false), isReadOnly: true)
    }
}

/// Who sent a request to the Pike API.
struct PikeCaller: Equatable, Sendable {
    var viewer: Viewer
    /// A caller without identity: it changes nothing.
    var isReadOnly: Bool
}
