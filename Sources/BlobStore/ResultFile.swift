import Posix
import Synchronization

/// A file in the store that another program writes, to be a blob in the end.
///
/// It ends in `seal()`; one that is dropped without is removed.
public final class ResultFile: Sendable {
    private let id: String
    private let staged: StagingFile
    private let pool: BlockingPool
    private let digestPool: BlockingPool
    private let isEnded = Locked(false)

    init(id: String, staged: StagingFile, pool: BlockingPool, digestPool: BlockingPool) {
        self.id = id
        self.staged = staged
        self.pool = pool
        self.digestPool = digestPool
    }

    deinit {
        guard !isEnded.withLock({ $0 }) else { return }
        let staged = staged
        pool.submit { staged.discard() }
    }

    /// For reading and writing, as long as this object lives.
    public var fileDescriptor: CInt { staged.descriptor }

    /// Bytes that are there now; blocks, for a moment.
    public func writtenBytes() throws(StoreError) -> Int64 { try staged.size() }

    /// Reads what has been written through, as the program has ended: digests and inspection.
    public func seal() async throws(StoreError) -> SealedUpload {
        let staged = staged
        let written = try await pool.perform { () throws(StoreError) in try staged.adopt() }
        let sink = try UploadSink(
            id: id, expectedBytes: written, staged: staged, pool: pool, digestPool: digestPool)
        isEnded.withLock { $0 = true }
        do throws(StoreError) {
            try await sink.rehash()
            return try await sink.seal()
        } catch {
            await sink.abort()
            throw error
        }
    }
}
