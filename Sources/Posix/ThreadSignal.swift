import Glibc
import Synchronization

/// Wakes a thread that waits: a POSIX semaphore (sem_post(3), sem_wait(3)).
public final class ThreadSignal: Sendable {
    // Proof: a sem_t is made to be used by many threads at once; the pointer itself never changes.
    private nonisolated(unsafe) let semaphore: UnsafeMutablePointer<sem_t>

    public init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    /// Lets one waiting thread go on, or the next one that comes.
    public func signal() { sem_post(semaphore) }

    /// Blocks the calling thread until there is a signal for it.
    public func wait() {
        while sem_wait(semaphore) != 0 {}
    }
}

extension EventLoopGroup {
    /// Runs async work on a loop while the calling thread, which is none of the loops, waits: the door from threads that
    /// may block to the loops.
    public func wait<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () async throws(Failure) -> Value
    ) -> Result<Value, Failure> {
        precondition(EventLoop.current == nil, "an event loop must not block")
        let outcome = Outcome<Value, Failure>()
        Task(executorPreference: next()) {
            do throws(Failure) { outcome.put(.success(try await body())) } catch { outcome.put(.failure(error)) }
        }
        return outcome.take()
    }
}

/// Hands one result from a task to a thread that waits for it.
private final class Outcome<Value: Sendable, Failure: Error>: Sendable {
    private let result = Locked<Result<Value, Failure>?>(nil)
    private let filled = ThreadSignal()

    func put(_ value: Result<Value, Failure>) {
        result.withLock { $0 = value }
        filled.signal()
    }

    func take() -> Result<Value, Failure> {
        while true {
            filled.wait()
            if let value = result.withLock({ $0 }) { return value }
        }
    }
}
