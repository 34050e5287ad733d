import Posix
import Testing

@Suite struct EventLoopTests {
    @Test func tasksRunOnTheirLoopAlsoAfterAWait() async throws {
        for loop in Shared.group.loops {
            try await onLoop(loop) {
                #expect(loop.isCurrent && EventLoop.current === loop)
                await loop.sleep(until: .after(seconds: 0.001))
                #expect(loop.isCurrent)
                await Task.yield()
                #expect(loop.isCurrent)
                let onPool = try await Shared.peers.run { EventLoop.current == nil && !loop.isCurrent }
                #expect(onPool)
                #expect(loop.isCurrent)
            }
        }
        #expect(EventLoop.current == nil)
    }

    @Test func childrenStayOnTheLoop() async throws {
        let loop = Shared.group.loops[1]
        let count = try await onLoop(loop) {
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        await Task.yield()
                        return loop.isCurrent
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
        }
        #expect(count == 50)
    }

    @Test func tasksStartInTheOrderInWhichTheyCame() async throws {
        let loop = Shared.group.loops[0]
        let order = Guarded<[Int]>([])
        try await onLoop(loop) {
            let tasks = (0..<100).map { number in
                Task(executorPreference: loop) { order.withLock { $0.append(number) } }
            }
            for task in tasks { await task.value }
        }
        #expect(order.value == Array(0..<100))
    }

    @Test func manyTasksFromManyThreads() async throws {
        let counts = LoopLocal(group: Shared.group) { 0 }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<10_000 {
                let loop = Shared.group.loops[number % Shared.group.loops.count]
                group.addTask {
                    await Task(executorPreference: loop) {
                        await Task.yield()
                        counts.with { $0 += 1 }
                    }.value
                }
            }
        }
        for loop in Shared.group.loops {
            let count = try await onLoop(loop) { counts.with { $0 } }
            #expect(count == 10_000 / Shared.group.loops.count)
        }
    }

    @Test func timersFireInOrder() async throws {
        let loop = Shared.group.loops[0]
        let order = Guarded<[Int]>([])
        let delays = [9, 3, 7, 1, 5, 8, 2, 6, 4, 0]
        try await onLoop(loop) {
            let start = Deadline.now
            let tasks = delays.map { delay in
                Task(executorPreference: loop) {
                    let moment = Deadline(nanoseconds: start.nanoseconds + 20_000_000 + UInt64(delay) * 3_000_000)
                    await loop.sleep(until: moment)
                    // Never early: what waits for a deadline must find it over.
                    #expect(moment.isOver)
                    order.withLock { $0.append(delay) }
                }
            }
            for task in tasks { await task.value }
        }
        #expect(order.value == delays.sorted())
    }

    @Test func aMomentThatIsOverWaitsForNothing() async throws {
        let loop = Shared.group.loops[0]
        try await onLoop(loop) {
            await loop.sleep(until: Deadline(nanoseconds: 0))
            await loop.sleep(until: .after(seconds: -1))
        }
    }

    /// Jobs that make jobs must not keep the timers and sockets waiting for ever.
    @Test func aBusyLoopStillFiresTimers() async throws {
        let loop = Shared.group.loops[0]
        try await onLoop(loop) {
            let isOver = Guarded(false)
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await loop.sleep(until: .after(seconds: 0.01))
                    isOver.withLock { $0 = true }
                }
                group.addTask {
                    let limit = Deadline.after(seconds: 120)
                    while !isOver.value, !limit.isOver { await Task.yield() }
                    #expect(isOver.value)
                }
            }
        }
    }

    @Test func loopsTakeTurns() {
        let group = Shared.group
        let picked = Set((0..<group.loops.count * 2).map { _ in group.next().index })
        #expect(picked == Set(group.loops.indices))
    }

    @Test func everyLoopHasItsOwnValue() async throws {
        let local = LoopLocal(group: Shared.group) { [String]() }
        for loop in Shared.group.loops {
            try await onLoop(loop) { local.with { $0.append("loop \(loop.index)") } }
        }
        for loop in Shared.group.loops {
            let values = try await onLoop(loop) { local.with { $0 } }
            #expect(values == ["loop \(loop.index)"])
        }
    }
}

@Suite struct DeadlineTests {
    @Test func order() {
        let now = Deadline.now
        #expect(now <= Deadline.now)
        #expect(Deadline.after(seconds: 60) > now)
        #expect(!Deadline.after(seconds: 60).isOver)
        #expect(Deadline.after(seconds: 0).isOver)
        #expect(Deadline.after(seconds: -5).isOver)
        #expect(!Deadline.never.isOver)
        #expect(Deadline.after(seconds: .infinity) > Deadline.after(seconds: 1e8))
    }
}
