import Testing

@testable import OutboundHTTP

struct PaceTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test
    func silenceIsAStall() {
        var pace = Pace(FetchLimits(stallSeconds: 10), at: start)
        #expect(outline(pace.failure(at: at(9.9))) == "none")
        #expect(outline(pace.failure(at: at(10))) == "stalled 10")
        pace.count(1, at: at(9), pausedFor: .zero)
        #expect(outline(pace.failure(at: at(18.9))) == "none")
        #expect(outline(pace.failure(at: at(19))) == "stalled 10")
    }

    /// A byte a second is no stall, and is too slow all the same.
    @Test
    func drip() {
        var pace = Pace(FetchLimits(stallSeconds: 10, bytesPerSecondMin: 100), at: start)
        for second in 1...9 {
            pace.count(1, at: at(Double(second)), pausedFor: .zero)
            #expect(outline(pace.failure(at: at(Double(second)))) == "none")
        }
        #expect(outline(pace.failure(at: at(10))) == "tooSlow 100 10")
    }

    @Test
    func anySpeedWhereNoneIsAskedFor() {
        var pace = Pace(FetchLimits(stallSeconds: 10), at: start)
        for second in 1...100 {
            pace.count(1, at: at(Double(second)), pausedFor: .zero)
            #expect(outline(pace.failure(at: at(Double(second)))) == "none")
        }
    }

    @Test
    func everyStretchCountsByItself() {
        var pace = Pace(FetchLimits(stallSeconds: 10, bytesPerSecondMin: 100), at: start)
        // A gigabyte now is no credit for later.
        pace.count(1 << 30, at: at(1), pausedFor: .zero)
        pace.count(1, at: at(10.5), pausedFor: .zero)
        #expect(outline(pace.failure(at: at(10.9))) == "none")
        #expect(outline(pace.failure(at: at(11))) == "tooSlow 100 10")
        pace.count(1000, at: at(11), pausedFor: .zero)
        #expect(outline(pace.failure(at: at(20.9))) == "none")
    }

    @Test
    func timeOfTheSinkIsNotTheSources() {
        var pace = Pace(FetchLimits(stallSeconds: 10, bytesPerSecondMin: 100), at: start)
        pace.count(10, at: at(1), pausedFor: .seconds(50))
        #expect(outline(pace.failure(at: at(59.9))) == "none")
        #expect(outline(pace.failure(at: at(60))) == "tooSlow 100 10")
    }
}
