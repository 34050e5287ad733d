import Glibc

/// Wakes one thread that waits for it: sem_post(3), sem_wait(3). A wake-up that comes first is kept.
final class WakeUp: Sendable {
    // Proof: a sem_t is made to be used by many threads at once; the pointer itself never changes.
    private nonisolated(unsafe) let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    func wait() {
        while sem_wait(semaphore) != 0 {}
    }
}
