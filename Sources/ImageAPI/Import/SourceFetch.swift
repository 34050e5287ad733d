import BlobStore
import ImageModel
import Logging
import OutboundHTTP
import Posix

/// Brings a task's source into the store: it goes on where the source broke off, in this process or in the one before, as
/// long as the source lets us.
struct SourceFetch: Sendable {
    /// Between two notes of progress in the task's row, in seconds.
    private static let progressSeconds: Double = 2

    let resources: TaskResources
    let ledger: CopyLedger
    let mark: UploadsInFlight.Mark

    /// Fetches until the source is through.
    ///
    /// - Parameter store: where the bytes go, under the image's id.
    /// - Throws: what ended the last attempt; nothing is left in the store then, unless the registry is away: what is
    ///   there stays for the next try.
    func run(_ task: inout ImageTask, into store: any BlobStore) async throws -> StoredBlob {
        var sink = try await store.beginUpload(id: task.imageID, expectedBytes: nil, resuming: task.id)
        var pauses = RetryPauses()
        do {
            if sink.receivedBytes > 0, task.sourceTag == nil {
                sink = try await restart(sink, &task, in: store)
            }
            while true {
                guard let failure = await attempt(&task, into: sink) else { return try await sink.finish() }
                let pause = try pauses.next(after: failure)
                resources.logger.info(
                    "copy goes on after a pause",
                    metadata: ["image": "\(task.imageID)", "reason": "\(failure)", "bytes": "\(sink.receivedBytes)"])
                await EventLoop.current?.sleep(until: .after(seconds: pause))
                // Without a tag nobody knows whether the source is still the same.
                if task.sourceTag == nil || failure.mustRestart { sink = try await restart(sink, &task, in: store) }
            }
        } catch RegistryFailure.unavailable(let reason) {
            // The sink is let go of, not aborted.
            throw RegistryFailure.unavailable(reason)
        } catch {
            await sink.abort()
            throw error
        }
    }

    /// One try; nil where the source is through.
    private func attempt(_ task: inout ImageTask, into sink: UploadSink) async -> FetchError? {
        task.bytesDone = sink.receivedBytes
        let attempt = CopyAttempt(
            task: task, sink: sink, ledger: ledger, mark: mark, bytesMax: resources.options.imageSizeCap,
            registry: resources.registry)
        let progress = report(attempt, of: sink)
        let fetcher = resources.fetcher
        let result = await resources.pool.result { () throws(FetchError) in try attempt.run(fetcher) }
        progress.cancel()
        task = attempt.task
        task.bytesDone = sink.receivedBytes
        if case .failure(let failure) = result { return failure }
        return nil
    }

    /// A sink without a byte in it.
    private func restart(
        _ sink: UploadSink, _ task: inout ImageTask, in store: any BlobStore
    ) async throws -> UploadSink {
        await sink.abort()
        task.sourceTag = nil
        return try await store.beginUpload(id: task.imageID, expectedBytes: nil, resuming: task.id)
    }

    /// Notes the progress in the task's row while an attempt runs.
    private func report(_ attempt: CopyAttempt, of sink: UploadSink) -> Task<Void, Never> {
        let loop = resources.group.next()
        let (registry, logger) = (resources.registry, resources.logger)
        return Task(executorPreference: loop) {
            while true {
                await loop.sleep(until: .after(seconds: Self.progressSeconds))
                if Task.isCancelled { return }
                var task = attempt.task
                task.bytesDone = sink.receivedBytes
                _ = try? await registry.perform(UpdateTask(task: task))
                logger.info("copying", metadata: ["image": "\(task.imageID)", "bytes": "\(task.bytesDone)"])
            }
        }
    }
}
