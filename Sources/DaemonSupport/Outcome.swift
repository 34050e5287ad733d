import Glibc
import Synchronization

/// Hands one result from a task to a thread that waits for it: the door between `main` and the event loops.
final class Outcome<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    // Proof: a sem_t is made to be used by many threads at once; the pointer itself never changes.
    private nonisolated(unsafe) let filled: UnsafeMutablePointer<sem_t>

    init() {
        filled = .allocate(capacity: 1)
        sem_init(filled, 0, 0)
    }

    deinit {
        sem_destroy(filled)
        filled.deallocate()
    }

    func put(_ value: Result<Value, any Error>) {
        result.withLock { $0 = value }
        sem_post(filled)
    }

    func take() -> Result<Value, any Error> {
        while true {
            while sem_wait(filled) != 0 {}
            if let value = result.withLock({ $0 }) { return value }
        }
    }
}
