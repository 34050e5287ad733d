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
    /// Sees the bytes as they come; nil where nothing is promised of them that the store does not see itself.
    let digest: ClaimedDigest?

    /// Fetches until the source is through.
    ///
    /// - Parameter store: where the bytes go, under the image's id.
    /// - Throws: what ended the last attempt; nothing is left in the store then, unless the registry is away: what is
    ///   there stays for the next try.
    func run(
        _ task: inout ImageTask, from source: CopySource, into store: any BlobStore
    ) async throws -> StoredBlob {
        var sink = try await store.beginUpload(id: task.imageID, expectedBytes: nil, resuming: task.id)
        var pauses = RetryPauses(resources.options.tasks, at: sink.receivedBytes)
        do {
            if sink.receivedBytes > 0, task.sourceTag == nil {
                sink = try await restart(sink, &task, in: store)
            }
            while true {
                guard let failure = await attempt(&task, from: source, into: sink) else {
                    return try await sink.finish()
                }
                let pause = try pauses.next(after: failure, at: sink.receivedBytes)
                try await note(failure, in: &task)
                resources.logger.info(
                    "copy goes on after a pause",
                    metadata: ["image": "\(task.imageID)", "reason": "\(failure)", "bytes": "\(sink.receivedBytes)"])
                await mark.pause(seconds: pause)
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
    private func attempt(
        _ task: inout ImageTask, from source: CopySource, into sink: UploadSink
    ) async -> FetchError? {
        task.bytesDone = sink.receivedBytes
        let attempt = CopyAttempt(
            task: task, sink: sink, ledger: ledger, mark: mark, digest: digest, resources: resources)
        let progress = report(attempt, of: sink)
        let result = await resources.pool.result { () throws(FetchError) in try attempt.run(source) }
        progress.cancel()
        task = attempt.task
        task.bytesDone = sink.receivedBytes
        if case .failure(let failure) = result { return failure }
        return nil
    }

    /// Has those who wait see why it does not go straight on.
    private func note(_ failure: FetchError, in task: inout ImageTask) async throws {
        task.message = "\(failure.cause)"
        do throws(RegistryFailure) {
            _ = try await resources.registry.perform(UpdateTask(task: task, lease: resources.lease))
        } catch {
            if let stop = TaskStop(error) { throw stop }
            throw error
        }
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
        let (registry, logger, lease, mark) = (resources.registry, resources.logger, resources.lease, mark)
        return Task(executorPreference: loop) {
            while true {
                await loop.sleep(until: .after(seconds: Self.progressSeconds))
                if Task.isCancelled { return }
                var task = attempt.task
                task.bytesDone = sink.receivedBytes
                do throws(RegistryFailure) {
                    _ = try await registry.perform(UpdateTask(task: task, lease: lease))
                } catch {
                    // Deleted, by another process perhaps, or taken over: nobody wants the bytes.
                    if TaskStop(error) != nil { mark.cancel() }
                }
                logger.info("copying", metadata: ["image": "\(task.imageID)", "bytes": "\(task.bytesDone)"])
            }
        }
    }
}
