import GlanceHTTP
import HTTPServer
import HTTPWire
import ImageModel

extension V1API {
    /// POST: reserves an image, and gives it its data where a source is named. The checks come in the reference's
    /// order: the first that fails answers, and whatever fails once the image is reserved leaves it behind.
    func createImage(_ call: V1Call) async throws(APIError) -> Response {
        try call.requireWriter()
        let metadata = try MetadataHeaders(call.request.head.fields, options: options)
        try checkDeclaredSize(metadata, call)
        let rules = ["add_image"] + Self.rules(for: metadata, hasBody: call.hasBody)
        try enforce(rules, call)
        try policy.requireCreate(metadata.properties, call.caller)
        try checkPropertyQuota(metadata)
        if metadata.location != nil { try enforce(["set_image_location"], call) }
        let sources = try ImageSources(metadata, hasBody: call.hasBody, policy: options.fetchPolicy)
        try checkStore(metadata)
        var image = try Image(metadata, caller: call.caller)
        if let size = try await discoveredSize(sources, metadata) {
            image.size = size
            try await requireRoom(for: sources, size: size, owner: image.owner, call)
        }
        if metadata.size == 0, sources.isNone { image.status = .active }

        let reserved = try await asking(about: image.id) { () async throws(RegistryFailure) in
            try await images.create(image, call.context)
        }
        let created = try await take(sources, into: reserved, metadata, call)
        let location = "\(Endpoint.base(of: call.request.head, options: options))/v1/images/\(created.id)"
        return .json(
            201, ImageBody.single(created), fields: [("Location", location)] + ImageHeaders.entityTag(of: created))
    }

    private func checkPropertyQuota(_ metadata: MetadataHeaders) throws(APIError) {
        guard let quota = options.propertyQuota, quota >= 0, metadata.properties.count > quota else { return }
        throw .propertyQuotaExceeded(attempted: Int64(metadata.properties.count), max: quota)
    }
}

extension Image {
    /// A queued image as the headers of a POST describe it.
    ///
    /// - Throws: 400 where the id is none.
    init(_ metadata: MetadataHeaders, caller: Caller) throws(APIError) {
        let id = metadata.id?.value ?? ImageID.random()
        guard ImageID.isValid(id) else { throw .invalidImageID(id) }
        self.init(id: id, owner: caller.owner)
        // Only admins make images for others, or for nobody.
        if caller.isAdmin, let owner = metadata.owner { self.owner = owner.value }
        name = metadata.name?.value
        visibility = metadata.isPublic == true ? .public : .shared
        isProtected = metadata.isProtected ?? false
        diskFormat = metadata.diskFormat
        containerFormat = metadata.containerFormat
        size = metadata.size
        virtualSize = metadata.virtualSize?.value
        checksum = metadata.checksum?.value
        minDisk = metadata.minDisk ?? 0
        minRAM = metadata.minRAM ?? 0
        // The replicator carries an image's times over from another Glance.
        if let createdAt = metadata.createdAt { self.createdAt = createdAt }
        if let updatedAt = metadata.updatedAt { self.updatedAt = updatedAt }
        properties = metadata.properties
    }
}
