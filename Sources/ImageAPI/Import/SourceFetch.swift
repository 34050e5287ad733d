import BlobStore
import ImageModel
import Logging
import OutboundHTTP
import Posix

/// Brings a task's source into the store: it goes on where the source broke off, in this process or in the one before, as
/// long as the source lets us.
struct SourceFetch: Sendable {
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
        let notes = ProgressNotes(resources, mark) {
            var task = attempt.task
            task.bytesDone = sink.receivedBytes
            return task
        }
        let result = await resources.pool.result { () throws(FetchError) in try attempt.run(source) }
        await notes.end()
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
}
