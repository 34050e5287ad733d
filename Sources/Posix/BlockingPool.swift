import DequeModule
import Glibc
import Synchronization

/// Threads for what blocks in the kernel or burns CPU: fsync, cold reads, hashing, SQLite, libcurl. Event loops hand
/// such work over and go on.
///
/// Threads are started as they are needed, up to a bound, and stay; jobs beyond that wait in the order they came.
public final class BlockingPool: Sendable {
    private struct State {
        var jobs: Deque<@Sendable () -> Void> = []
        var threads = 0
        /// Threads that sleep and have not been told to wake.
        var idle = 0
    }

    private let name: String
    private let threadsMax: Int
    private let niceness: CInt
    private let state = Locked(State())
    private let wakeUps = ThreadSignal()

    /// - Parameters:
    ///   - name: shown by the system for the threads; 15 bytes count.
    ///   - threadsMax: at least 1.
    ///   - niceness: 0 to 19, by how much the threads stand back behind others that want a core: setpriority(2).
    public init(name: String, threadsMax: Int, niceness: Int = 0) {
        precondition(threadsMax > 0)
        self.name = name
        self.threadsMax = threadsMax
        self.niceness = CInt(niceness)
    }

    /// Runs the body on one of the threads; the caller waits without holding its own.
    public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await result { () throws(any Error) in try body() }.get()
    }

    /// Runs the body, which throws one kind of error, on one of the threads.
    public func result<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async -> Result<Value, Failure> {
        defer { happensAfter(self) }
        return await withUnsafeContinuation { continuation in
            submit {
                let result: Result<Value, Failure>
                do throws(Failure) { result = .success(try body()) } catch { result = .failure(error) }
                happensBefore(self)
                continuation.resume(returning: result)
            }
        }
    }

    /// Puts a job behind the others; nobody waits for it.
    public func submit(_ job: @escaping @Sendable () -> Void) {
        let (startsThread, wakes) = state.withLock { state in
            state.jobs.append(job)
            if state.idle > 0 {
                state.idle -= 1
                return (false, true)
            }
            guard state.threads < threadsMax else { return (false, false) }
            state.threads += 1
            return (true, false)
        }
        if wakes { wakeUps.signal() }
        if startsThread { Thread.detach(name: name) { self.work() } }
    }

    /// A thread's life: jobs while there are any, then sleep until one is handed over.
    private func work() {
        // Of the calling thread alone, on Linux.
        if niceness > 0 { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness) }
        while true {
            let job: (@Sendable () -> Void)? = state.withLock { state in
                if let job = state.jobs.popFirst() { return job }
                state.idle += 1
                return nil
            }
            if let job { job() } else { wakeUps.wait() }
        }
    }
}
