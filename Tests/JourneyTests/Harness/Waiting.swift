import Glibc
import Posix
import Synchronization

/// Asks again until the condition holds; false when it did not in that time.
func eventually(within seconds: Double = 30, _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = secondsNow() + seconds
    while try !condition() {
        if secondsNow() > deadline { return false }
        nap(seconds: 0.005)
    }
    return true
}

/// Seconds on a clock that only goes forward.
func secondsNow() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Blocks this thread: between two looks at a condition, or as the pace of a slow sender.
func nap(seconds: Double) {
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
    var rest = timespec()
    while nanosleep(&time, &rest) != 0 && errno == EINTR { time = rest }
}

/// What happens at the same time as the test goes on, on a thread of its own.
final class Background<Value: Sendable>: Sendable {
    /// It took longer than that.
    struct NotDone: Error {
        let seconds: Double
    }

    private let result = Locked<Result<Value, any Error>?>(nil)

    init(_ body: @escaping @Sendable () throws -> Value) {
        startThread {
            let result = Result { try body() }
            self.result.withLock { $0 = result }
        }
    }

    var isDone: Bool { result.withLock { $0 != nil } }

    func value(within seconds: Double = 120) throws -> Value {
        guard eventually(within: seconds, { isDone }), let result = result.withLock({ $0 }) else {
            throw NotDone(seconds: seconds)
        }
        return try result.get()
    }
}
