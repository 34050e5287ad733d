import GlanceHTTP
import HTTPServer
import HTTPTypes
import ImageModel
import JSONText

// Who else may use an image. A missing right is told as 404.

extension V1API {
    func listMembers(_ call: V1Call) async throws(APIError) -> Response {
        try await enforce("get_members", onImageOf: call)
        try await refuseTombstone(call)
        let members = try await asking(about: call.imageID) { () async throws(RegistryFailure) in
            try await images.members(of: call.imageID, call.context)
        }
        return .json(200, MemberBody.list("members", members) { ("member_id", $0.memberID) })
    }

    /// PUT of one member: adds it, or changes its `can_share`.
    func putMember(_ call: V1Call) async throws(APIError) -> Response {
        try requireSharer(call)
        try await enforce("modify_member", onImageOf: call)
        let member = try MemberBody.memberID(call.parameters[1])
        let canShare = MemberBody.canShare(try await json(of: call.request))
        return try await put([Membership(memberID: member, canShare: canShare)], replacingAll: false, call)
    }

    /// PUT of the list: these are the members from now on.
    func replaceMembers(_ call: V1Call) async throws(APIError) -> Response {
        try requireSharer(call)
        try await enforce("modify_member", onImageOf: call)
        let memberships = try MemberBody.memberships(try await json(of: call.request))
        if let quota = options.memberQuota, quota >= 0, memberships.count > quota {
            throw .memberQuotaExceeded(attempted: Int64(memberships.count), max: quota)
        }
        return try await put(memberships, replacingAll: true, call)
    }

    private func put(
        _ memberships: [Membership], replacingAll: Bool, _ call: V1Call
    ) async throws(APIError) -> Response {
        try await refuseTombstone(call)
        try await sharing(call) { () async throws(RegistryFailure) in
            try await images.putMembers(memberships, of: call.imageID, replacingAll: replacingAll, call.context)
        }
        return Response(status: .noContent)
    }

    func deleteMember(_ call: V1Call) async throws(APIError) -> Response {
        try requireSharer(call)
        try await enforce("delete_member", onImageOf: call)
        try await refuseTombstone(call)
        // The registry's notFound stands for the image as well as for the membership: see which it is.
        let image = try await image(call)
        do throws(RegistryFailure) {
            try await images.deleteMember(call.parameters[1], of: image.id, call.context)
        } catch {
            switch error {
            case .notFound: throw .membershipNotFound
            case .forbidden: throw .imageNotFound(image.id)
            default: throw APIError(error, imageID: image.id)
            }
        }
        return Response(status: .noContent)
    }

    /// `/shared-images/{member}`: what a tenant was given, as far as the caller may know.
    func listSharedImages(_ call: V1Call) async throws(APIError) -> Response {
        let member = call.parameters[0]
        let shared = try await asking(about: member) { () async throws(RegistryFailure) in
            try await images.sharedImages(of: member, call.context)
        }
        return .json(200, MemberBody.list("shared_images", shared) { ("image_id", $0.imageID) })
    }

    private func requireSharer(_ call: V1Call) throws(APIError) {
        try call.requireWriter()
        guard call.caller.owner != nil || call.caller.isAdmin else { throw .noAuthenticatedUser }
    }

    /// Admins see tombstones; there is nothing to share about them.
    private func refuseTombstone(_ call: V1Call) async throws(APIError) {
        guard call.caller.isAdmin else { return }
        if try await image(call).isDeleted { throw .imageDeleted(call.imageID) }
    }

    private func sharing(
        _ call: V1Call, _ share: () async throws(RegistryFailure) -> Void
    ) async throws(APIError) {
        do throws(RegistryFailure) {
            try await share()
        } catch {
            throw error == .forbidden ? .imageNotFound(call.imageID) : APIError(error, imageID: call.imageID)
        }
    }
}
