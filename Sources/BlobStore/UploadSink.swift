import DequeModule
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
    public static let buffersMax = 4
    /// Up to here an upload is hashed and written by one job, as waking three threads would cost more.
    static let smallBytesMax: Int64 = 256 << 10
    /// Then a lane goes to the end of its pool's queue, so that long uploads do not keep short jobs waiting.
    private static let piecesPerTurnMax = 4

    private struct Piece {
        let chunk: Chunk
        let bytes: Int
        let offset: Int64

        var content: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: chunk.memory[..<bytes]) }
    }

    private struct Step {
        let lane: any Lane
        let pool: BlockingPool
    }

    /// What waits for a lane.
    private struct Queue {
        var pieces: Deque<Piece> = []
        /// A job for it stands in the pool's queue.
        var isQueued = false
        /// Somebody works on it.
        var isRunning = false
    }

    private enum Waiter {
        case task(UnsafeContinuation<Void, Never>)
        case thread
    }

    private enum Need {
        case buffer
        case drained
    }

    private struct State {
        var isEnded = false
        var failure: StoreError?
        var receivedBytes: Int64 = 0
        var free: [Chunk] = []
        var chunksMade = 0
        /// The chunk that `write` fills.
        var partial: (chunk: Chunk, bytes: Int)?
        /// The pieces of what may become a small upload.
        var held: [Piece] = []
        /// Pieces that some lane still needs.
        var inFlight = 0
        var queues: [Queue]
        var waiter: Waiter?

        func has(_ need: Need) -> Bool {
            switch need {
            case .buffer: !free.isEmpty || failure != nil
            case .drained: inFlight == 0
            }
        }
    }

    private let id: String
    private let expectedBytes: Int64?
    private let staged: any StagedBlob
    private let pool: BlockingPool
    private let md5: DigestLane
    private let sha512: DigestLane
    private let steps: [Step]
    private let state: Mutex<State>
    private let wakeUp = WakeUp()

    init(
        id: String, expectedBytes: Int64?, staged: any StagedBlob, pool: BlockingPool, digestPool: BlockingPool
    ) throws(StoreError) {
        self.id = id
        self.expectedBytes = expectedBytes
        self.staged = staged
        self.pool = pool
        md5 = try DigestLane(.md5)
        sha512 = try DigestLane(.sha512)
        steps = [
            Step(lane: md5, pool: digestPool),
            Step(lane: sha512, pool: digestPool),
            Step(lane: WriteLane(staged: staged), pool: pool),
        ]
        state = Mutex(State(queues: Array(repeating: Queue(), count: steps.count)))
    }

    deinit {
        // No job holds the sink any more, so nothing is under way.
        guard !state.withLock({ $0.isEnded }), !staged.isResumable else { return }
        let staged = staged
        pool.submit { staged.discard() }
    }

    // MARK: For producers

    /// Bytes taken so far, with the resumed ones: the offset of the next byte.
    public var receivedBytes: Int64 {
        state.withLock { $0.receivedBytes + Int64($0.partial?.bytes ?? 0) }
    }

    /// Bytes that an earlier process has left: the producer goes on at this offset of its source. 0 for a new upload.
    public var resumedBytes: Int64 { staged.resumedBytes }

    /// A buffer to fill; waits while the digests or the disk are behind.
    public func buffer() async throws(StoreError) -> UploadBuffer {
        while true {
            if let chunk = try takeChunk() { return UploadBuffer(chunk, of: self) }
            await wait(for: .buffer)
        }
    }

    /// Takes the first `bytes` of a buffer as the next ones of the blob; does not wait for anything.
    public func submit(_ buffer: consuming UploadBuffer, bytes: Int) throws(StoreError) {
        precondition(buffer.sink === self, "the buffer belongs to another upload")
        precondition((0...Self.bufferBytes).contains(bytes))
        try submitPartial()
        try submit(buffer.handOver(), bytes: bytes)
    }

    /// Takes the bytes as the next ones of the blob, for a producer on a thread that may block: it waits on this thread
    /// while the digests or the disk are behind. The thread may be one of the pool's.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        precondition(EventLoop.current == nil, "an event loop must not block")
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
        try submitPartial()
        await wait(for: .drained)
        do throws(StoreError) {
            let blob = try await pool.perform { () throws(StoreError) in try self.commit() }
            end()
            return blob
        } catch {
            state.withLock { $0.failure = $0.failure ?? error }
            throw error
        }
    }

    /// Ends the upload and removes what is there of it, of a resumable one too. Once it has ended, does nothing.
    public func abort() async {
        let isFirst = state.withLock { state in
            guard !state.isEnded else { return false }
            // The lanes let go of what they have not begun.
            state.failure = state.failure ?? .ended(id: id)
            state.isEnded = true
            return true
        }
        guard isFirst else { return }
        await wait(for: .drained)
        end()
        let staged = staged
        await pool.perform { staged.discard() }
    }

    /// Feeds the digests with what an earlier process has left.
    func rehash() async throws(StoreError) {
        let staged = staged
        while receivedBytes < staged.resumedBytes {
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

    // MARK: Chunks

    func putBack(_ chunk: Chunk) {
        resume(
            state.withLock { state in
                state.free.append(chunk)
                return Self.takeWaiter(&state)
            })
    }

    /// A chunk to fill; nil where all are under way.
    private func takeChunk() throws(StoreError) -> Chunk? {
        let (chunk, started) = try state.withLock { (state) throws(StoreError) -> (Chunk?, [Int]) in
            try check(state)
            if let chunk = state.free.popLast() { return (chunk, []) }
            if state.chunksMade < Self.buffersMax {
                let chunk = try Chunk()
                state.chunksMade += 1
                return (chunk, [])
            }
            let started = startHeld(&state)
            precondition(state.inFlight > 0, "the producer keeps all the buffers")
            return (nil, started)
        }
        run(started)
        return chunk
    }

    private func takePartial() throws(StoreError) -> (chunk: Chunk, bytes: Int) {
        let partial = try state.withLock { (state) throws(StoreError) in
            try check(state)
            defer { state.partial = nil }
            return state.partial
        }
        if let partial { return partial }
        while true {
            if let chunk = try takeChunk() { return (chunk, 0) }
            waitOnThread(for: .buffer)
        }
    }

    private func submitPartial() throws(StoreError) {
        let partial = try state.withLock { (state) throws(StoreError) in
            try check(state)
            defer { state.partial = nil }
            return state.partial
        }
        if let partial { try submit(partial.chunk, bytes: partial.bytes) }
    }

    private func submit(_ chunk: Chunk, bytes: Int) throws(StoreError) {
        let started = try state.withLock { (state) throws(StoreError) -> [Int] in
            guard state.failure == nil, !state.isEnded, bytes > 0 else {
                state.free.append(chunk)
                try check(state)
                return []
            }
            let piece = Piece(chunk: chunk, bytes: bytes, offset: state.receivedBytes)
            state.receivedBytes += Int64(bytes)
            if let expectedBytes, state.receivedBytes > expectedBytes {
                let error = StoreError.lengthMismatch(id: id, expected: expectedBytes, actual: state.receivedBytes)
                state.failure = error
                state.free.append(chunk)
                throw error
            }
            state.held.append(piece)
            return state.receivedBytes <= Self.smallBytesMax ? [] : startHeld(&state)
        }
        run(started)
    }

    private func check(_ state: borrowing State) throws(StoreError) {
        if let failure = state.failure { throw failure }
        if state.isEnded { throw .ended(id: id) }
    }

    // MARK: Lanes

    /// Queues the held pieces; the answer are the lanes that need a job.
    private func startHeld(_ state: inout State) -> [Int] {
        guard !state.held.isEmpty else { return [] }
        for piece in state.held {
            piece.chunk.lanesLeft.store(steps.count, ordering: .relaxed)
            for index in steps.indices { state.queues[index].pieces.append(piece) }
        }
        state.inFlight += state.held.count
        state.held.removeAll(keepingCapacity: true)
        return steps.indices.filter { index in
            guard !state.queues[index].isQueued, !state.queues[index].isRunning else { return false }
            state.queues[index].isQueued = true
            return true
        }
    }

    private func run(_ lanes: [Int]) {
        for index in lanes {
            steps[index].pool.submit {
                let isMine = self.state.withLock { state in
                    state.queues[index].isQueued = false
                    guard !state.queues[index].isRunning else { return false }
                    state.queues[index].isRunning = true
                    return true
                }
                if isMine { self.work(on: index, piecesMax: Self.piecesPerTurnMax) }
            }
        }
    }

    /// One turn of a lane that was marked as running.
    private func work(on index: Int, piecesMax: Int) {
        for _ in 0..<piecesMax {
            let next = state.withLock { state -> (piece: Piece, isWanted: Bool)? in
                guard let piece = state.queues[index].pieces.popFirst() else {
                    state.queues[index].isRunning = false
                    return nil
                }
                return (piece, state.failure == nil)
            }
            guard let next else { return }
            var failure: StoreError?
            if next.isWanted {
                do throws(StoreError) {
                    try steps[index].lane.consume(next.piece.content, at: next.piece.offset)
                } catch {
                    failure = error
                }
            }
            complete(next.piece.chunk, failure)
        }
        let (needsJob, waiter) = state.withLock { state -> (Bool, Waiter?) in
            state.queues[index].isRunning = false
            guard !state.queues[index].pieces.isEmpty, !state.queues[index].isQueued else { return (false, nil) }
            state.queues[index].isQueued = true
            // A producer on a thread may have to do the work itself.
            if case .thread = state.waiter { return (true, Self.takeWaiter(&state)) }
            return (true, nil)
        }
        if needsJob { run([index]) }
        resume(waiter)
    }

    private func complete(_ chunk: Chunk, _ failure: StoreError?) {
        let isLast = chunk.lanesLeft.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0
        guard isLast || failure != nil else { return }
        resume(
            state.withLock { state in
                state.failure = state.failure ?? failure
                if isLast {
                    state.free.append(chunk)
                    state.inFlight -= 1
                }
                return Self.takeWaiter(&state)
            })
    }

    // MARK: Waiting

    private func wait(for need: Need) async {
        while !state.withLock({ $0.has(need) }) {
            await withUnsafeContinuation { continuation in
                let isMet = state.withLock { state in
                    if state.has(need) { return true }
                    precondition(state.waiter == nil, "one producer at a time")
                    state.waiter = .task(continuation)
                    return false
                }
                if isMet { continuation.resume() }
            }
        }
    }

    /// Waits on this thread. Where the pool has none free for a lane, as when every one of them is a producer that
    /// waits here, this one does the lane's work: an upload never waits for itself.
    private func waitOnThread(for need: Need) {
        while true {
            let (isMet, lane) = state.withLock { state -> (Bool, Int?) in
                if state.has(need) { return (true, nil) }
                if let index = state.queues.firstIndex(where: { !$0.isRunning && !$0.pieces.isEmpty }) {
                    state.queues[index].isRunning = true
                    return (false, index)
                }
                precondition(state.waiter == nil, "one producer at a time")
                state.waiter = .thread
                return (false, nil)
            }
            if isMet { return }
            if let lane { work(on: lane, piecesMax: 1) } else { wakeUp.wait() }
        }
    }

    private static func takeWaiter(_ state: inout State) -> Waiter? {
        defer { state.waiter = nil }
        return state.waiter
    }

    private func resume(_ waiter: Waiter?) {
        switch waiter {
        case .task(let continuation): continuation.resume()
        case .thread: wakeUp.signal()
        case nil: break
        }
    }

    // MARK: The end

    /// Runs on a thread of the pool, when no lane is at work.
    private func commit() throws(StoreError) -> StoredBlob {
        let (held, bytes) = try state.withLock { (state) throws(StoreError) in
            try check(state)
            defer { state.held = [] }
            return (state.held, state.receivedBytes)
        }
        for piece in held {
            for step in steps { try step.lane.consume(piece.content, at: piece.offset) }
        }
        if let expectedBytes, bytes != expectedBytes {
            throw .lengthMismatch(id: id, expected: expectedBytes, actual: bytes)
        }
        let digests = (md5: try md5.finalize(), sha512: try sha512.finalize())
        let location = try staged.commit(bytes: bytes)
        return StoredBlob(bytes: bytes, md5: digests.md5, sha512: digests.sha512, location: location)
    }

    private func end() {
        state.withLock { state in
            state.isEnded = true
            state.free = []
            state.held = []
            state.partial = nil
        }
    }
}
