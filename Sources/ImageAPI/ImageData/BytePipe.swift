import OutboundHTTP
import Posix
import Synchronization

/// Hands bytes from a thread that fetches them to the task that sends them on, one piece at a time: whoever is faster
/// waits for the other.
final class BytePipe: Sendable {
    /// A piece's own memory.
    final class Piece: Sendable {
        // Proof: written before it is handed over, only read after that, freed with its last owner.
        private nonisolated(unsafe) let memory: UnsafeMutableRawBufferPointer

        init(copying bytes: UnsafeRawBufferPointer) {
            memory = .allocate(byteCount: bytes.count, alignment: 16)
            memory.copyMemory(from: bytes)
        }

        deinit { memory.deallocate() }

        var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }
    }

    /// The reader has gone.
    struct Closed: Error {}

    private struct State {
        var length: Int64??
        var piece: Piece?
        var isFinished = false
        var failure: FetchError?
        var isClosed = false
        var reader: UnsafeContinuation<Void, Never>?
        var isWriterWaiting = false
    }

    private let state = Locked(State())
    private let room = ThreadSignal()

    // MARK: The thread

    func open(length: Int64?) {
        change { $0.length = .some(length) }
    }

    /// Waits on this thread until the piece before has been taken.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        let piece = Piece(copying: bytes)
        while true {
            let isDone = try state.withLock { state -> Bool in
                guard !state.isClosed else { throw Closed() }
                guard state.piece == nil else {
                    state.isWriterWaiting = true
                    return false
                }
                state.piece = piece
                return true
            }
            if isDone {
                change { _ in }
                return
            }
            room.wait()
        }
    }

    func finish(_ failure: FetchError?) {
        change { state in
            state.isFinished = true
            state.failure = failure
        }
    }

    /// Whether nobody reads any more.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    private func change(_ body: (inout State) -> Void) {
        let reader = state.withLock { state in
            body(&state)
            defer { state.reader = nil }
            return state.reader
        }
        happensBefore(self)
        reader?.resume()
    }

    // MARK: The task

    /// The length that the source told, once it has answered.
    func opened() async throws(FetchError) -> Int64? {
        while true {
            let (length, failure) = state.withLock { ($0.length, $0.failure) }
            if let length { return length }
            if let failure { throw failure }
            await waitForChange { $0.length != nil || $0.isFinished }
        }
    }

    /// The next piece; nil at the end.
    func next() async throws -> Piece? {
        while true {
            let (piece, isFinished, failure, wakes) = state.withLock { state in
                defer {
                    if state.piece != nil { state.isWriterWaiting = false }
                    state.piece = nil
                }
                return (state.piece, state.isFinished, state.failure, state.piece != nil && state.isWriterWaiting)
            }
            if wakes { room.signal() }
            if let piece { return piece }
            if let failure { throw failure }
            if isFinished { return nil }
            await waitForChange { $0.piece != nil || $0.isFinished }
        }
    }

    /// Lets the thread end early.
    func close() {
        state.withLock { $0.isClosed = true }
        room.signal()
    }

    private func waitForChange(_ isMet: (borrowing State) -> Bool) async {
        defer { happensAfter(self) }
        await withUnsafeContinuation { continuation in
            let resumes = state.withLock { state in
                if isMet(state) { return true }
                state.reader = continuation
                return false
            }
            if resumes { continuation.resume() }
        }
    }
}
