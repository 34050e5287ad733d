import BlobStore
import ImageInspection
import ImageModel

/// Makes what was staged the image's data: v2's `glance-direct`. They stay where they are if that store is one of those
/// that are wanted; the others get copies.
struct StagedImport: TaskWork {
    let resources: TaskResources

    init(_ resources: TaskResources) { self.resources = resources }

    func perform(_ task: inout ImageTask) async throws {
        let uploadID = ImageID.random()
        do {
            try await finish(&task, as: uploadID)
        } catch {
            // Copies that were made in vain.
            if task.stores != nil { await resources.end.settle(imageID: task.imageID, uploadID: uploadID) }
            switch error {
            case RegistryFailure.notFound, UploadFailure.imageDeleted: throw TaskStop.imageDeleted
            default: throw error
            }
        }
        try await ImageCopy(resources).perform(&task)
    }

    func cleanUp(after task: ImageTask) async throws {
        let status: ImageStatus
        do throws(RegistryFailure) {
            status = try await resources.image(task.imageID).status
        } catch {
            if error == .notFound { return }
            throw error
        }
        // Once it is active, the data are the image's.
        if status == .importing { try await resources.store.remove(id: task.imageID) }
    }

    private func finish(_ task: inout ImageTask, as uploadID: String) async throws {
        let image = try await resources.image(task.imageID, requestID: task.id)
        if image.status == .active { return }
        let staged = try await staged(image)
        let verdict = try await inspect(staged.blob)
        if !resources.plugins.isEmpty {
            let plugins = StagedPlugins(resources, in: staged.part)
            if try await plugins.run(on: image, verdict, &task) { return }
        }
        // The formats may have come after the data.
        let virtualSize = try image.judge(verdict, by: resources.options.formatMatch)
        let defaultID = resources.options.stores?.defaultID
        var finish = FinishStagedImport(
            imageID: image.id, virtualSize: virtualSize, store: staged.part.id ?? defaultID,
            quotas: try await resources.options.limits.of(image.owner))
        if let stores = task.stores {
            finish.keepsStaged = staged.part.id.map(stores.ids.contains) ?? true
            try await copy(staged, of: image, for: &task, &finish, as: uploadID)
        }
        let filled = ((finish.keepsStaged ? [staged.part.id] : []) + finish.copies.map(\.store)).compactMap { $0 }
        // What has failed is told with the task's end.
        finish.importGoesOn =
            task.stores.map { !$0.failed.isEmpty || $0.left.contains { !filled.contains($0) } } ?? false
        _ = try await resources.registry.perform(finish)
        task.stores?.done += filled
        if !finish.keepsStaged { resources.reclaimer.wake() }
    }

    /// Puts copies where the image needs them before it is active: into all other stores where all have to succeed, into
    /// one where the staged data are in none of those that are wanted.
    private func copy(
        _ staged: StagedData, of image: Image, for task: inout ImageTask, _ finish: inout FinishStagedImport,
        as uploadID: String
    ) async throws {
        guard let stores = task.stores else { return }
        let targets = stores.left.filter { $0 != staged.part.id }
        let isOneEnough = !stores.mustAllSucceed
        if targets.isEmpty || isOneEnough && finish.keepsStaged { return }
        let mark = resources.inFlight.begin(task.imageID, for: task.id)
        defer { resources.inFlight.end(task.imageID) }
        let copies = isOneEnough ? 1 : targets.count
        try await reserve(staged.blob.bytes, copies: copies, of: image, task, as: uploadID)
        finish.uploadID = uploadID
        let copier = StoreCopier(
            resources: resources, imageID: task.imageID, source: staged.part.store,
            claim: BlobClaim(bytes: staged.blob.bytes, digest: BlobDigest(.sha512, "")), mark: mark)
        task.bytesDone = finish.keepsStaged ? staged.blob.bytes : 0
        task.bytesExpected = task.bytesDone + staged.blob.bytes.times(copies)
        for id in targets where finish.copies.isEmpty || !isOneEnough {
            do {
                let copy = try await copier.copy(to: id, for: &task)
                finish.copies.append(copy.location)
                finish.copiesHash = copy.digest
            } catch let error where error.isOfStore {
                try task.stores?.fail(id, error)
            }
        }
    }

    private func reserve(
        _ bytes: Int64, copies: Int, of image: Image, _ task: ImageTask, as uploadID: String
    ) async throws {
        let options = resources.options
        do throws(RegistryFailure) {
            _ = try await UploadReservation.begin(
                uploadID, imageID: task.imageID,
                bytes: bytes.times(copies), failureStatus: .queued,
                purpose: .importing, quota: options.storageQuota,
                quotas: try await options.limits.of(image.owner), viewer: Viewer(projectID: nil, isAdmin: true),
                registry: resources.registry, requestID: task.id)
        } catch {
            throw error.asUploadFailure
        }
    }

    private struct StagedData {
        let part: StorePart
        let blob: any OpenBlob
    }

    /// The staged data, in whichever store they are.
    private func staged(_ image: Image) async throws -> StagedData {
        for part in resources.store.parts where !part.store.isReadOnly {
            do throws(StoreError) {
                return StagedData(part: part, blob: try await part.store.open(id: image.id))
            } catch {
                guard case .notFound = error else { throw error }
            }
        }
        throw StoreError.notFound(id: image.id)
    }

    /// Reads what is staged, to see what it is.
    private func inspect(_ blob: any OpenBlob) async throws -> InspectionVerdict {
        var inspector = ImageInspector()
        var offset: Int64 = 0
        while offset < blob.bytes {
            let bytes = try await blob.read(at: offset, bytesMax: 1 << 20)
            if bytes.isEmpty { break }
            bytes.withUnsafeBytes { inspector.feed($0) }
            offset += Int64(bytes.count)
        }
        return inspector.finish()
    }
}
