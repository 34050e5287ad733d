import GRDB
import GlanceHTTP
import ImageModel
import JSONText

// Who else may use an image. A missing right is told as 403, which glance-api turns into 404.

extension PikeAPI {
    func listMembers(_ call: PikeCall) throws(APIError) -> [UInt8] {
        let members = try transaction(.read) { db in
            try ListMembers(imageID: call.imageID, viewer: call.viewer).run(in: db).members
        }
        return MemberBody.list("members", members) { ("member_id", $0.memberID) }
    }

    /// PUT of the list: these are the members from now on.
    func replaceMembers(_ call: PikeCall) throws(APIError) -> [UInt8]? {
        try sharing(call) { db in
            let memberships = try MemberBody.memberships(call.body)
            _ = try PutMembers(
                imageID: call.imageID, viewer: call.viewer, memberships: memberships, replacesAll: true
            ).run(in: db)
        }
    }

    /// PUT of one member: adds it, or changes its `can_share`.
    func putMember(_ call: PikeCall) throws(APIError) -> [UInt8]? {
        try sharing(call) { db in
            let membership = Membership(
                memberID: try MemberBody.memberID(call.parameters[1]), canShare: try self.canShare(call.body))
            _ = try PutMembers(
                imageID: call.imageID, viewer: call.viewer, memberships: [membership], replacesAll: false
            ).run(in: db)
        }
    }

    func deleteMember(_ call: PikeCall) throws(APIError) -> [UInt8]? {
        try sharing(call) { db in
            do {
                _ = try DeleteMember(imageID: call.imageID, memberID: call.parameters[1], viewer: call.viewer)
                    .run(in: db)
            } catch RegistryFailure.notFound {
                throw APIError.membershipNotFound
            }
        }
    }

    /// What a tenant was given, as far as the caller may know.
    func listSharedImages(_ call: PikeCall) throws(APIError) -> [UInt8] {
        let shared = try transaction(.read) { db in
            try ListSharedImages(memberID: call.parameters[0], viewer: call.viewer).run(in: db).members
        }
        return MemberBody.list("shared_images", shared) { ("image_id", $0.imageID) }
    }

    /// Changes memberships once it is clear that the caller may: only then is the body looked at.
    private func sharing(_ call: PikeCall, _ change: (Database) throws -> Void) throws(APIError) -> [UInt8]? {
        try call.requireWriter()
        guard call.viewer.projectID != nil || call.viewer.isAdmin else { throw .noAuthenticatedUser }
        try transaction(.write) { db in
            let image = try Image.withMembers(call.imageID, for: call.viewer, in: db)
            do {
                _ = try image.sharingRight(of: call.viewer)
            } catch RegistryFailure.forbidden {
                throw APIError.noPermissionToShare
            }
            try change(db)
        }
        return nil
    }

    /// `{"member": {"can_share": …}}`; no body and an empty one say nothing, other shapes are refused.
    private func canShare(_ body: JSONValue?) throws(APIError) -> Bool? {
        guard let body, body.isTruthy else { return nil }
        guard let canShare = MemberBody.canShare(body) else { throw .invalidMembership("can_share is missing") }
        return canShare
    }
}
