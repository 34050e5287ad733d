import ImageInspection
import Posix
import Synchronization

/// One of the things that are done with every byte of an upload, on threads of the pool that suits it.
///
/// A lane gets the pieces in order, one at a time; different lanes get them side by side. To add one, put it on the
/// list in `UploadSink.init`.
protocol Lane: Sendable {
    /// Takes the next piece. What it throws ends the upload.
    func consume(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(StoreError)
}

/// Hashes.
final class DigestLane: Lane {
    // Never contended, as pieces come one at a time; the lock says so to the compiler.
    private let digest: Locked<Digest>

    init(_ algorithm: Digest.Algorithm) throws(StoreError) {
        digest = Locked(try Digest(algorithm))
    }

    func consume(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(StoreError) {
        try digest.withLock { (digest) throws(StoreError) in try digest.update(bytes) }
    }

    func finalize() throws(StoreError) -> String {
        try digest.withLock { (digest) throws(StoreError) in try digest.finalize() }
    }
}

/// Looks at what the image is. Next to nothing to do once its first megabyte has gone by.
final class InspectionLane: Lane {
    // Never contended, as with the digests.
    private let inspector = Locked(ImageInspector())

    func consume(_ bytes: UnsafeRawBufferPointer, at offset: Int64) {
        inspector.withLock { $0.feed(bytes) }
    }

    func finish() -> InspectionVerdict {
        inspector.withLock { $0.finish() }
    }
}

/// Two lanes in one, for one that is not worth waking a thread for.
struct JoinedLane<First: Lane, Second: Lane>: Lane {
    let first: First
    let second: Second

    func consume(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(StoreError) {
        try first.consume(bytes, at: offset)
        try second.consume(bytes, at: offset)
    }
}

/// Writes to where the blob is being made.
struct WriteLane: Lane {
    let staged: any StagedBlob

    func consume(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(StoreError) {
        // What a resumed upload reads again for the digests is in place already.
        guard offset >= staged.resumedBytes else { return }
        try staged.write(bytes, at: offset)
    }
}

/// A blob in the making, as a store provides it. All calls may block and come from a pool's threads, one at a time.
protocol StagedBlob: AnyObject, Sendable {
    /// Bytes that an earlier process has left, whole and in order.
    var resumedBytes: Int64 { get }
    /// Whether the bytes outlive a sink that nobody finished or aborted.
    var isResumable: Bool { get }
    /// The file that it is, as long as this object lives; nil where the store has none.
    var fileDescriptor: CInt? { get }

    /// Reads what is there, for a resumed upload; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(StoreError) -> Int
    /// Appends: the offset is where the last piece ended.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(StoreError)
    /// Makes the blob, of that length, durable and visible under its id, never replacing another.
    ///
    /// - Returns: its location.
    func commit(bytes: Int64) throws(StoreError) -> String
    /// Removes it. What cannot be removed is left for `removeStaging`.
    func discard()
}
