import BlobStore
import ImageInspection
import ImageModel
import Logging
import OutboundHTTP
import Posix

/// Fetches images' data from outside in the background (v1 `copy_from`, v2's imports): a task row in the registry is the truth, a
/// task here does the work, and what a crash interrupts is begun again at the next start.
public final class CopyWorker: Sendable {
    /// How often a source that breaks off is asked again, and how long after, in seconds.
    private static let pausesSeconds: [Double] = [1, 2, 4, 8]
    /// Between two notes of progress in the task's row, in seconds.
    private static let progressSeconds: Double = 2

    private let options: ImageAPIOptions
    private let registry: RegistryClient
    private let store: any BlobStore
    private let end: UploadEnd
    private let inFlight: UploadsInFlight
    private let fetcher: OutboundFetcher
    private let pool: BlockingPool
    private let group: EventLoopGroup
    private let logger: Logger

    /// - Parameter pool: a thread a copy that runs; others wait in its queue.
    public init(
        options: ImageAPIOptions, registry: RegistryClient, store: any BlobStore, end: UploadEnd,
        inFlight: UploadsInFlight, fetcher: OutboundFetcher, pool: BlockingPool, group: EventLoopGroup, logger: Logger
    ) {
        self.options = options
        self.registry = registry
        self.store = store
        self.end = end
        self.inFlight = inFlight
        self.fetcher = fetcher
        self.pool = pool
        self.group = group
        self.logger = logger
    }

    /// Writes the task's row and begins.
    func start(
        from url: String, to image: Image, bytesExpected: Int64?, _ context: RequestContext
    ) async throws(RegistryFailure) {
        let task = ImageTask(
            id: ImageID.random(), kind: .copyFrom, imageID: image.id, sourceURL: url, bytesExpected: bytesExpected)
        _ = try await registry.perform(CreateTask(task: task), requestID: context.requestID)
        run(task)
    }

    /// Makes the image `importing`, writes the task's row and begins.
    func startImport(
        _ kind: ImageTask.Kind, from url: String, of image: Image, claim: DigestClaim?, _ context: RequestContext
    ) async throws(RegistryFailure) -> ImageTask {
        var task = ImageTask(
            id: ImageID.random(), kind: kind, imageID: image.id, sourceURL: url, bytesExpected: nil)
        task.userID = context.caller.userID
        task.requestID = context.requestID
        task.claim = claim
        let start = StartImport(task: task, viewer: context.caller.viewer, quotas: options.quotas)
        _ = try await registry.perform(start, requestID: context.requestID)
        run(task)
        return task
    }

    /// Takes up what an earlier process has not finished; to be called once, at the start.
    public func resumeUnfinished() async throws(RegistryFailure) {
        for task in try await registry.perform(ListUnfinishedTasks()).tasks { run(task) }
    }

    private func run(_ task: ImageTask) {
        Task(executorPreference: group.next()) { await self.work(on: task) }
    }

    private func work(on task: ImageTask) async {
        var task = task
        task.status = .processing
        task.attempts += 1
        do {
            try await whileRegistryIsAway {
                _ = try await self.registry.perform(UpdateTask(task: task))
                try await self.perform(&task)
            }
            task.status = .success
            task.message = ""
            logger.info("copied", metadata: ["image": "\(task.imageID)", "bytes": "\(task.bytesDone)"])
        } catch CopyFailure.imageDeleted {
            return
        } catch {
            logger.warning("copy failed", metadata: ["image": "\(task.imageID)", "reason": "\(error)"])
            task.status = .failure
            task.message = "\(error)"
            // The image first: a crash in between does the task again, and ends here again.
            try? await whileRegistryIsAway { try await self.giveUp(task) }
        }
        let last = task
        try? await whileRegistryIsAway { _ = try await self.registry.perform(UpdateTask(task: last)) }
    }

    /// Does what the task is about.
    private func perform(_ task: inout ImageTask) async throws {
        do {
            switch task.kind {
            case .copyFrom, .webDownload, .taskImport: try await copy(&task)
            case .glanceDirect: try await importStaged(task)
            case .locationImport: try await addLocation(&task)
            }
        } catch RegistryFailure.notFound where task.kind == .glanceDirect || task.kind == .locationImport {
            throw CopyFailure.imageDeleted
        }
    }

    /// Gives a failed task's image the status that its API knows for that.
    private func giveUp(_ task: ImageTask) async throws {
        guard task.kind != .copyFrom else {
            _ = try await registry.perform(KillImage(imageID: task.imageID))
            return
        }
        if task.kind == .glanceDirect { try await store.remove(id: task.imageID) }
        _ = try await registry.perform(FailImport(task: task))
    }

    /// Reads what lies outside through, and makes its image active.
    private func addLocation(_ task: inout ImageTask) async throws {
        let mark = inFlight.begin(task.imageID)
        defer { inFlight.end(task.imageID) }
        var pauses = Self.pausesSeconds[...]
        while true {
            let (source, claim, bytesMax) = (task.sourceURL, task.claim, options.imageSizeCap)
            let result = await pool.result { [fetcher] () throws(FetchError) in
                try SourceDigests(
                    of: source, claim: claim, bytesMax: bytesMax, fetcher: fetcher, isCancelled: { mark.isCancelled })
            }
            switch result {
            case .success(let digests):
                if let claim, digests.claimed != claim.value {
                    throw UploadFailure.checksumMismatch(supplied: claim.value, received: digests.claimed ?? "")
                }
                task.bytesDone = digests.bytes
                try await activate(task, digests)
                return
            case .failure(let failure):
                if mark.isCancelled { throw CopyFailure.imageDeleted }
                guard failure.isPassing, let pause = pauses.popFirst() else { throw failure.cause }
                await EventLoop.current?.sleep(until: .after(seconds: pause))
            }
        }
    }

    private func activate(_ task: ImageTask, _ digests: SourceDigests) async throws {
        let activate = ActivateLocation(
            imageID: task.imageID, viewer: Viewer(projectID: nil, isAdmin: true), size: digests.bytes,
            location: ImageLocation(url: task.sourceURL), checksum: digests.md5,
            hash: DigestClaim(algorithm: "sha512", value: digests.sha512))
        do throws(RegistryFailure) {
            _ = try await registry.perform(activate)
        } catch {
            // An earlier process may have ended between the image's last step and the task's.
            guard error == .conflict(status: .active), task.attempts > 1 else { throw error }
        }
    }

    /// Begins again as long as the registry can't be reached: its absence fails no copy, and loses none.
    private func whileRegistryIsAway(_ operation: () async throws -> Void) async throws {
        while true {
            do {
                return try await operation()
            } catch RegistryFailure.unavailable(let reason) {
                logger.warning("a copy waits for the registry", metadata: ["reason": "\(reason)"])
                await EventLoop.current?.sleep(until: .after(seconds: 1))
            }
        }
    }

    private func copy(_ task: inout ImageTask) async throws {
        let uploadID = ImageID.random()
        do {
            try await copy(&task, as: uploadID)
        } catch {
            // Not before it is settled can a failed copy's image be killed: killing takes no upload away.
            await end.settle(imageID: task.imageID, uploadID: uploadID)
            throw error
        }
    }

    private func copy(_ task: inout ImageTask, as uploadID: String) async throws {
        let reservation: UploadReservation
        do {
            reservation = try await UploadReservation.begin(
                uploadID, imageID: task.imageID, bytes: task.bytesExpected, failureStatus: .queued,
                purpose: task.kind.isImport ? .importing : .data, quota: options.storageQuota,
                quotas: options.quotas,
                viewer: Viewer(projectID: nil, isAdmin: true), registry: registry, requestID: task.id)
        } catch RegistryFailure.conflict(.active) where task.kind.isImport {
            // An earlier process ended between the image's last step and the task's.
            return
        } catch RegistryFailure.quotaExceeded(let quota, let limit, let used) {
            throw UploadFailure.overQuota(quota: quota, limit: limit, used: used)
        }
        let mark = inFlight.begin(task.imageID)
        defer { inFlight.end(task.imageID) }
        let ledger = CopyLedger(reservation, group: group)
        let blob: StoredBlob
        let virtualSize: Int64?
        do {
            blob = try await fetch(&task, ledger: ledger, mark)
            virtualSize = try await look(at: blob, of: try await check(blob, of: task), task)
        } catch {
            throw mark.isCancelled ? CopyFailure.imageDeleted : error
        }
        task.bytesDone = blob.bytes
        do throws(UploadFailure) {
            _ = try await end.succeed(
                blob, in: options.stores?.defaultID, ledger.current, virtualSize: virtualSize, requestID: task.id)
        } catch {
            switch error {
            case .imageDeleted: throw CopyFailure.imageDeleted
            case .registry(let failure): throw failure
            default: throw error
            }
        }
    }

    /// What the data say of themselves; an import refuses what is not what the image says, and removes it.
    private func look(at blob: StoredBlob, of image: Image, _ task: ImageTask) async throws -> Int64? {
        guard task.kind.isImport else { return image.inspectedSize(blob.inspection) }
        do throws(UploadFailure) {
            return try image.judge(blob.inspection, by: options.formatMatch)
        } catch {
            try await store.remove(id: image.id)
            throw error
        }
    }

    /// Looks at what was staged, and makes it the image's.
    private func importStaged(_ task: ImageTask) async throws {
        let get = GetImage(id: task.imageID, viewer: Viewer(projectID: nil, isAdmin: true))
        let image = try await registry.perform(get, requestID: task.id)
        if image.status == .active { return }
        // The formats may have come after the data.
        let blob = try await store.open(id: image.id)
        var inspector = ImageInspector()
        var offset: Int64 = 0
        while offset < blob.bytes {
            let bytes = try await blob.read(at: offset, bytesMax: 1 << 20)
            if bytes.isEmpty { break }
            bytes.withUnsafeBytes { inspector.feed($0) }
            offset += Int64(bytes.count)
        }
        let virtualSize = try image.judge(inspector.finish(), by: options.formatMatch)
        _ = try await registry.perform(
            FinishStagedImport(
                imageID: image.id, virtualSize: virtualSize, store: options.stores?.defaultID,
                quotas: options.quotas))
    }

    /// Compares the data with the checksum that the client gave when it named the source; what differs is removed.
    private func check(_ blob: StoredBlob, of task: ImageTask) async throws -> Image {
        let get = GetImage(id: task.imageID, viewer: Viewer(projectID: nil, isAdmin: true))
        let image = try await registry.perform(get, requestID: task.id)
        guard let supplied = image.checksum, supplied.lowercased() != blob.md5 else { return image }
        try await store.remove(id: task.imageID)
        throw UploadFailure.checksumMismatch(supplied: supplied, received: blob.md5)
    }

    /// Fetches until the source is through, going on where it broke off, in this process or in the one before, as long
    /// as the source lets us.
    private func fetch(
        _ task: inout ImageTask, ledger: CopyLedger, _ mark: UploadsInFlight.Mark
    ) async throws -> StoredBlob {
        var sink = try await store.beginUpload(id: task.imageID, expectedBytes: nil, resuming: task.id)
        var pauses = Self.pausesSeconds[...]
        do {
            if sink.receivedBytes > 0, task.sourceTag == nil {
                sink = try await restart(sink, &task)
            }
            while true {
                if let failure = await attempt(&task, into: sink, ledger: ledger, mark) {
                    guard failure.isPassing, let pause = pauses.popFirst() else { throw failure.cause }
                    logger.info(
                        "copy goes on after a pause",
                        metadata: [
                            "image": "\(task.imageID)", "reason": "\(failure)", "bytes": "\(sink.receivedBytes)",
                        ])
                    await EventLoop.current?.sleep(until: .after(seconds: pause))
                    // Without a tag nobody knows whether the source is still the same.
                    if task.sourceTag == nil || failure.mustRestart { sink = try await restart(sink, &task) }
                } else {
                    return try await sink.finish()
                }
            }
        } catch RegistryFailure.unavailable(let reason) {
            // What is there stays for the next try: the sink is let go of, not aborted.
            throw RegistryFailure.unavailable(reason)
        } catch {
            await sink.abort()
            throw error
        }
    }

    /// One try; nil where the source is through.
    private func attempt(
        _ task: inout ImageTask, into sink: UploadSink, ledger: CopyLedger, _ mark: UploadsInFlight.Mark
    ) async -> FetchError? {
        task.bytesDone = sink.receivedBytes
        let attempt = CopyAttempt(
            task: task, sink: sink, ledger: ledger, mark: mark, bytesMax: options.imageSizeCap, registry: registry)
        let progress = report(attempt, of: sink)
        let result = await pool.result { [fetcher] () throws(FetchError) in try attempt.run(fetcher) }
        progress.cancel()
        task = attempt.task
        task.bytesDone = sink.receivedBytes
        if case .failure(let failure) = result { return failure }
        return nil
    }

    /// A sink without a byte in it.
    private func restart(_ sink: UploadSink, _ task: inout ImageTask) async throws -> UploadSink {
        await sink.abort()
        task.sourceTag = nil
        return try await store.beginUpload(id: task.imageID, expectedBytes: nil, resuming: task.id)
    }

    /// Notes the progress in the task's row while an attempt runs.
    private func report(_ attempt: CopyAttempt, of sink: UploadSink) -> Task<Void, Never> {
        let loop = group.next()
        return Task(executorPreference: loop) {
            while true {
                await loop.sleep(until: .after(seconds: Self.progressSeconds))
                if Task.isCancelled { return }
                var task = attempt.task
                task.bytesDone = sink.receivedBytes
                _ = try? await self.registry.perform(UpdateTask(task: task))
                self.logger.info("copying", metadata: ["image": "\(task.imageID)", "bytes": "\(task.bytesDone)"])
            }
        }
    }
}

/// How a copy ends beside what the layers beneath throw.
enum CopyFailure: Error, Equatable, CustomStringConvertible {
    /// Nobody is there to be told.
    case imageDeleted

    var description: String { "the image was deleted" }
}
