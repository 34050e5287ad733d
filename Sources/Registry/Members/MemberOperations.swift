import GRDB
import ImageModel

extension ListMembers: StoredOperation {
    func run(in db: Database) throws -> ImageMembers {
        let image = try Image.withMembers(imageID, for: viewer, in: db)
        if ImageAccess.canChange(image, viewer) {
            return ImageMembers(members: try ImageMember.all(of: imageID, in: db))
        }
        return ImageMembers(members: image.viewerMembership.map { [$0] } ?? [])
    }
}

extension PutMembers: StoredOperation {
    func run(in db: Database) throws -> Done {
        let image = try Image.withMembers(imageID, for: viewer, in: db)
        let right = try image.sharingRight(of: viewer)
        let standing = try ImageMember.all(of: imageID, in: db).map(\.memberID)
        let asked = Set(memberships.map(\.memberID))
        let leaving = replacesAll ? standing.filter { right.covers($0) && !asked.contains($0) } : []
        try checkQuota(standing: Set(standing), leaving: leaving.count, asked: asked)

        for memberID in leaving {
            try db.change("DELETE FROM image_members WHERE image_id = ? AND member = ?", [imageID, memberID])
        }
        for membership in memberships where right.covers(membership.memberID) || !standing.contains(membership.memberID)
        {
            try image.write(membership, in: db)
        }
        return Done()
    }

    private func checkQuota(standing: Set<String>, leaving: Int, asked: Set<String>) throws {
        guard let memberQuota else { return }
        let after = standing.union(asked).count - leaving
        // An update of a member that stands is no addition; a whole list is measured by itself.
        guard after > memberQuota, replacesAll || after > standing.count else { return }
        throw RegistryFailure.quotaExceeded(quota: "image_member_quota", limit: memberQuota, used: Int64(after))
    }
}

extension Image {
    /// Adds a membership, or changes the one that stands.
    fileprivate func write(_ membership: Membership, in db: Database) throws {
        try db.change(
            """
            INSERT INTO image_members (image_id, member, can_share, status, created_at, updated_at,
                image_created_at, image_name)
            VALUES (?1, ?2, COALESCE(?3, 0), 'pending', ?4, ?4, ?5, ?6)
            ON CONFLICT (image_id, member) DO UPDATE SET
                can_share = COALESCE(?3, can_share), updated_at = max(?4, updated_at + 1)
            """,
            [
                id, membership.memberID, membership.canShare, Timestamp.now.microseconds, createdAt.microseconds,
                name ?? "",
            ])
    }
}

extension AddMember: StoredOperation {
    func run(in db: Database) throws -> ImageMember {
        let image = try Image.withMembers(imageID, for: viewer, in: db)
        guard ImageAccess.canChange(image, viewer), image.visibility == .shared else {
            throw RegistryFailure.forbidden
        }
        let standing = try ImageMember.all(of: imageID, in: db)
        guard !standing.contains(where: { $0.memberID == memberID }) else { throw RegistryFailure.duplicate }
        let after = Int64(standing.count) + 1
        if let memberQuota, after > memberQuota {
            throw RegistryFailure.quotaExceeded(quota: "image_member_quota", limit: memberQuota, used: after)
        }
        try image.write(Membership(memberID: memberID, canShare: nil), in: db)
        guard let member = try ImageMember.all(of: imageID, in: db).first(where: { $0.memberID == memberID }) else {
            throw RegistryFailure.notFound
        }
        return member
    }
}

extension DeleteMember: StoredOperation {
    func run(in db: Database) throws -> Done {
        let image = try Image.withMembers(imageID, for: viewer, in: db)
        guard try image.sharingRight(of: viewer).covers(memberID),
            try db.change("DELETE FROM image_members WHERE image_id = ? AND member = ?", [imageID, memberID]) == 1
        else { throw RegistryFailure.notFound }
        return Done()
    }
}

extension UpdateMemberStatus: StoredOperation {
    func run(in db: Database) throws -> ImageMember {
        _ = try Image.withMembers(imageID, for: viewer, in: db)
        guard let member = try ImageMember.all(of: imageID, in: db).first(where: { $0.memberID == memberID }) else {
            throw RegistryFailure.notFound
        }
        // The owner shares; whether it is taken is the other's to say.
        guard viewer.isAdmin || viewer.projectID == memberID else { throw RegistryFailure.forbidden }
        try db.change(
            """
            UPDATE image_members SET status = ?, updated_at = max(?, updated_at + 1) WHERE image_id = ? AND member = ?
            """,
            [status.rawValue, Timestamp.now.microseconds, imageID, memberID])
        return try ImageMember.all(of: imageID, in: db).first { $0.memberID == memberID } ?? member
    }
}

extension ListSharedImages: StoredOperation {
    /// A private image is its owner's alone, whatever memberships it has kept.
    func run(in db: Database) throws -> ImageMembers {
        let rows = try db.all(
            """
            SELECT \(ImageMember.columns) FROM image_members AS m CROSS JOIN images ON images.id = m.image_id
            WHERE m.member = ?1 AND images.deleted_at IS NULL
                AND (?2 OR images.owner = ?3
                    OR (m.member = ?3 AND (images.owner IS NULL OR images.visibility <> 'private')))
            ORDER BY m.image_created_at, m.image_id
            """,
            [memberID, viewer.isAdmin, viewer.projectID])
        return ImageMembers(members: rows.map(ImageMember.init))
    }
}
