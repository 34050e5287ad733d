import BlobStore
import ImageModel
import Logging
import Posix

/// Puts an active image's data into more stores: v2's `copy-image`, and what is left of an import of which not all stores
/// must succeed, once its image is active.
struct ImageCopy: TaskWork {
    /// How long a copy waits for the removal of data that the image had before, in seconds.
    private static let reclaimSecondsMax = 60

    let resources: TaskResources

    init(_ resources: TaskResources) { self.resources = resources }

    func perform(_ task: inout ImageTask) async throws {
        do {
            try await fill(&task)
        } catch RegistryFailure.notFound {
            throw TaskStop.imageDeleted
        }
    }

    private func fill(_ task: inout ImageTask) async throws {
        guard var stores = task.stores, let catalogue = resources.options.stores else { return }
        let get = GetImage(id: task.imageID, viewer: Viewer(projectID: nil, isAdmin: true))
        let image = try await resources.registry.perform(get, requestID: task.id)
        guard image.status == .active || image.status == .deactivated else {
            throw RegistryFailure.conflict(status: image.status)
        }
        // What an earlier attempt has done.
        let present = catalogue.ids(of: image)
        stores.done += stores.left.filter(present.contains)
        task.stores = stores
        if stores.left.isEmpty { return }
        _ = try await resources.registry.perform(UpdateTask(task: task, lease: resources.lease))
        let mark = resources.inFlight.begin(image.id, for: task.id)
        defer { resources.inFlight.end(image.id) }
        let copier = StoreCopier(
            resources: resources, imageID: image.id, source: try source(of: image, in: catalogue),
            claim: BlobClaim(image), mark: mark)
        if stores.mustAllSucceed {
            try await fillAll(&task, image, copier)
        } else {
            try await fillEach(&task, image, copier)
        }
    }

    /// The first of the image's places that is in a store of ours: whatever is wrong with its data, the copy would see.
    private func source(of image: Image, in catalogue: StoreCatalogue) throws -> any BlobStore {
        let inside = catalogue.ordered(image.locations, preferring: []).first { $0.url.hasPrefix("file:") }
        guard let inside else { throw UploadFailure.storeFailed("none of the image's data are in a store of ours") }
        return resources.store.part(named: catalogue.id(of: inside))
    }

    /// One step for all: they are the image's together, or none is.
    private func fillAll(_ task: inout ImageTask, _ image: Image, _ copier: StoreCopier) async throws {
        guard let targets = task.stores?.left else { return }
        try await holding(task, image, copies: targets.count) { uploadID in
            var locations: [ImageLocation] = []
            for id in targets {
                do {
                    locations.append(try await copier.copy(to: id).location)
                } catch let error where error.isOfStore {
                    try task.stores?.fail(id, error)
                }
            }
            try await self.finish(uploadID, image, locations, task)
        }
        task.stores?.done += targets
    }

    /// A step a store: those that fail are noted, and keep no other one from its copy.
    private func fillEach(_ task: inout ImageTask, _ image: Image, _ copier: StoreCopier) async throws {
        for id in task.stores?.left ?? [] {
            do {
                try await holding(task, image, copies: 1) { uploadID in
                    try await self.finish(uploadID, image, [try await copier.copy(to: id).location], task)
                }
                task.stores?.done.append(id)
            } catch let error where error.isOfStore || error.isQuota {
                resources.logger.warning(
                    "a store did not take a copy",
                    metadata: ["image": "\(image.id)", "store": "\(id)", "reason": "\(error)"])
                try task.stores?.fail(id, error)
            }
            _ = try await resources.registry.perform(UpdateTask(task: task, lease: resources.lease))
        }
    }

    private func finish(
        _ uploadID: String, _ image: Image, _ locations: [ImageLocation], _ task: ImageTask
    ) async throws {
        let bytes = try await resources.store.part(named: locations.first?.store).open(id: image.id).bytes
        _ = try await resources.registry.perform(
            FinishCopy(imageID: image.id, uploadID: uploadID, bytes: bytes, locations: locations), requestID: task.id)
    }

    /// Reserves the bytes of the copies for the time of the body; whatever it leaves without a row is removed.
    private func holding(
        _ task: ImageTask, _ image: Image, copies: Int, _ body: (String) async throws -> Void
    ) async throws {
        let uploadID = ImageID.random()
        do {
            let options = resources.options
            let begin = BeginUpload(
                imageID: image.id, viewer: Viewer(projectID: nil, isAdmin: true), uploadID: uploadID,
                bytes: try await bytes(of: image).multipliedReportingOverflow(by: Int64(copies)).partialValue,
                storageQuota: options.storageQuota, failureStatus: .queued, purpose: .copying,
                quotas: try await options.limits.of(image.owner))
            try await reserve(begin, task)
            try await body(uploadID)
        } catch {
            await resources.end.settle(imageID: image.id, uploadID: uploadID)
            throw error
        }
    }

    /// What the data take on the disk: an admin of v1 may have changed the image's size.
    private func bytes(of image: Image) async throws -> Int64 {
        try await resources.store.open(id: image.id).bytes
    }

    private func reserve(_ begin: BeginUpload, _ task: ImageTask) async throws {
        for _ in 0..<Self.reclaimSecondsMax {
            do throws(RegistryFailure) {
                _ = try await resources.registry.perform(begin, requestID: task.id)
                return
            } catch {
                switch error {
                // What was removed from one of the stores a moment ago is still on its disk.
                case .duplicate:
                    resources.reclaimer.wake()
                    await EventLoop.current?.sleep(until: .after(seconds: 1))
                default: throw error.asUploadFailure
                }
            }
        }
        throw UploadFailure.storeFailed("data that the image had before are still being removed")
    }
}

extension Error {
    /// Whether a quota has no room for it.
    var isQuota: Bool {
        if case .overQuota = self as? UploadFailure { true } else { false }
    }
}
