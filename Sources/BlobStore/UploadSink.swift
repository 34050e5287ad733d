import Glibc
import Posix
import Synchronization

/// Takes one blob in: the way of every upload, whoever produces the bytes.
///
/// The producer fills buffers, or pushes bytes with `write`; MD5, SHA-512 and the file go on side by side behind it.
/// There are few buffers, so a producer that is faster than they are waits. It ends in `finish()` or in `abort()`; a
/// sink that is dropped without either removes what it has written, unless the upload is resumable.
///
/// To be used by one task or thread at a time. After an error every call throws that error, and `abort()` remains.
public final class UploadSink: Sendable {
    /// Bytes a buffer.
    public static let bufferBytes = Chunk.bytes
    /// Buffers of one upload: its memory, whatever its length.
    public static let buffersMax = Pipeline.chunksMax
    /// Up to here an upload is hashed and written by one job, as waking three threads would cost more.
    static let smallBytesMax: Int64 = 256 << 10

    private struct State {
        var isEnded = false
        var submittedBytes: Int64 = 0
        /// The chunk that `write` fills.
        var partial: (chunk: Chunk, bytes: Int)?

        mutating func takePartial() -> (chunk: Chunk, bytes: Int)? {
            defer { partial = nil }
            return partial
        }
    }

    private let id: String
    private let expectedBytes: Int64?
    private let staged: any StagedBlob
    private let pool: BlockingPool
    private let md5: DigestLane
    private let sha512: DigestLane
    private let inspection = InspectionLane()
    private let pipeline: Pipeline
    private let state = Locked(State())

    init(
        id: String, expectedBytes: Int64?, staged: any StagedBlob, pool: BlockingPool, digestPool: BlockingPool
    ) throws(StoreError) {
        self.id = id
        self.expectedBytes = expectedBytes
        self.staged = staged
        self.pool = pool
        md5 = try DigestLane(.md5)
        sha512 = try DigestLane(.sha512)
        pipeline = Pipeline([
            Pipeline.Step(lane: md5, pool: digestPool),
            Pipeline.Step(lane: sha512, pool: digestPool),
            // The lane that has the least to do.
            Pipeline.Step(lane: JoinedLane(first: inspection, second: WriteLane(staged: staged)), pool: pool),
        ])
    }

    deinit {
        guard !state.withLock({ $0.isEnded }), !staged.isResumable else { return }
        pipeline.fail(.ended(id: id))
        // A lane may be at work for a moment longer: on a file without a name, which goes when it is closed.
        let staged = staged
        pool.submit { staged.discard() }
    }

    // MARK: For producers

    /// Bytes taken so far, with the resumed ones: the offset of the next byte.
    public var receivedBytes: Int64 {
        state.withLock { $0.submittedBytes + Int64($0.partial?.bytes ?? 0) }
    }

    /// Bytes that an earlier process has left: the producer goes on at this offset of its source. 0 for a new upload.
    public var resumedBytes: Int64 { staged.resumedBytes }

    /// A buffer to fill; waits while the digests or the disk are behind.
    public func buffer() async throws(StoreError) -> UploadBuffer {
        try checkOpen()
        return UploadBuffer(try await pipeline.chunk(), of: self)
    }

    /// Takes the first `bytes` of a buffer as the next ones of the blob; does not wait for anything.
    public func submit(_ buffer: consuming UploadBuffer, bytes: Int) throws(StoreError) {
        precondition(buffer.sink === self, "the buffer belongs to another upload")
        precondition((0...Self.bufferBytes).contains(bytes))
        try submitPartial()
        guard bytes > 0 else { return }
        try submit(buffer.handOver(), bytes: bytes)
    }

    /// Takes the bytes as the next ones of the blob, for a producer on a thread that may block: it waits on this thread
    /// while the digests or the disk are behind. The thread may be one of the pool's.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        precondition(EventLoop.current == nil, "an event loop must not block")
        try checkOpen()
        try pipeline.check()
        var rest = bytes
        while !rest.isEmpty {
            let partial = try takePartial()
            let count = min(rest.count, Self.bufferBytes - partial.bytes)
            UnsafeMutableRawBufferPointer(rebasing: partial.chunk.memory[partial.bytes...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            if partial.bytes + count == Self.bufferBytes {
                try submit(partial.chunk, bytes: Self.bufferBytes)
            } else {
                state.withLock { $0.partial = (partial.chunk, partial.bytes + count) }
            }
        }
    }

    /// Makes the blob durable and gives it its name. Returns only when a power cut can no longer take it away.
    ///
    /// - Throws: `.duplicate` where another upload of the same id was first; `.lengthMismatch`; what a lane threw.
    public func finish() async throws(StoreError) -> StoredBlob {
        try checkOpen()
        try submitPartial()
        await pipeline.drain()
        do throws(StoreError) {
            let blob = try await pool.perform { () throws(StoreError) in try self.commit() }
            end()
            return blob
        } catch {
            pipeline.fail(error)
            throw error
        }
    }

    /// Ends the stream of bytes, and keeps what has come without making it durable or giving it its name.
    ///
    /// - Throws: as `finish()` does, but for `.duplicate`.
    public func seal() async throws(StoreError) -> SealedUpload {
        try checkOpen()
        try submitPartial()
        await pipeline.drain()
        do throws(StoreError) {
            let content = try await pool.perform { () throws(StoreError) in try self.judge() }
            let sealed = SealedUpload(content, staged: staged, pool: pool)
            end()
            return sealed
        } catch {
            pipeline.fail(error)
            throw error
        }
    }

    /// Ends the upload and removes what is there of it, of a resumable one too. Once it has ended, does nothing.
    public func abort() async {
        let isFirst = state.withLock { state in
            defer { state.isEnded = true }
            return !state.isEnded
        }
        guard isFirst else { return }
        pipeline.fail(.ended(id: id))
        await pipeline.drain()
        end()
        let staged = staged
        await pool.perform { staged.discard() }
    }

    /// Feeds the digests and the inspection with what an earlier process has left.
    ///
    /// - Parameter goesOn: asked again and again with the bytes that are read; false ends it, with `.ended`.
    func rehash(while goesOn: (Int64) -> Bool = { _ in true }) async throws(StoreError) {
        let staged = staged
        while receivedBytes < staged.resumedBytes {
            guard goesOn(receivedBytes) else { throw .ended(id: id) }
            let buffer = try await buffer()
            let chunk = buffer.chunk
            let offset = receivedBytes
            let bytes = Int(min(Int64(Self.bufferBytes), staged.resumedBytes - offset))
            let count = try await pool.perform { () throws(StoreError) in
                try staged.read(into: UnsafeMutableRawBufferPointer(rebasing: chunk.memory[..<bytes]), at: offset)
            }
            guard count > 0 else {
                throw .failed(Errno(code: EIO, operation: "go on with image \(id): its bytes have gone meanwhile"))
            }
            try submit(buffer, bytes: count)
        }
    }

    func putBack(_ chunk: Chunk) {
        pipeline.putBack(chunk)
    }

    private func takePartial() throws(StoreError) -> (chunk: Chunk, bytes: Int) {
        if let partial = state.withLock({ $0.takePartial() }) { return partial }
        return (try pipeline.chunkBlocking(), 0)
    }

    private func submitPartial() throws(StoreError) {
        guard let partial = state.withLock({ $0.takePartial() }) else { return }
        try submit(partial.chunk, bytes: partial.bytes)
    }

    private func submit(_ chunk: Chunk, bytes: Int) throws(StoreError) {
        let (isEnded, offset) = state.withLock { state in
            defer { state.submittedBytes += Int64(bytes) }
            return (state.isEnded, state.submittedBytes)
        }
        let end = offset + Int64(bytes)
        if isEnded {
            pipeline.fail(.ended(id: id))
        } else if let expectedBytes, end > expectedBytes {
            pipeline.fail(.lengthMismatch(id: id, expected: expectedBytes, actual: end))
        }
        let piece = Pipeline.Piece(chunk: chunk, bytes: bytes, offset: offset)
        try pipeline.add(piece, isHeld: end <= Self.smallBytesMax)
    }

    private func checkOpen() throws(StoreError) {
        if state.withLock({ $0.isEnded }) { throw .ended(id: id) }
    }

    // MARK: The end

    /// Runs on a thread of the pool, when no lane is at work.
    private func commit() throws(StoreError) -> StoredBlob {
        let content = try judge()
        return StoredBlob(content, location: try staged.commit(bytes: content.bytes))
    }

    /// What the bytes are that have come; on the same terms.
    private func judge() throws(StoreError) -> BlobContent {
        try pipeline.runHeld()
        let bytes = state.withLock { $0.submittedBytes }
        if let expectedBytes, bytes != expectedBytes {
            throw .lengthMismatch(id: id, expected: expectedBytes, actual: bytes)
        }
        try staged.endWriting()
        let digests = (md5: try md5.finalize(), sha512: try sha512.finalize())
        return BlobContent(
            bytes: bytes, md5: digests.md5, sha512: digests.sha512, inspection: inspection.finish())
    }

    private func end() {
        state.withLock { state in
            state.isEnded = true
            state.partial = nil
        }
        pipeline.releaseChunks()
    }
}
