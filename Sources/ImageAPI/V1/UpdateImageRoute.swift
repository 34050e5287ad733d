import GlanceHTTP
import HTTPServer
import HTTPWire
import ImageModel

extension V1API {
    /// PUT: changes the fields that are named, and gives a queued image its data where a source is named. The
    /// metadata is committed before the data comes: a failing upload has changed it all the same.
    func updateImage(_ call: V1Call) async throws(APIError) -> Response {
        try call.requireWriter()
        let metadata = try MetadataHeaders(call.request.head.fields, options: options)
        try checkDeclaredSize(metadata, call)
        let rules = ["modify_image"] + Self.rules(for: metadata, hasBody: call.hasBody)
        let image = try await image(call, allowedBy: rules)
        try checkMayChange(image, metadata, call.caller)
        if call.hasBody, image.status != .queued { throw .uploadToUnqueued }
        if metadata.location != nil {
            try policy.enforce("set_image_location", target: image.policyTarget(for: call.caller), call.caller)
        }
        let sources = try ImageSources(metadata, hasBody: call.hasBody, policy: options.fetchPolicy)
        if sources.url != nil, image.status != .queued { throw .locationOfUnqueued }
        if call.hasBody { try checkStore(metadata) }

        var changes = try policy.allowed(
            ImageChanges(metadata, of: image, caller: call.caller, hasBody: call.hasBody), of: image, call.caller)
        if let size = try await discoveredSize(sources, metadata) {
            try await requireRoom(for: sources, size: size, owner: image.owner, call)
            changes.fields.removeAll { if case .size = $0 { true } else { false } }
            changes.fields.append(.size(size))
        }
        let updated = try await update(image, changes, sources, call)
        let answer = try await take(sources, into: updated, metadata, call)
        return .json(
            200, ImageBody.single(policy.readable(answer, call.caller)), fields: ImageHeaders.entityTag(of: answer))
    }

    private func update(
        _ image: Image, _ changes: ImageChanges, _ sources: ImageSources, _ call: V1Call
    ) async throws(APIError) -> Image {
        // What was judged by the status that was read must not be done in another one.
        let isByStatus = !sources.isNone || changes.touchesData
        do throws(RegistryFailure) {
            return try await images.update(
                image.id, changes, expecting: isByStatus ? [image.status] : [], call.context)
        } catch {
            switch error {
            case .notFound: throw .updateNotFound(image.id)
            case .forbidden: throw .updateForbidden(image.id)
            default: throw APIError(error, imageID: image.id)
            }
        }
    }

    private func checkMayChange(_ image: Image, _ metadata: MetadataHeaders, _ caller: Caller) throws(APIError) {
        guard ImageAccess.canChange(image, caller.viewer) else {
            throw image.isOpen ? .updateForbidden(image.id) : .updateNotFound(image.id)
        }
        if image.status == .deleted { throw .updateDeleted }
        if !caller.isAdmin, image.status == .active || image.status == .deactivated {
            let status = image.status.rawValue
            if let size = metadata.size, size != image.size ?? 0 { throw .modifyForbidden("size", status: status) }
            if let checksum = metadata.checksum, checksum.value != image.checksum {
                throw .modifyForbidden("checksum", status: status)
            }
        }
        if let status = metadata.status, status.value != image.status.rawValue { throw .modifyForbidden("status") }
        if let id = metadata.id, id.value != image.id { throw .modifyForbidden("id") }
    }
}

extension ImageChanges {
    /// What the headers of a PUT change. Times and the word `deleted` are dropped, as is an owner from a non-admin.
    init(_ metadata: MetadataHeaders, of image: Image, caller: Caller, hasBody: Bool) {
        self.init()
        if let name = metadata.name { fields.append(.name(name.value)) }
        if let owner = metadata.owner, caller.isAdmin { fields.append(.owner(owner.value)) }
        if let isPublic = metadata.isPublic, isPublic != image.isPublic {
            fields.append(.visibility(isPublic ? .public : .shared))
        }
        if let isProtected = metadata.isProtected { fields.append(.isProtected(isProtected)) }
        if let format = metadata.diskFormat { fields.append(.diskFormat(format)) }
        if let format = metadata.containerFormat { fields.append(.containerFormat(format)) }
        if let minDisk = metadata.minDisk { fields.append(.minDisk(minDisk)) }
        if let minRAM = metadata.minRAM { fields.append(.minRAM(minRAM)) }
        if let size = metadata.size, size != image.size ?? 0 { fields.append(.size(size)) }
        if let virtualSize = metadata.virtualSize { fields.append(.virtualSize(virtualSize.value)) }
        if let checksum = metadata.checksum, checksum.value != image.checksum {
            fields.append(.checksum(checksum.value))
        }
        properties = metadata.properties
        // A PUT without a property header takes all properties away, unless told otherwise or sent with data.
        replacesProperties = metadata.purgesProperties && !hasBody
    }

    /// Whether it sets what belongs to the data: size or checksum.
    var touchesData: Bool {
        fields.contains { change in
            switch change {
            case .size, .checksum: true
            default: false
            }
        }
    }
}
