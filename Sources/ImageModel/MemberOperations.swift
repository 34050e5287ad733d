import JSONText

/// A list of memberships.
public struct ImageMembers: JSONCoding, Equatable {
    public var members: [ImageMember]

    public init(members: [ImageMember]) { self.members = members }

    public init(json: JSONValue) throws(JSONShapeError) { members = try json.list("members") }

    public var json: JSONValue { ["members": members.json] }
}

/// The memberships of an image that the viewer may see: all for its owner and admins, its own for a member, none for
/// others who see the image.
public struct ListMembers: RegistryOperation {
    public typealias Answer = ImageMembers
    public static let name = "list-members"
    public static let isIdempotent = true
    public static let isRepeated = true

    public var imageID: String
    public var viewer: Viewer

    public init(imageID: String, viewer: Viewer) {
        self.imageID = imageID
        self.viewer = viewer
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"] else { throw JSONShapeError(member: "viewer") }
        self.init(imageID: try json.text("image_id"), viewer: try Viewer(json: viewer))
    }

    public var json: JSONValue { ["image_id": .string(imageID), "viewer": viewer.json] }
}

/// A membership as v1 asks for it: `canShare` nil keeps what stands, or false for a new member.
public struct Membership: JSONCoding, Equatable {
    public var memberID: String
    public var canShare: Bool?

    public init(memberID: String, canShare: Bool?) {
        self.memberID = memberID
        self.canShare = canShare
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(memberID: try json.text("member_id"), canShare: try json.optionalFlag("can_share"))
    }

    public var json: JSONValue {
        ["member_id": .string(memberID), "can_share": canShare.map(JSONValue.bool) ?? .null]
    }
}

/// Adds or changes memberships; with `replacesAll` the list becomes exactly these. The owner, admins and members with
/// `can_share` may; others get `forbidden`.
public struct PutMembers: RegistryOperation {
    public typealias Answer = Done
    public static let name = "put-members"
    public static let isIdempotent = true

    public var imageID: String
    public var viewer: Viewer
    public var memberships: [Membership]
    public var replacesAll: Bool
    /// Members that the image may have afterwards (`quotaExceeded`, quota `image_member_quota`); nil: no bound.
    public var memberQuota: Int64?

    public init(
        imageID: String, viewer: Viewer, memberships: [Membership], replacesAll: Bool, memberQuota: Int64? = nil
    ) {
        self.imageID = imageID
        self.viewer = viewer
        self.memberships = memberships
        self.replacesAll = replacesAll
        self.memberQuota = memberQuota
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"] else { throw JSONShapeError(member: "viewer") }
        self.init(
            imageID: try json.text("image_id"), viewer: try Viewer(json: viewer),
            memberships: try json.list("memberships"), replacesAll: try json.flag("replaces_all"),
            memberQuota: try json.optionalNumber("member_quota"))
    }

    public var json: JSONValue {
        [
            "image_id": .string(imageID), "viewer": viewer.json, "memberships": memberships.json,
            "replaces_all": .bool(replacesAll), "member_quota": JSONValue(memberQuota),
        ]
    }
}

/// Shares an image with one more tenant (v2). The owner and admins may, others get `forbidden`, and so does everybody
/// where the image is not `shared`; `duplicate` where the tenant is a member already.
public struct AddMember: RegistryOperation {
    /// The membership, `pending`.
    public typealias Answer = ImageMember
    public static let name = "add-member"
    public static let isIdempotent = false

    public var imageID: String
    public var memberID: String
    public var viewer: Viewer
    /// Members that the image may have afterwards (`quotaExceeded`, quota `image_member_quota`); nil: no bound.
    public var memberQuota: Int64?

    public init(imageID: String, memberID: String, viewer: Viewer, memberQuota: Int64? = nil) {
        self.imageID = imageID
        self.memberID = memberID
        self.viewer = viewer
        self.memberQuota = memberQuota
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"] else { throw JSONShapeError(member: "viewer") }
        self.init(
            imageID: try json.text("image_id"), memberID: try json.text("member_id"), viewer: try Viewer(json: viewer),
            memberQuota: try json.optionalNumber("member_quota"))
    }

    public var json: JSONValue {
        [
            "image_id": .string(imageID), "member_id": .string(memberID), "viewer": viewer.json,
            "member_quota": JSONValue(memberQuota),
        ]
    }
}

/// Takes a membership away: `forbidden` without the right, `notFound` where there is no such member or image.
public struct DeleteMember: RegistryOperation {
    public typealias Answer = Done
    public static let name = "delete-member"
    public static let isIdempotent = false

    public var imageID: String
    public var memberID: String
    public var viewer: Viewer

    public init(imageID: String, memberID: String, viewer: Viewer) {
        self.imageID = imageID
        self.memberID = memberID
        self.viewer = viewer
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"] else { throw JSONShapeError(member: "viewer") }
        self.init(
            imageID: try json.text("image_id"), memberID: try json.text("member_id"), viewer: try Viewer(json: viewer))
    }

    public var json: JSONValue {
        ["image_id": .string(imageID), "member_id": .string(memberID), "viewer": viewer.json]
    }
}

/// A member's own answer to being shared with. The member itself and admins may give it, others get `forbidden`;
/// `notFound` where there is no such member or image.
public struct UpdateMemberStatus: RegistryOperation {
    /// The membership as it stands then.
    public typealias Answer = ImageMember
    public static let name = "update-member-status"
    public static let isIdempotent = true

    public var imageID: String
    public var memberID: String
    public var status: MemberStatus
    public var viewer: Viewer

    public init(imageID: String, memberID: String, status: MemberStatus, viewer: Viewer) {
        self.imageID = imageID
        self.memberID = memberID
        self.status = status
        self.viewer = viewer
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"] else { throw JSONShapeError(member: "viewer") }
        self.init(
            imageID: try json.text("image_id"), memberID: try json.text("member_id"), status: try json.word("status"),
            viewer: try Viewer(json: viewer))
    }

    public var json: JSONValue {
        [
            "image_id": .string(imageID), "member_id": .string(memberID), "status": .string(status.rawValue),
            "viewer": viewer.json,
        ]
    }
}

/// The memberships of one tenant in live images, as far as the viewer may know: its own, and those in its images.
public struct ListSharedImages: RegistryOperation {
    public typealias Answer = ImageMembers
    public static let name = "list-shared-images"
    public static let isIdempotent = true

    public var memberID: String
    public var viewer: Viewer

    public init(memberID: String, viewer: Viewer) {
        self.memberID = memberID
        self.viewer = viewer
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"] else { throw JSONShapeError(member: "viewer") }
        self.init(memberID: try json.text("member_id"), viewer: try Viewer(json: viewer))
    }

    public var json: JSONValue { ["member_id": .string(memberID), "viewer": viewer.json] }
}
