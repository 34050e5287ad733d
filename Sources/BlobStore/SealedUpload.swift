import Glibc
import ImageInspection
import Posix
import Synchronization

/// An upload whose bytes have all come, are known and can be read, but are neither durable nor named yet.
///
/// It ends in `commit()`; one that is dropped without removes its bytes, unless the upload is resumable.
public final class SealedUpload: OpenBlob {
    public let content: BlobContent
    private let staged: any StagedBlob
    private let pool: BlockingPool
    private let isEnded = Locked(false)

    init(_ content: BlobContent, staged: any StagedBlob, pool: BlockingPool) {
        self.content = content
        self.staged = staged
        self.pool = pool
    }

    deinit {
        guard !isEnded.withLock({ $0 }), !staged.isResumable else { return }
        let staged = staged
        pool.submit { staged.discard() }
    }

    public var bytes: Int64 { content.bytes }

    public var fileDescriptor: CInt? { staged.fileDescriptor }

    public func read(at offset: Int64, bytesMax: Int) async throws(StoreError) -> [UInt8] {
        let staged = staged
        return try await pool.perform { () throws(StoreError) in
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytesMax, alignment: 16)
            defer { buffer.deallocate() }
            return Array(buffer[..<(try staged.read(into: buffer, at: offset))])
        }
    }

    /// Makes the blob durable and gives it its name. Returns only when a power cut can no longer take it away.
    ///
    /// - Throws: `.duplicate` where another upload of the same id was first.
    public func commit() async throws(StoreError) -> StoredBlob {
        let (content, staged) = (content, staged)
        let location = try await pool.perform { () throws(StoreError) in try staged.commit(bytes: content.bytes) }
        isEnded.withLock { $0 = true }
        return StoredBlob(content, location: location)
    }

    /// Removes it, of a resumable upload too.
    public func discard() async {
        isEnded.withLock { $0 = true }
        let staged = staged
        await pool.perform { staged.discard() }
    }
}
