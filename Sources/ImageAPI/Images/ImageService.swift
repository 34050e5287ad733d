import ImageModel

/// Images and their members, for both API versions: the rules are the registry's and `ImageAccess`'s, the words are
/// the versions' own.
public final class ImageService: Sendable {
    /// What the settings say.
    public let options: ImageAPIOptions
    private let registry: RegistryClient
    private let reclaimer: Reclaimer
    private let uploads: UploadsInFlight

    public init(
        options: ImageAPIOptions, registry: RegistryClient, reclaimer: Reclaimer, uploads: UploadsInFlight
    ) {
        self.options = options
        self.registry = registry
        self.reclaimer = reclaimer
        self.uploads = uploads
    }

    /// One image, if the caller may see it; `notFound` else. Admins see tombstones.
    public func get(_ id: String, _ context: RequestContext) async throws(RegistryFailure) -> Image {
        // What can't be an id needs no question, and must not reach a path or a log as one.
        guard ImageID.isValid(id) else { throw .notFound }
        return try await registry.perform(
            GetImage(id: id, viewer: context.caller.viewer), requestID: context.requestID)
    }

    /// A page of images; `invalidMarker` where the marker is not in view.
    public func list(_ query: ImageQuery, _ context: RequestContext) async throws(RegistryFailure) -> [Image] {
        try await registry.perform(ListImages(query: query), requestID: context.requestID).images
    }

    /// Reserves an image; `duplicate` where the id is taken, `quotaExceeded`.
    public func create(_ image: Image, _ context: RequestContext) async throws(RegistryFailure) -> Image {
        let create = CreateImage(image: image, quotas: try await options.limits.of(image.owner))
        return try await registry.perform(create, requestID: context.requestID)
    }

    /// Changes metadata; see `UpdateImage`. The property quota of the settings holds.
    public func update(
        _ id: String, _ changes: ImageChanges, expecting statuses: [ImageStatus] = [], _ context: RequestContext
    ) async throws(RegistryFailure) -> Image {
        let update = UpdateImage(
            id: id, viewer: context.caller.viewer, changes: changes, expectedStatuses: statuses,
            propertyQuota: options.propertyQuota)
        let image = try await registry.perform(update, requestID: context.requestID)
        // A location of our own that was taken away leaves data behind.
        if changes.locations != nil { reclaimer.wake() }
        return image
    }

    /// Deletes an image, and has its data removed soon after.
    public func delete(_ id: String, _ context: RequestContext) async throws(RegistryFailure) -> Image {
        let delete = DeleteImage(id: id, viewer: context.caller.viewer, isDelayed: options.delaysDelete)
        let tombstone = try await registry.perform(delete, requestID: context.requestID)
        uploads.cancel(id)
        reclaimer.wake()
        return tombstone
    }

    /// Kills a queued image whose upload was refused before its first byte (v1).
    public func kill(_ id: String, _ context: RequestContext) async throws(RegistryFailure) {
        _ = try await registry.perform(KillImage(imageID: id), requestID: context.requestID)
    }

    /// Makes a queued image active whose data lies at an http(s) URL outside.
    public func activate(
        _ id: String, at url: String, size: Int64, _ context: RequestContext
    ) async throws(RegistryFailure) -> Image {
        let activate = ActivateLocation(
            imageID: id, viewer: context.caller.viewer, size: size, location: ImageLocation(url: url))
        return try await registry.perform(activate, requestID: context.requestID)
    }

    /// Takes an active image away from all but admins, or gives it back; `conflict` in any other status.
    public func setDeactivation(
        of id: String, to isDeactivated: Bool, _ context: RequestContext
    ) async throws(RegistryFailure) {
        let set = SetDeactivation(imageID: id, viewer: context.caller.viewer, isDeactivated: isDeactivated)
        _ = try await registry.perform(set, requestID: context.requestID)
    }

    // MARK: Tasks and usage

    /// The tasks of an image that the caller sees.
    public func tasks(of id: String, _ context: RequestContext) async throws(RegistryFailure) -> [TaskRecord] {
        let list = ListImageTasks(imageID: id, viewer: context.caller.viewer)
        return try await registry.perform(list, requestID: context.requestID).tasks
    }

    /// A page of tasks.
    public func tasks(_ list: ListTasks, _ context: RequestContext) async throws(RegistryFailure) -> [TaskRecord] {
        try await registry.perform(list, requestID: context.requestID).tasks
    }

    /// One task.
    public func task(_ id: String, _ context: RequestContext) async throws(RegistryFailure) -> TaskRecord {
        guard ImageID.isValid(id) else { throw .notFound }
        return try await registry.perform(GetTask(id: id), requestID: context.requestID)
    }

    /// What the caller's tenant uses.
    public func usage(_ context: RequestContext) async throws(RegistryFailure) -> GetUsage.Answer {
        try await registry.perform(GetUsage(owner: context.caller.owner), requestID: context.requestID)
    }

    /// Whether so many bytes of data would find room in the owner's quotas now; `quotaExceeded` else. It reserves nothing.
    func requireRoom(_ bytes: Int64, of owner: String?, _ context: RequestContext) async throws(RegistryFailure) {
        let check = CheckRoom(
            owner: owner, bytes: bytes, storageQuota: options.storageQuota, quotas: try await options.limits.of(owner))
        _ = try await registry.perform(check, requestID: context.requestID)
    }

    // MARK: Tags

    /// Adds a tag; one that stands is fine. The tag quota of the settings holds.
    public func addTag(_ tag: String, to id: String, _ context: RequestContext) async throws(RegistryFailure) {
        let add = AddTag(imageID: id, viewer: context.caller.viewer, tag: tag, tagQuota: options.tagQuota)
        _ = try await registry.perform(add, requestID: context.requestID)
    }

    /// Takes a tag away; `notFound` where the image does not have it.
    public func removeTag(_ tag: String, from id: String, _ context: RequestContext) async throws(RegistryFailure) {
        let remove = RemoveTag(imageID: id, viewer: context.caller.viewer, tag: tag)
        _ = try await registry.perform(remove, requestID: context.requestID)
    }

    // MARK: What concerns no image

    /// Asks the registry for something that no rule about images has a say in: the catalogue of metadata definitions.
    func perform<Operation: RegistryOperation>(
        _ operation: Operation, _ context: RequestContext
    ) async throws(RegistryFailure) -> Operation.Answer {
        try await registry.perform(operation, requestID: context.requestID)
    }

    // MARK: Members

    /// The memberships that the caller may see.
    public func members(of id: String, _ context: RequestContext) async throws(RegistryFailure) -> [ImageMember] {
        guard ImageID.isValid(id) else { throw .notFound }
        let list = ListMembers(imageID: id, viewer: context.caller.viewer)
        return try await registry.perform(list, requestID: context.requestID).members
    }

    /// Adds, changes or, with `replacingAll`, replaces memberships.
    public func putMembers(
        _ memberships: [Membership], of id: String, replacingAll: Bool, _ context: RequestContext
    ) async throws(RegistryFailure) {
        guard ImageID.isValid(id) else { throw .notFound }
        let put = PutMembers(
            imageID: id, viewer: context.caller.viewer, memberships: memberships, replacesAll: replacingAll,
            memberQuota: options.memberQuota)
        _ = try await registry.perform(put, requestID: context.requestID)
    }

    /// Adds one membership; `duplicate` where it stands.
    public func addMember(
        _ memberID: String, to id: String, _ context: RequestContext
    ) async throws(RegistryFailure) -> ImageMember {
        let add = AddMember(
            imageID: id, memberID: memberID, viewer: context.caller.viewer, memberQuota: options.memberQuota)
        return try await registry.perform(add, requestID: context.requestID)
    }

    /// Writes down a member's own answer.
    public func setStatus(
        _ status: MemberStatus, ofMember memberID: String, of id: String, _ context: RequestContext
    ) async throws(RegistryFailure) -> ImageMember {
        let update = UpdateMemberStatus(
            imageID: id, memberID: memberID, status: status, viewer: context.caller.viewer)
        return try await registry.perform(update, requestID: context.requestID)
    }

    /// Takes a membership away.
    public func deleteMember(
        _ memberID: String, of id: String, _ context: RequestContext
    ) async throws(RegistryFailure) {
        guard ImageID.isValid(id) else { throw .notFound }
        let delete = DeleteMember(imageID: id, memberID: memberID, viewer: context.caller.viewer)
        _ = try await registry.perform(delete, requestID: context.requestID)
    }

    /// The memberships of a tenant in live images, as far as the caller may know.
    public func sharedImages(
        of memberID: String, _ context: RequestContext
    ) async throws(RegistryFailure) -> [ImageMember] {
        let list = ListSharedImages(memberID: memberID, viewer: context.caller.viewer)
        return try await registry.perform(list, requestID: context.requestID).members
    }
}
