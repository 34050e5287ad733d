import GlanceHTTP
import HTTPServer
import HTTPTypes
import ImageModel
import JSONText

// Who else may use an image. The owner says who, each member says for itself whether it wants to; an image that is not
// shared keeps its members, but nobody deals with them.

extension V2API {
    func listMembers(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        let image = try await image(call)
        guard policy.allows("get_members", image, call.caller) else { throw .notAuthorized("get_members") }
        try requireShared(image)
        return .json(200, MemberDocument.json(of: try await members(of: image, call)))
    }

    func showMember(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        let image = try await image(call)
        guard image.visibility == .shared else { throw .noMember(call.parameters[1], image.id) }
        let member = try await member(of: image, call)
        guard policy.allows("get_member", image, call.caller) else { throw .notAuthorized("get_member") }
        return .json(200, MemberDocument.json(of: member))
    }

    func addMember(_ call: V2Call) async throws(APIError) -> Response {
        let body = try await json(of: call)
        guard body.object != nil, let sent = body["member"] else { throw .memberMissing }
        guard sent != .null, sent != .string("") else { throw .memberEmpty }
        guard let text = sent.string else { throw .memberMissing }
        let memberID = try MemberBody.memberID(text)
        try call.requireWriter()
        let image = try await image(call)
        try requireChange(of: image, by: "add_member", call)
        try requireShared(image)
        do throws(RegistryFailure) {
            let member = try await images.addMember(memberID, to: image.id, call.context)
            return .json(200, MemberDocument.json(of: member))
        } catch {
            switch error {
            case .duplicate: throw .memberExists(memberID, image.id)
            case .forbidden: throw .notShared
            case .quotaExceeded(_, let limit, let used): throw .memberLimit(image.id, attempted: used, max: limit)
            default: throw APIError(v2: error, imageID: image.id)
            }
        }
    }

    /// PUT: the member's own answer, or an admin's for it.
    func updateMember(_ call: V2Call) async throws(APIError) -> Response {
        let body = try await json(of: call)
        guard body.object != nil, let sent = body["status"] else { throw .memberStatusMissing }
        guard let text = sent.string, let status = MemberStatus(rawValue: text) else { throw .memberStatusUnknown }
        try call.requireWriter()
        let image = try await image(call)
        try requireShared(image)
        let member = try await member(of: image, call)
        guard policy.allows("modify_member", image, call.caller) else { throw .notAuthorized("modify_member") }
        do throws(RegistryFailure) {
            let member = try await images.setStatus(
                status, ofMember: member.memberID, of: image.id, call.context)
            return .json(200, MemberDocument.json(of: member))
        } catch {
            switch error {
            case .notFound: throw .noMember(member.memberID, image.id)
            // The owner shares; whether it is taken is the other's to say.
            case .forbidden: throw .notAuthorized("modify_member")
            default: throw APIError(v2: error, imageID: image.id)
            }
        }
    }

    func deleteMember(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        try call.requireWriter()
        let image = try await image(call)
        try requireChange(of: image, by: "delete_member", call)
        try requireShared(image)
        do throws(RegistryFailure) {
            try await images.deleteMember(call.parameters[1], of: image.id, call.context)
        } catch {
            switch error {
            case .notFound: throw .noMember(call.parameters[1], image.id)
            case .forbidden: throw .notAuthorized("delete_member")
            default: throw APIError(v2: error, imageID: image.id)
            }
        }
        return Response(status: .noContent)
    }

    private func requireShared(_ image: Image) throws(APIError) {
        guard image.visibility == .shared else { throw .notShared }
    }

    /// The memberships that the caller may see: all of them, or its own.
    private func members(of image: Image, _ call: V2Call) async throws(APIError) -> [ImageMember] {
        try await asking(about: image.id) { () async throws(RegistryFailure) in
            try await images.members(of: image.id, call.context)
        }
    }

    /// The membership that a path names.
    ///
    /// - Throws: 404 where there is none, or the caller may not see it.
    private func member(of image: Image, _ call: V2Call) async throws(APIError) -> ImageMember {
        let memberID = call.parameters[1]
        guard let member = try await members(of: image, call).first(where: { $0.memberID == memberID }) else {
            throw .noMember(memberID, image.id)
        }
        return member
    }
}
