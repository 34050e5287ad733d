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
        let image = try await resources.image(task.imageID, requestID: task.id)
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
        let filler = StoreFiller(resources: resources, image: image, mark: mark)
        do {
            let origin = try CopyOrigin(of: image, in: catalogue, resources)
            task.count(copiesOf: try await origin.bytes(of: image))
            if stores.mustAllSucceed {
                try await fillAll(&task, filler, from: origin)
            } else {
                try await fillEach(&task, filler, from: origin)
            }
        } catch {
            throw mark.isCancelled ? TaskStop.imageDeleted : error
        }
    }

    /// One step for all: they are the image's together, or none is.
    private func fillAll(_ task: inout ImageTask, _ filler: StoreFiller, from origin: CopyOrigin) async throws {
        guard let targets = task.stores?.left else { return }
        var origin = origin
        try await holding(task, filler.image, from: origin, copies: targets.count) { ledger in
            var locations: [ImageLocation] = []
            for id in targets {
                do {
                    locations.append(
                        try await filler.put(into: id, behind: locations.count, from: &origin, &task, ledger))
                } catch let error where error.isOfStore {
                    try task.stores?.fail(id, error)
                }
            }
            try await self.finish(ledger.current.uploadID, filler.image, locations, task)
        }
        task.stores?.done += targets
    }

    /// A step a store: those that fail are noted, and keep no other one from its copy.
    private func fillEach(_ task: inout ImageTask, _ filler: StoreFiller, from origin: CopyOrigin) async throws {
        let image = filler.image
        var origin = origin
        for id in task.stores?.left ?? [] {
            do {
                var next = origin
                try await holding(task, image, from: origin, copies: 1) { ledger in
                    let location = try await filler.put(into: id, behind: 0, from: &next, &task, ledger)
                    try await self.finish(ledger.current.uploadID, image, [location], task)
                }
                origin = next
                task.stores?.done.append(id)
            } catch let error where error.isOfStore || error.isQuota {
                resources.logger.warning(
                    "a store did not take a copy",
                    metadata: ["image": "\(image.id)", "store": "\(id)", "reason": "\(error)"])
                try task.stores?.fail(id, error)
                task.count(copiesOf: (try? await origin.bytes(of: image)) ?? nil)
                // Nothing is there any more that it would vouch for.
                task.sourceTag = nil
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

    /// Reserves the bytes of the copies for the time of the body, as far as they are known; whatever it leaves without a
    /// row is removed.
    private func holding(
        _ task: ImageTask, _ image: Image, from origin: CopyOrigin, copies: Int,
        _ body: (CopyLedger) async throws -> Void
    ) async throws {
        let uploadID = ImageID.random()
        do {
            let bytes = try await origin.bytes(of: image)?.times(copies)
            let reservation = try await reserve(bytes, of: image, as: uploadID, task)
            try await body(CopyLedger(reservation, group: resources.group))
        } catch {
            await resources.end.settle(imageID: image.id, uploadID: uploadID)
            throw error
        }
    }

    private func reserve(
        _ bytes: Int64?, of image: Image, as uploadID: String, _ task: ImageTask
    ) async throws -> UploadReservation {
        let options = resources.options
        for _ in 0..<Self.reclaimSecondsMax {
            do throws(RegistryFailure) {
                return try await UploadReservation.begin(
                    uploadID, imageID: image.id, bytes: bytes, failureStatus: .queued, purpose: .copying,
                    quota: options.storageQuota, quotas: try await options.limits.of(image.owner),
                    viewer: Viewer(projectID: nil, isAdmin: true), registry: resources.registry, requestID: task.id)
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
