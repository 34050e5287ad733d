import BlobStore
import ImageModel
import Logging
import OutboundHTTP

/// Fetches an image's data from elsewhere: v1's `copy_from`, v2's `web-download` and `glance-download`, and its task
/// `import`.
///
/// The bytes are fetched once, into the first store that takes them; the other stores get copies of it. Where all have to
/// succeed the copies are made before the image is active, else behind that.
struct RemoteCopy: TaskWork {
    let resources: TaskResources

    init(_ resources: TaskResources) { self.resources = resources }

    func perform(_ task: inout ImageTask) async throws {
        let uploadID = ImageID.random()
        do {
            try await copy(&task, as: uploadID)
        } catch {
            // Not before it is settled can a failed copy's image be killed: killing takes no upload away.
            await resources.end.settle(imageID: task.imageID, uploadID: uploadID)
            throw error
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
        guard status == .importing || status == .queued else { return }
        do throws(StoreError) {
            try await resources.store.remove(id: task.imageID)
        } catch {
            resources.logger.error(
                "cannot remove data", metadata: ["image": "\(task.imageID)", "error": "\(error)"])
        }
    }

    private func copy(_ task: inout ImageTask, as uploadID: String) async throws {
        let original = try await describe(task)
        if let original { task.bytesExpected = original.size }
        guard let reservation = try await reserve(task, as: uploadID) else { return }
        let mark = resources.inFlight.begin(task.imageID, for: task.id)
        defer { resources.inFlight.end(task.imageID) }
        let ledger = CopyLedger(reservation, group: resources.group)
        let data: ArrivedData
        let virtualSize: Int64?
        let copies: [ImageLocation]
        do {
            (data, virtualSize) = try await arrive(&task, original, ledger, mark)
            task.bytesDone = data.blob.bytes
            copies = try await data.copies(for: &task, ledger, mark)
        } catch {
            throw mark.isCancelled ? TaskStop.imageDeleted : error
        }
        if let original { try await original.takeOver(for: task, resources) }
        try await data.finish(&task, ledger.current, virtualSize: virtualSize, copies: copies)
    }

    /// What another Glance says of the image, where it comes from one.
    private func describe(_ task: ImageTask) async throws -> RemoteImageDescription? {
        guard task.kind == .glanceDownload else { return nil }
        let mark = resources.inFlight.begin(task.imageID, for: task.id)
        defer { resources.inFlight.end(task.imageID) }
        do {
            return try await RemoteImageLookup(resources: resources).describe(task, mark)
        } catch {
            throw mark.isCancelled ? TaskStop.imageDeleted : error
        }
    }

    /// Moves the image on and reserves what is known of the size; nil where an earlier try ended between the image's last
    /// step and the task's.
    private func reserve(_ task: ImageTask, as uploadID: String) async throws -> UploadReservation? {
        let options = resources.options
        do throws(RegistryFailure) {
            let owner = try await resources.image(task.imageID, requestID: task.id).owner
            return try await UploadReservation.begin(
                uploadID, imageID: task.imageID, bytes: task.bytesExpected, failureStatus: .queued,
                purpose: task.kind.isImport ? .importing : .data, quota: options.storageQuota,
                quotas: try await options.limits.of(owner), viewer: Viewer(projectID: nil, isAdmin: true),
                registry: resources.registry, requestID: task.id)
        } catch {
            let mayBeDone = task.kind.isImport || task.attempts > 1 || task.bytesDone > 0
            switch error {
            case .conflict(.active): if mayBeDone { return nil }
            case .quotaExceeded(let quota, let limit, let used):
                throw UploadFailure.overQuota(quota: quota, limit: limit, used: used)
            default: break
            }
            throw error
        }
    }

    /// Tries one place after the other until one has data that are what was promised.
    private func arrive(
        _ task: inout ImageTask, _ original: RemoteImageDescription?, _ ledger: CopyLedger,
        _ mark: UploadsInFlight.Mark
    ) async throws -> (ArrivedData, virtualSize: Int64?) {
        var failures: [String] = []
        while true {
            let store = task.stores?.left.first ?? resources.options.stores?.defaultID
            do {
                let digest = try ClaimedDigest(task.claim ?? original?.claim)
                let (came, isMade) = try await fetched(&task, into: store, original, digest, ledger, mark)
                if isMade { return (came, try await came.judge(for: task)) }
                try await came.verify(
                    task.claim ?? original?.claim, digest, size: original?.size, imageID: task.imageID)
                let data = try await came.processed(for: &task, ledger, mark)
                return (data, try await data.judge(for: task))
            } catch let error where error.isOfStore && task.stores != nil && store != nil {
                // The first store that takes them gets them.
                try task.stores?.fail(store ?? "", error)
                task.sourceTag = nil
                task.bytesDone = 0
            } catch {
                guard !mark.isCancelled, Self.isOfTheSource(error) else { throw error }
                failures.append("\(error)")
                guard task.takeNextSource() else {
                    throw failures.count == 1 ? error : SourcesFailed(reasons: failures)
                }
                task.message = "source \(failures.count): \(error)"
                _ = try await resources.registry.perform(UpdateTask(task: task, lease: resources.lease))
            }
        }
    }

    /// The whole of a source's data, from the source or from an earlier attempt.
    ///
    /// - Returns: with whether the import's plugins have done their part.
    private func fetched(
        _ task: inout ImageTask, into store: String?, _ original: RemoteImageDescription?, _ digest: ClaimedDigest?,
        _ ledger: CopyLedger, _ mark: UploadsInFlight.Mark
    ) async throws -> (ArrivedData, isMade: Bool) {
        if let note = task.sourceTag.flatMap(ArrivalNote.init) {
            if let kept = try await note.data(for: task.imageID, resources, mark, formats: original?.formats) {
                try await ledger.reserve(kept.data.blob.bytes)
                return kept
            }
            task.sourceTag = nil
        }
        let fetch = SourceFetch(resources: resources, ledger: ledger, mark: mark, digest: digest)
        let blob = try await fetch.run(&task, from: try source(of: task), into: resources.store.part(named: store))
        try await ArrivalNote(store: store, sha512: blob.sha512).write(into: &task, resources, mark)
        return (ArrivedData(blob: blob, store: store, formats: original?.formats, resources: resources), false)
    }

    private func source(of task: ImageTask) throws -> CopySource {
        if task.kind == .glanceDownload {
            let remote = try RemoteImageLookup(resources: resources).source(of: task)
            return .web(remote.dataURL, remote.fetcher, remote.fields)
        }
        if FileSources.isFile(task.sourceURL) {
            return .file(task.sourceURL, resources.options.fileSources, bytesMax: resources.options.imageSizeCap)
        }
        return .web(task.sourceURL, resources.fetcher)
    }

    /// Whether another place may do better.
    private static func isOfTheSource(_ error: any Error) -> Bool {
        switch error {
        case is FetchError, is SourceRestarts: true
        case UploadFailure.checksumMismatch: true
        default: false
        }
    }
}

/// None of several places had the data.
struct SourcesFailed: Error, CustomStringConvertible {
    let reasons: [String]

    var description: String {
        reasons.enumerated().map { "source \($0.offset + 1): \($0.element)" }.joined(separator: "; ")
    }
}

extension ImageTask {
    /// Turns to the next of several places; false where there is none. What came from the last one is void.
    mutating func takeNextSource() -> Bool {
        guard let index = sourceURLs.firstIndex(of: sourceURL), index + 1 < sourceURLs.count else { return false }
        sourceURL = sourceURLs[index + 1]
        sourceTag = nil
        bytesDone = 0
        bytesExpected = nil
        return true
    }
}
