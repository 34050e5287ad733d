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
    private let bytesMax: Int64
    private let registry: RegistryClient
    private let state: Locked<ImageTask>

    init(
        task: ImageTask, sink: UploadSink, ledger: CopyLedger, mark: UploadsInFlight.Mark, bytesMax: Int64,
        registry: RegistryClient
    ) {
        self.sink = sink
        self.ledger = ledger
        self.mark = mark
        self.bytesMax = bytesMax
        self.registry = registry
        state = Locked(task)
    }

    /// The task with the source's tag, as it told in this try.
    var task: ImageTask { state.withLock { $0 } }

    func run(_ fetcher: OutboundFetcher) throws(FetchError) {
        let task = task
        let offset = sink.receivedBytes
        try fetcher.fetch(
            task.sourceURL, from: offset, etag: offset > 0 ? task.sourceTag : nil,
            onResponse: { response in
                guard response.offset == offset else { throw SourceRestarts() }
                try self.note(response.etag)
                if let total = response.bytesTotal {
                    guard total <= self.bytesMax else { throw UploadFailure.tooLarge(bytesMax: self.bytesMax) }
                    try self.ledger.cover(total)
                }
            },
            sink: { bytes in
                let total = self.sink.receivedBytes + Int64(bytes.count)
                guard total <= self.bytesMax else { throw UploadFailure.tooLarge(bytesMax: self.bytesMax) }
                try self.ledger.cover(total)
                try self.sink.write(bytes)
            },
            isCancelled: { self.mark.isCancelled })
    }

    /// Writes the source's tag into the task's row before the first byte is stored that belongs to it: after a crash, the
    /// row's tag vouches for the bytes in the staging file.
    private func note(_ tag: String?) throws(RegistryFailure) {
        let changed = state.withLock { task -> ImageTask? in
            guard task.sourceTag != tag else { return nil }
            task.sourceTag = tag
            return task
        }
        guard let changed else { return }
        let registry = registry
        _ = try ledger.group.wait { () async throws(RegistryFailure) in
            try await registry.perform(UpdateTask(task: changed))
        }.get()
    }
}

/// The source sends from its start what is there in part already: it has changed, or can't go on.
struct SourceRestarts: Error {}
