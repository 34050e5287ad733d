import BlobStore
import ImageModel
import Logging
import OutboundHTTP
import Posix

/// Fetches images' data from outside in the background (v1 `copy_from`): a task row in the registry is the truth, a
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
        task.bytesDone = 0
        do {
            _ = try await registry.perform(UpdateTask(task: task))
            try await copy(&task)
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
            await insist { try await self.registry.perform(KillImage(imageID: task.imageID)) }
        }
        let last = task
        await insist { try await self.registry.perform(UpdateTask(task: last)) }
    }

    /// Repeats until the registry answers: the end of a task must not be lost because it is away.
    private func insist<Answer>(_ operation: () async throws -> Answer) async {
        while true {
            do {
                _ = try await operation()
                return
            } catch RegistryFailure.unavailable {
                guard let loop = EventLoop.current else { return }
                await loop.sleep(until: .after(seconds: 1))
            } catch {
                return
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
        let reservation = try await UploadReservation.begin(
            uploadID, imageID: task.imageID, bytes: task.bytesExpected, failureStatus: .queued,
            quota: options.storageQuota,
            viewer: Viewer(projectID: nil, isAdmin: true), registry: registry, requestID: task.id)
        let mark = inFlight.begin(task.imageID)
        defer { inFlight.end(task.imageID) }
        let ledger = CopyLedger(reservation, group: group)
        let blob: StoredBlob
        do {
            blob = try await fetch(&task, ledger: ledger, mark)
            try await check(blob, of: task)
        } catch {
            throw mark.isCancelled ? CopyFailure.imageDeleted : error
        }
        task.bytesDone = blob.bytes
        do throws(UploadFailure) {
            _ = try await end.succeed(blob, ledger.current, requestID: task.id)
        } catch {
            throw error == .imageDeleted ? CopyFailure.imageDeleted : error
        }
    }

    /// Compares the data with the checksum that the client gave when it named the source; what differs is removed.
    private func check(_ blob: StoredBlob, of task: ImageTask) async throws {
        let get = GetImage(id: task.imageID, viewer: Viewer(projectID: nil, isAdmin: true))
        let supplied = try await registry.perform(get, requestID: task.id).checksum
        guard let supplied, supplied.lowercased() != blob.md5 else { return }
        try await store.remove(id: task.imageID)
        throw UploadFailure.checksumMismatch(supplied: supplied, received: blob.md5)
    }

    /// Fetches until the source is through, going on where it broke off as long as the source lets us.
    private func fetch(
        _ task: inout ImageTask, ledger: CopyLedger, _ mark: UploadsInFlight.Mark
    ) async throws -> StoredBlob {
        var sink = try await store.beginUpload(id: task.imageID, expectedBytes: nil)
        var pauses = Self.pausesSeconds[...]
        var etag: String?
        do {
            while true {
                let attempt = CopyAttempt(
                    url: task.sourceURL, sink: sink, etag: etag, ledger: ledger, mark: mark,
                    bytesMax: options.imageSizeCap)
                let progress = report(task, of: sink)
                let failure = await pool.result { [fetcher] () throws(FetchError) in try attempt.run(fetcher) }.failure
                progress.cancel()
                guard let failure else { return try await sink.finish() }
                guard failure.isPassing, let pause = pauses.popFirst() else { throw attempt.cause(of: failure) }
                logger.info(
                    "copy goes on after a pause",
                    metadata: ["image": "\(task.imageID)", "reason": "\(failure)", "bytes": "\(sink.receivedBytes)"])
                etag = attempt.etag
                if etag == nil || attempt.mustRestart {
                    // Without a tag nobody knows whether the source is still the same: from the start.
                    await sink.abort()
                    sink = try await store.beginUpload(id: task.imageID, expectedBytes: nil)
                    etag = nil
                }
                await EventLoop.current?.sleep(until: .after(seconds: pause))
            }
        } catch {
            await sink.abort()
            throw error
        }
    }

    /// Notes the progress in the task's row while an attempt runs.
    private func report(_ task: ImageTask, of sink: UploadSink) -> Task<Void, Never> {
        let loop = group.next()
        return Task(executorPreference: loop) {
            var task = task
            while true {
                await loop.sleep(until: .after(seconds: Self.progressSeconds))
                if Task.isCancelled { return }
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

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
