/// Who asks: all that visibility depends on.
public struct Viewer: Equatable, Sendable {
    /// The caller's tenant (project); nil for a caller without one.
    public var projectID: String?
    /// Admins see and change the images of every project.
    public var isAdmin: Bool

    public init(projectID: String?, isAdmin: Bool) {
        self.projectID = projectID
        self.isAdmin = isAdmin
    }
}

/// Who may see and who may change an image: the one rule for both API versions.
///
/// The registry asks it inside its transactions; its SQL form for lists is `VisibilityClause` in the registry.
public enum ImageAccess {
    /// Whether the viewer may know of the image at all; if not, every route answers 404.
    public static func canView(_ image: Image, _ viewer: Viewer) -> Bool {
        if viewer.isAdmin { return true }
        if image.isDeleted { return false }
        guard let owner = image.owner else { return true }
        switch image.visibility {
        case .public, .community: return true
        case .shared: return owner == viewer.projectID || image.viewerMembership != nil
        case .private: return owner == viewer.projectID
        }
    }

    /// Whether a list of changes may name the image once it is deleted, waits for the scrubber or is killed: to its owner
    /// and to admins. To others it must look as if it had never been (Glance's v1 API).
    public static func canListWhenGone(_ image: Image, _ viewer: Viewer) -> Bool { canChange(image, viewer) }

    /// Whether the viewer may change or delete it: its owner and admins.
    public static func canChange(_ image: Image, _ viewer: Viewer) -> Bool {
        viewer.isAdmin || (image.owner != nil && image.owner == viewer.projectID)
    }
}
