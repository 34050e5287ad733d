import DequeModule
import Posix
import Synchronization

/// The lanes of one upload, the few chunks of memory that go round between its producer and them, and the queues.
///
/// Each lane has a queue, drained by one thread at a time; the lanes of an upload run side by side. A chunk is free
/// again when all of them are done with it. After the first error the lanes let go of what they have not begun.
final class Pipeline: Sendable {
    static let chunksMax = 16
    /// Then a lane goes to the end of its pool's queue, so that long uploads do not keep short jobs waiting.
    private static let piecesPerTurnMax = 16

    struct Step {
        let lane: any Lane
        let pool: BlockingPool
    }

    struct Piece {
        let chunk: Chunk
        let bytes: Int
        let offset: Int64

        var content: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: chunk.memory[..<bytes]) }
    }

    private struct Queue {
        var pieces: Deque<Piece> = []
        /// A job for it stands in the pool's queue.
        var isQueued = false
        /// Somebody works on it.
        var isRunning = false

        mutating func takeFirst(_ countMax: Int) -> [Piece] {
            let first = Array(pieces.prefix(countMax))
            pieces.removeFirst(first.count)
            return first
        }
    }

    private enum Waiter {
        case task(UnsafeContinuation<Void, Never>)
        case thread
    }

    private enum Need {
        case chunk
        case drained
    }

    private struct State {
        var failure: StoreError?
        var free: [Chunk] = []
        var chunksMade = 0
        /// Pieces that wait for more, or for `runHeld`.
        var held: [Piece] = []
        /// Pieces that some lane still needs.
        var inFlight = 0
        var queues: [Queue]
        var waiter: Waiter?

        func has(_ need: Need) -> Bool {
            switch need {
            case .chunk: !free.isEmpty || failure != nil
            case .drained: inFlight == 0
            }
        }

        mutating func takeWaiter() -> Waiter? {
            defer { waiter = nil }
            return waiter
        }

        func check() throws(StoreError) {
            if let failure { throw failure }
        }
    }

    private let steps: [Step]
    private let state: Locked<State>
    private let wakeUp = ThreadSignal()

    init(_ steps: [Step]) {
        self.steps = steps
        state = Locked(State(queues: Array(repeating: Queue(), count: steps.count)))
    }

    // MARK: Chunks

    /// A chunk to fill; waits while the lanes are behind.
    func chunk() async throws(StoreError) -> Chunk {
        while true {
            if let chunk = try takeChunk() { return chunk }
            await wait(for: .chunk)
        }
    }

    /// The same on a thread that may block.
    func chunkBlocking() throws(StoreError) -> Chunk {
        while true {
            if let chunk = try takeChunk() { return chunk }
            waitOnThread(for: .chunk)
        }
    }

    private func takeChunk() throws(StoreError) -> Chunk? {
        let (chunk, lanes) = try state.withLock { (state) throws(StoreError) -> (Chunk?, [Int]) in
            try state.check()
            if let chunk = state.free.popLast() { return (chunk, []) }
            if state.chunksMade < Self.chunksMax {
                let chunk = try Chunk()
                state.chunksMade += 1
                return (chunk, [])
            }
            let lanes = queueHeld(&state)
            precondition(state.inFlight > 0, "the producer keeps all the buffers")
            return (nil, lanes)
        }
        run(lanes)
        return chunk
    }

    func putBack(_ chunk: Chunk) {
        let waiter = state.withLock { state in
            state.free.append(chunk)
            return state.takeWaiter()
        }
        resume(waiter)
    }

    /// Gives the memory back to the system, once everything is over.
    func releaseChunks() {
        state.withLock { state in
            state.free = []
            state.held = []
        }
    }

    // MARK: Pieces

    /// Throws the first error of a lane, or what the upload was ended with.
    func check() throws(StoreError) {
        try state.withLock { (state) throws(StoreError) in try state.check() }
    }

    /// Ends the upload, unless it has failed before.
    func fail(_ error: StoreError) {
        let waiter = state.withLock { state in
            state.failure = state.failure ?? error
            return state.takeWaiter()
        }
        resume(waiter)
    }

    /// Takes the next piece.
    ///
    /// - Parameter isHeld: keep it back, as the upload may be a small one that `runHeld` does best.
    func add(_ piece: Piece, isHeld: Bool) throws(StoreError) {
        let lanes = try state.withLock { (state) throws(StoreError) -> [Int] in
            guard state.failure == nil else {
                state.free.append(piece.chunk)
                try state.check()
                return []
            }
            state.held.append(piece)
            return isHeld ? [] : queueHeld(&state)
        }
        run(lanes)
    }

    /// Waits until no lane is at work.
    func drain() async {
        await wait(for: .drained)
    }

    /// Does what was held back, all lanes on this thread.
    func runHeld() throws(StoreError) {
        let held = try state.withLock { (state) throws(StoreError) in
            try state.check()
            defer { state.held = [] }
            return state.held
        }
        for piece in held {
            for step in steps { try step.lane.consume([piece.content], at: piece.offset) }
        }
    }

    // MARK: Lanes

    /// Puts the held pieces into the queues; the answer is the lanes that need a job.
    private func queueHeld(_ state: inout State) -> [Int] {
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
        let lane = steps[index].lane
        var piecesLeft = piecesMax
        while piecesLeft > 0 {
            let wanted = min(piecesLeft, type(of: lane).piecesPerGoMax)
            let (pieces, isWanted) = state.withLock { state -> ([Piece], Bool) in
                let pieces = state.queues[index].takeFirst(wanted)
                if pieces.isEmpty { state.queues[index].isRunning = false }
                return (pieces, state.failure == nil)
            }
            guard let first = pieces.first else { return }
            var failure: StoreError?
            if isWanted {
                do throws(StoreError) {
                    try lane.consume(pieces.map(\.content), at: first.offset)
                } catch {
                    failure = error
                }
            }
            for piece in pieces { complete(piece.chunk, failure) }
            piecesLeft -= pieces.count
        }
        let (needsJob, waiter) = state.withLock { state -> (Bool, Waiter?) in
            state.queues[index].isRunning = false
            guard !state.queues[index].pieces.isEmpty, !state.queues[index].isQueued else { return (false, nil) }
            state.queues[index].isQueued = true
            // A producer on a thread may have to do the work itself.
            if case .thread = state.waiter { return (true, state.takeWaiter()) }
            return (true, nil)
        }
        if needsJob { run([index]) }
        resume(waiter)
    }

    private func complete(_ chunk: Chunk, _ failure: StoreError?) {
        let isLast = chunk.lanesLeft.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0
        guard isLast || failure != nil else { return }
        let waiter = state.withLock { state in
            state.failure = state.failure ?? failure
            if isLast {
                state.free.append(chunk)
                state.inFlight -= 1
            }
            return state.takeWaiter()
        }
        resume(waiter)
    }

    // MARK: Waiting

    private func wait(for need: Need) async {
        while !state.withLock({ $0.has(need) }) {
            defer { happensAfter(self) }
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

    private func resume(_ waiter: Waiter?) {
        switch waiter {
        case .task(let continuation):
            happensBefore(self)
            continuation.resume()
        case .thread: wakeUp.signal()
        case nil: break
        }
    }
}
