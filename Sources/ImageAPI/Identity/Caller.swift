import ImageModel

/// Who sent a request, as an identity strategy found out.
public struct Caller: Equatable, Sendable {
    public var userID: String?
    /// The tenant (project) that the caller acts for: the owner of what it creates.
    public var projectID: String?
    /// In lower case.
    public var roles: [String]
    public var isAdmin: Bool
    /// A caller without identity under `allow_anonymous_access`: it sees what is public and changes nothing.
    public var isReadOnly: Bool

    public init(
        userID: String?, projectID: String?, roles: [String] = [], isAdmin: Bool = false, isReadOnly: Bool = false
    ) {
        self.userID = userID
        self.projectID = projectID
        self.roles = roles
        self.isAdmin = isAdmin
        self.isReadOnly = isReadOnly
    }

    /// What visibility depends on.
    public var viewer: Viewer { Viewer(projectID: projectID, isAdmin: isAdmin) }
}
