/// How fast a body comes: whether its source still deserves the connection. Time comes as an argument.
struct Pace {
    typealias Instant = ContinuousClock.Instant

    private let stallSeconds: Int
    private let bytesPerSecondMin: Int64
    /// When the last byte came.
    private var progressAt: Instant
    /// The stretch in which so many bytes have to come as the slowest source sends in `stallSeconds`; the next one
    /// begins as soon as they have.
    private var stretchStart: Instant
    private var stretchBytes: Int64 = 0

    init(_ limits: FetchLimits, at now: Instant) {
        stallSeconds = limits.stallSeconds
        bytesPerSecondMin = limits.bytesPerSecondMin
        progressAt = now
        stretchStart = now
    }

    /// Notes bytes that have come.
    ///
    /// - Parameter pause: how long nothing was read after them.
    mutating func count(_ bytes: Int, at now: Instant, pausedFor pause: Duration) {
        progressAt = now + pause
        stretchStart += pause
        stretchBytes += Int64(bytes)
        if stretchBytes >= bytesPerSecondMin * Int64(stallSeconds) {
            stretchStart = progressAt
            stretchBytes = 0
        }
    }

    /// Why the source is given up; nil where it is not.
    func failure(at now: Instant) -> FetchError? {
        let limit = Duration.seconds(stallSeconds)
        if progressAt.duration(to: now) >= limit { return .stalled(seconds: stallSeconds) }
        if bytesPerSecondMin > 0, stretchStart.duration(to: now) >= limit {
            return .tooSlow(bytesPerSecondMin: bytesPerSecondMin, seconds: stallSeconds)
        }
        return nil
    }
}
