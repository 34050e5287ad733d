import GlanceHTTP
import ImageModel

/// Who sent a request, as an identity strategy found out.
public struct Caller: Equatable, Sendable {
    /// nil where the identity names no user.
    public var userID: String?
    /// The tenant (project) that the caller acts for.
    public var projectID: String?
    /// In lower case.
    public var roles: [String]
    /// Whether `admin_role` is among the roles.
    public var isAdmin: Bool
    /// A caller without identity under `allow_anonymous_access`: it sees what is public and changes nothing.
    public var isReadOnly: Bool
    /// `owner_is_tenant = False`: images belong to users, not to projects.
    public var ownsAsUser = false

    /// A caller as tests and strategies describe it.
    public init(
        userID: String?, projectID: String?, roles: [String] = [], isAdmin: Bool = false, isReadOnly: Bool = false
    ) {
        self.userID = userID
        self.projectID = projectID
        self.roles = roles
        self.isAdmin = isAdmin
        self.isReadOnly = isReadOnly
    }

    /// The owner of what the caller creates.
    public var owner: String? { ownsAsUser ? userID : projectID }

    /// What visibility depends on.
    public var viewer: Viewer { Viewer(projectID: owner, isAdmin: isAdmin) }
}

extension Caller {
    /// A caller with an identity that was confirmed.
    init(userID: String?, projectID: String?, roles: [String], options: ImageAPIOptions) {
        let roles = roles.map { $0.lowercased() }
        self.init(
            userID: userID, projectID: projectID, roles: roles,
            isAdmin: roles.contains(options.adminRole.lowercased()))
        ownsAsUser = !options.ownerIsTenant
    }

    /// Who sent a request without an identity: nobody, or a reader where `allow_anonymous_access` is on.
    static func anonymous(_ options: ImageAPIOptions) throws(APIError) -> Caller {
        guard options.allowsAnonymous else { throw .unauthorized }
        return Caller(userID: nil, projectID: nil, isReadOnly: true)
    }
}
