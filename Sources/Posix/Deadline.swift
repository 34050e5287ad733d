import Glibc

/// A moment on the monotonic clock until which something may take.
public struct Deadline: Comparable, Hashable, Sendable {
    /// Nanoseconds on CLOCK_MONOTONIC.
    public let nanoseconds: UInt64

    /// A moment on the monotonic clock.
    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// This moment.
    public static var now: Deadline {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Deadline(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    /// Never.
    public static let never = Deadline(nanoseconds: .max)

    /// That many seconds from now; 0 seconds is over at once.
    public static func after(seconds: Double) -> Deadline {
        let (sum, overflow) = now.nanoseconds.addingReportingOverflow(UInt64(max(0, min(seconds, 1e9)) * 1e9))
        return overflow ? .never : Deadline(nanoseconds: sum)
    }

    /// Whether the moment has come.
    public var isOver: Bool { self <= Deadline.now }

    public static func < (left: Deadline, right: Deadline) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
