import Glibc
import Posix
import Testing

@Suite struct BlockingPoolTests {
    /// How many jobs run at one time, and how many threads ran them.
    private final class Census: Sendable {
        private struct State: Sendable {
            var running = 0
            var most = 0
            var threads: Set<UInt> = []
        }

        private let state = Guarded(State())

        func job() {
            state.withLock { state in
                state.running += 1
                state.most = max(state.most, state.running)
                state.threads.insert(UInt(pthread_self()))
            }
            // Others get the chance to run beside it.
            for _ in 0..<50 { sched_yield() }
            state.withLock { $0.running -= 1 }
        }

        var most: Int { state.value.most }
        var threads: Int { state.value.threads.count }
    }

    @Test(arguments: [1, 2, 5])
    func neverMoreThanTheBound(_ threadsMax: Int) async throws {
        let pool = BlockingPool(name: "bound", threadsMax: threadsMax)
        let census = Census()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<500 { group.addTask { try await pool.run { census.job() } } }
            try await group.waitForAll()
        }
        #expect(census.most <= threadsMax)
        #expect(census.threads <= threadsMax)
    }

    /// As many as allowed really run beside each other: each job waits for all the others.
    @Test func theBoundIsUsed() async throws {
        let pool = BlockingPool(name: "wide", threadsMax: 4)
        let arrived = Guarded(0)
        let together = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await pool.run {
                        arrived.withLock { $0 += 1 }
                        let limit = Deadline.after(seconds: 120)
                        while arrived.value < 4, !limit.isOver { sched_yield() }
                        return !limit.isOver
                    }
                }
            }
            return try await group.reduce(true) { $0 && $1 }
        }
        #expect(together)
    }

    @Test func jobsRunInTheOrderInWhichTheyCame() async throws {
        let pool = BlockingPool(name: "order", threadsMax: 1)
        let order = Guarded<[Int]>([])
        for number in 0..<1000 { pool.submit { order.withLock { $0.append(number) } } }
        try await pool.run {}
        #expect(order.value == Array(0..<1000))
    }

    @Test func threadsAreUsedAgain() async throws {
        let pool = BlockingPool(name: "again", threadsMax: 3)
        let census = Census()
        for _ in 0..<300 { try await pool.run { census.job() } }
        #expect(census.threads <= 3)
        #expect(census.most == 1)
    }

    @Test func valuesAndErrorsComeBack() async throws {
        struct Refusal: Error, Equatable { let number: Int }
        let pool = BlockingPool(name: "values", threadsMax: 2)
        #expect(try await pool.run { 6 * 7 } == 42)
        await #expect(throws: Refusal(number: 3)) { try await pool.run { throw Refusal(number: 3) } }
        #expect(try await pool.run { "still there" } == "still there")
    }

    /// Bursts with pauses between them: no wake-up is lost, whichever way sleeping threads and jobs cross.
    @Test func noJobIsLost() async throws {
        let pool = BlockingPool(name: "bursts", threadsMax: 3)
        let done = Guarded(0)
        for burst in 0..<200 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0...(burst % 7) {
                    group.addTask { try await pool.run { done.withLock { $0 += 1 } } }
                }
                try await group.waitForAll()
            }
        }
        #expect(done.value == (0..<200).reduce(0) { $0 + $1 % 7 + 1 })
    }
}
