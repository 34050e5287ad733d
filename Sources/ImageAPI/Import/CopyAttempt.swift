import BlobStore
import ImageModel
import OutboundHTTP
import Posix
import Synchronization

/// One try at a source, on a thread that may block: its bytes go into the sink, behind those that are there.
final class CopyAttempt: Sendable {
    private let sink: UploadSink
    private let ledger: CopyLedger
    private let mark: UploadsInFlight.Mark
    private let digest: ClaimedDigest?
    private let resources: TaskResources
    private let state: Locked<ImageTask>

    init(
        task: ImageTask, sink: UploadSink, ledger: CopyLedger, mark: UploadsInFlight.Mark, digest: ClaimedDigest?,
        resources: TaskResources
    ) {
        self.sink = sink
        self.ledger = ledger
        self.mark = mark
        self.digest = digest
        self.resources = resources
        state = Locked(task)
    }

    /// The task with what the source has told in this try.
    var task: ImageTask { state.withLock { $0 } }

    func run(_ source: CopySource) throws(FetchError) {
        let task = task
        let offset = sink.receivedBytes
        let bytesMax = resources.options.imageSizeCap
        try source.fetch(
            from: offset, etag: offset > 0 ? task.sourceTag : nil,
            onResponse: { response in
                guard response.offset == offset else { throw SourceRestarts() }
                if let total = response.bytesTotal {
                    guard total <= bytesMax else { throw UploadFailure.tooLarge(bytesMax: bytesMax) }
                    try self.cover(total)
                }
                try self.note(response)
            },
            sink: { bytes in
                let before = self.sink.receivedBytes
                let total = before + Int64(bytes.count)
                guard total <= bytesMax else { throw UploadFailure.tooLarge(bytesMax: bytesMax) }
                try self.cover(total)
                try self.digest?.update(bytes, at: before)
                try self.sink.write(bytes)
            },
            isCancelled: { self.mark.isCancelled })
    }

    private func cover(_ bytes: Int64) throws {
        do throws(RegistryFailure) {
            try ledger.cover(bytes)
        } catch {
            guard case .quotaExceeded(let quota, let limit, let used) = error else { throw error }
            throw UploadFailure.overQuota(quota: quota, limit: limit, used: used)
        }
    }

    /// Writes what the source tells into the task's row before the first byte is stored that belongs to it: after a crash,
    /// the row's tag vouches for the bytes in the staging file.
    ///
    /// - Throws: `TaskStop` where the task is no longer ours.
    private func note(_ response: FetchedResponse) throws {
        let changed = state.withLock { task -> ImageTask? in
            guard task.sourceTag != response.etag || task.bytesExpected != response.bytesTotal else { return nil }
            task.sourceTag = response.etag
            task.bytesExpected = response.bytesTotal
            return task
        }
        guard let changed else { return }
        let (registry, lease) = (resources.registry, resources.lease)
        do throws(RegistryFailure) {
            _ = try ledger.group.wait { () async throws(RegistryFailure) in
                try await registry.perform(UpdateTask(task: changed, lease: lease))
            }.get()
        } catch {
            if let stop = TaskStop(error) { throw stop }
            throw error
        }
    }
}

/// The source sends from its start what is there in part already: it has changed, or can't go on.
struct SourceRestarts: Error, CustomStringConvertible {
    var description: String { "the source begins anew instead of going on" }
}
