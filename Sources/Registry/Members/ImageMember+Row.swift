import GRDB
import ImageModel

extension ImageMember {
    /// The columns that `init(_:)` reads; `image_members` must be in scope as `m`.
    static let columns = "m.image_id, m.member, m.can_share, m.status, m.created_at, m.updated_at"

    init(_ row: Row) {
        self.init(
            imageID: row[0], memberID: row[1], canShare: row[2], status: MemberStatus(rawValue: row[3]) ?? .pending,
            createdAt: Timestamp(microseconds: row[4]), updatedAt: Timestamp(microseconds: row[5]))
    }

    /// All members of an image.
    static func all(of imageID: String, in db: Database) throws -> [ImageMember] {
        try db.all(
            "SELECT \(columns) FROM image_members AS m WHERE m.image_id = ? ORDER BY m.created_at, m.member", [imageID]
        ).map(ImageMember.init)
    }
}

extension Image {
    /// The live image, if the viewer may see it: a tombstone has no members, for an admin neither.
    static func withMembers(_ id: String, for viewer: Viewer, in db: Database) throws -> Image {
        let image = try visible(id, to: viewer, in: db)
        guard !image.isDeleted else { throw RegistryFailure.notFound }
        return image
    }

    /// How far the viewer may change the list of members.
    ///
    /// - Throws: `RegistryFailure.forbidden` for whom may not at all.
    func sharingRight(of viewer: Viewer) throws -> SharingRight {
        if ImageAccess.canChange(self, viewer) { return .everyRow }
        if let membership = viewerMembership, membership.canShare { return .ownRow(memberID: membership.memberID) }
        throw RegistryFailure.forbidden
    }
}

/// A right to change an image's members.
enum SharingRight: Equatable {
    /// The owner's and admins'.
    case everyRow
    /// That of a member who may share further: it invites others, but of the rows that stand it has only its own
    /// (Glance's v1 API).
    case ownRow(memberID: String)

    func covers(_ memberID: String) -> Bool {
        switch self {
        case .everyRow: true
        case .ownRow(let own): own == memberID
        }
    }
}
