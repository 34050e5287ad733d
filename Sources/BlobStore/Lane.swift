import ImageInspection
import Posix
import Synchronization

/// One of the things that are done with every byte of an upload, on threads of the pool that suits it.
///
/// A lane gets the pieces in order, one at a time; different lanes get them side by side. To add one, put it on the
/// list in `UploadSink.init`.
protocol Lane: Sendable {
    /// How many pieces it likes to take in one go, where as many wait.
    static var piecesPerGoMax: Int { get }
    /// Takes the next pieces, which follow one another from the offset. What it throws ends the upload.
    func consume(_ pieces: [UnsafeRawBufferPointer], at offset: Int64) throws(StoreError)
}

/// A lane that has nothing to gain from seeing several pieces at once.
protocol PieceLane: Lane {
    /// Takes the next piece. What it throws ends the upload.
    func consume(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(StoreError)
}

extension PieceLane {
    static var piecesPerGoMax: Int { 1 }

    func consume(_ pieces: [UnsafeRawBufferPointer], at offset: Int64) throws(StoreError) {
        var offset = offset
        for bytes in pieces {
            try consume(bytes, at: offset)
            offset += Int64(bytes.count)
        }
    }
}

/// Hashes.
final class DigestLane: PieceLane {
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
final class InspectionLane: PieceLane {
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
    static var piecesPerGoMax: Int { max(First.piecesPerGoMax, Second.piecesPerGoMax) }

    let first: First
    let second: Second

    func consume(_ pieces: [UnsafeRawBufferPointer], at offset: Int64) throws(StoreError) {
        try first.consume(pieces, at: offset)
        try second.consume(pieces, at: offset)
    }
}

/// Writes to where the blob is being made.
struct WriteLane: Lane {
    /// A megabyte: a disk that is behind gets fewer and longer writes.
    static let piecesPerGoMax = (1 << 20) / Chunk.bytes

    let staged: any StagedBlob

    func consume(_ pieces: [UnsafeRawBufferPointer], at offset: Int64) throws(StoreError) {
        var offset = offset
        var pieces = pieces[...]
        // What a resumed upload reads again for the digests is in place already.
        while let piece = pieces.first, offset < staged.resumedBytes {
            offset += Int64(piece.count)
            pieces = pieces.dropFirst()
        }
        guard !pieces.isEmpty else { return }
        try staged.write(Array(pieces), at: offset)
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
    func write(_ pieces: [UnsafeRawBufferPointer], at offset: Int64) throws(StoreError)
    /// The last piece has come: from now on it is read, or committed.
    func endWriting() throws(StoreError)
    /// Makes the blob, of that length, durable and visible under its id, never replacing another.
    ///
    /// - Returns: its location.
    func commit(bytes: Int64) throws(StoreError) -> String
    /// Removes it. What cannot be removed is left for `removeStaging`.
    func discard()
}
