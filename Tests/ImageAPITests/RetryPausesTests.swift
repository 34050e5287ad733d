import OutboundHTTP
import Testing

@testable import ImageAPI

@Suite struct RetryPausesTests {
    private let start = ContinuousClock.now
    private let broken = FetchError.interrupted(received: 1, expected: nil)

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private func limits(retries: Int = 3, speed: Int64 = 100) -> TaskLimits {
        var limits = TaskLimits()
        limits.retriesMax = retries
        limits.bytesPerSecondMin = speed
        return limits
    }

    @Test func pausesDoubleUpToAMinute() throws {
        var pauses = RetryPauses(limits(retries: 9), now: start)
        #expect(
            try (0..<9).map { _ in try pauses.next(after: broken, now: start) }
                == [1, 2, 4, 8, 16, 32, 60, 60, 60])
        #expect(throws: FetchError.self) { try pauses.next(after: broken, now: start) }
    }

    @Test func whoGetsFurtherIsAskedAgain() throws {
        var pauses = RetryPauses(limits(retries: 1), now: start)
        for step in 1...100 {
            #expect(try pauses.next(after: broken, at: Int64(step) * 1000, now: at(Double(step) * 10)) == 1)
        }
        // The same place again is no progress, and neither is less.
        #expect(throws: FetchError.self) { try pauses.next(after: broken, at: 100_000, now: at(1001)) }
        #expect(throws: FetchError.self) { try pauses.next(after: broken, at: 50_000, now: at(1002)) }
    }

    /// A byte a try would go on for ever.
    @Test func whoIsTooSlowIsNot() throws {
        var pauses = RetryPauses(limits(retries: 2), now: start)
        #expect(try pauses.next(after: broken, at: 99, now: at(1)) == 1)
        #expect(try pauses.next(after: broken, at: 199, now: at(2)) == 2)
        #expect(throws: FetchError.self) { try pauses.next(after: broken, at: 399, now: at(4)) }
    }

    @Test func someFailuresStay() {
        let failures: [FetchError] = [
            .notFound, .badStatus(403), .tooLarge(bytesMax: 1), .malformed(reason: ""), .badResponse(reason: ""),
            .refused(option: nil, reason: ""), .tooManyRedirects(max: 1), .cancelled,
            .stopped(by: UploadFailure.imageDeleted), .stopped(by: TaskStop.imageDeleted),
        ]
        for failure in failures {
            var pauses = RetryPauses(limits(), now: start)
            #expect(throws: (any Error).self) { try pauses.next(after: failure, now: start) }
        }
        let passing: [FetchError] = [
            .badStatus(500), .badStatus(429), .stalled(seconds: 1), .tooSlow(bytesPerSecondMin: 1, seconds: 1),
            .unreachable(reason: ""), .rangeNotSatisfiable(bytesTotal: 1), .stopped(by: SourceRestarts()),
        ]
        for failure in passing {
            var pauses = RetryPauses(limits(), now: start)
            #expect(throws: Never.self) { try pauses.next(after: failure, now: start) }
        }
    }
}
