import GRDB
import GlanceHTTP
import ImageModel
import JSONText

/// The commands of `/rpc` about memberships.
enum RPCMembers {
    /// Memberships of an image or of a tenant, as far as the caller may know of them.
    static func find(_ arguments: RPCArguments, in db: Database) throws -> JSONValue {
        let member = try arguments.optionalText("member")
        let status = try arguments.optionalText("status")
        let found = try members(image: arguments.optionalText("image_id"), member, arguments.viewer, in: db)
        return .array(
            found.filter { status == nil || $0.status.rawValue == status }.map(RPCBody.member))
    }

    static func count(_ arguments: RPCArguments, in db: Database) throws -> JSONValue {
        .int(Int64(try members(image: arguments.text("image_id"), nil, arguments.viewer, in: db).count))
    }

    static func create(_ arguments: RPCArguments, in db: Database) throws -> JSONValue {
        let asked = try arguments.nested("values")
        let key = Key(imageID: try asked.text("image_id"), memberID: try MemberBody.memberID(asked.text("member")))
        _ = try Image.withMembers(key.imageID, for: arguments.viewer, in: db).sharingRight(of: arguments.viewer)
        guard try standing(key, in: db) == nil else { throw RegistryFailure.duplicate }
        try put(key, canShare: asked["can_share"]?.isTruthy ?? false, arguments.viewer, in: db)
        if let status = try asked.status(), status != .pending {
            try answer(key, status, arguments.viewer, in: db)
        }
        return try body(of: key, in: db)
    }

    static func update(_ arguments: RPCArguments, in db: Database) throws -> JSONValue {
        let key = try Key(arguments.text("memb_id"))
        let asked = try arguments.nested("values")
        let known = try members(image: key.imageID, key.memberID, arguments.viewer, in: db).first
        guard let known else { throw APIError.membershipNotFound }
        // glance-api sends the row as it knows it: what does not change needs no right.
        if let status = try asked.status(), status != known.status {
            try answer(key, status, arguments.viewer, in: db)
        }
        if let canShare = asked["can_share"]?.isTruthy, canShare != known.canShare {
            try put(key, canShare: canShare, arguments.viewer, in: db)
        }
        return try body(of: key, in: db)
    }

    static func delete(_ arguments: RPCArguments, in db: Database) throws -> JSONValue {
        let key = try Key(arguments.text("memb_id"))
        do {
            _ = try DeleteMember(imageID: key.imageID, memberID: key.memberID, viewer: arguments.viewer).run(in: db)
        } catch RegistryFailure.notFound {
            throw APIError.membershipNotFound
        }
        return .null
    }

    /// What names a membership.
    private struct Key {
        let imageID: String
        let memberID: String

        init(imageID: String, memberID: String) {
            self.imageID = imageID
            self.memberID = memberID
        }

        /// From the id that `RPCBody.member` made: image ids hold no slash.
        init(_ id: String) throws(APIError) {
            let parts = id.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw .membershipNotFound }
            self.init(imageID: String(parts[0]), memberID: String(parts[1]))
        }
    }

    private static func members(
        image: String?, _ member: String?, _ viewer: Viewer, in db: Database
    ) throws -> [ImageMember] {
        do {
            if let image {
                let members = try ListMembers(imageID: image, viewer: viewer).run(in: db).members
                return members.filter { member == nil || $0.memberID == member }
            }
            guard let member else { throw APIError.badValue("image_id", "a text") }
            return try ListSharedImages(memberID: member, viewer: viewer).run(in: db).members
        } catch RegistryFailure.notFound {
            return []
        }
    }

    private static func standing(_ key: Key, in db: Database) throws -> ImageMember? {
        try ImageMember.all(of: key.imageID, in: db).first { $0.memberID == key.memberID }
    }

    private static func put(_ key: Key, canShare: Bool, _ viewer: Viewer, in db: Database) throws {
        _ = try PutMembers(
            imageID: key.imageID, viewer: viewer,
            memberships: [Membership(memberID: key.memberID, canShare: canShare)], replacesAll: false
        ).run(in: db)
    }

    private static func answer(_ key: Key, _ status: MemberStatus, _ viewer: Viewer, in db: Database) throws {
        do {
            _ = try UpdateMemberStatus(
                imageID: key.imageID, memberID: key.memberID, status: status, viewer: viewer
            ).run(in: db)
        } catch RegistryFailure.notFound {
            throw APIError.membershipNotFound
        }
    }

    private static func body(of key: Key, in db: Database) throws -> JSONValue {
        guard let member = try standing(key, in: db) else { throw APIError.membershipNotFound }
        return RPCBody.member(member)
    }
}

extension RPCArguments {
    fileprivate func status() throws(APIError) -> MemberStatus? {
        guard let text = try optionalText("status") else { return nil }
        guard let status = MemberStatus(rawValue: text) else { throw .badValue("status", "a member's status") }
        return status
    }
}
