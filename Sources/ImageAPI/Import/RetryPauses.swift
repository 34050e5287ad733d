import BlobStore
import ImageModel
import OutboundHTTP
import Posix

/// How often a source that breaks off is asked again, and how long after: pauses that double, until it gets further.
///
/// A source that gets further each time is asked as often as it takes: the largest image comes over the worst line. But it
/// has to get further at the speed that is asked of any source, or one that gives a byte a try would be asked for ever.
/// Time comes as an argument.
struct RetryPauses {
    private static let pauseSecondsMax: Double = 60

    private let retriesMax: Int
    private let bytesPerSecondMin: Int64
    /// Tries in a row that have brought nothing.
    private var failures = 0
    private var farthest: Int64
    private var farthestAt: ContinuousClock.Instant

    /// - Parameter bytes: that are there already.
    init(_ limits: TaskLimits, at bytes: Int64 = 0, now: ContinuousClock.Instant = .now) {
        retriesMax = limits.retriesMax
        bytesPerSecondMin = limits.bytesPerSecondMin
        farthest = bytes
        farthestAt = now
    }

    /// The pause before the next try, in seconds.
    ///
    /// - Parameter bytes: how far it has come.
    /// - Throws: the failure's cause, where there is no use in another try, or no more are left.
    mutating func next(
        after failure: FetchError, at bytes: Int64 = 0, now: ContinuousClock.Instant = .now
    ) throws -> Double {
        let seconds = farthestAt.duration(to: now) / .seconds(1)
        if bytes > farthest, Double(bytes - farthest) >= Double(bytesPerSecondMin) * seconds {
            failures = 0
            farthest = bytes
            farthestAt = now
        }
        guard failure.isPassing, failures < retriesMax else { throw failure.cause }
        failures += 1
        return min(Self.pauseSecondsMax, Double(1 << min(failures - 1, 6)))
    }
}

extension UploadsInFlight.Mark {
    /// Waits between two tries, as long as anybody wants the data.
    func pause(seconds: Double) async {
        let end = Deadline.after(seconds: seconds)
        while !isCancelled, !end.isOver {
            await EventLoop.current?.sleep(until: min(end, .after(seconds: 0.5)))
        }
    }
}

extension FetchError {
    /// Whether it may be better a moment later.
    var isPassing: Bool {
        switch self {
        case .interrupted, .stalled, .tooSlow, .unreachable: true
        case .badStatus(let status): status >= 500 || status == 429
        case .stopped(let cause):
            !(cause is UploadFailure || cause is StoreError || cause is RegistryFailure || cause is TaskStop)
        case .rangeNotSatisfiable: true
        default: false
        }
    }

    /// Whether what is there of the source is of no use any more.
    var mustRestart: Bool {
        switch self {
        case .stopped(let cause): cause is SourceRestarts
        case .rangeNotSatisfiable: true
        default: false
        }
    }

    /// What stopped the fetch, if it was one of us.
    var cause: any Error {
        if case .stopped(let cause) = self { cause } else { self }
    }
}
