import Testing

@testable import ImageAPI

@Suite struct TaskQueueTests {
    private func started(_ queue: inout TaskQueue) -> [String] {
        var ids: [String] = []
        while let next = queue.next() { ids.append(next.taskID) }
        return ids
    }

    @Test func soManyRunAndTheRestWaits() {
        var queue = TaskQueue(runningMax: 3, runningPerTenantMax: 2)
        for id in ["a1", "a2", "a3", "a4"] { queue.add(id, of: "a") }
        #expect(started(&queue) == ["a1", "a2"])
        for id in ["b1", "b2"] { queue.add(id, of: "b") }
        #expect(started(&queue) == ["b1"])
        queue.end(of: "b")
        #expect(started(&queue) == ["b2"])
        queue.end(of: "a")
        #expect(started(&queue) == ["a3"])
        queue.end(of: "a")
        queue.end(of: "a")
        queue.end(of: "b")
        #expect(started(&queue) == ["a4"])
        queue.end(of: "a")
        #expect(started(&queue) == [])
    }

    @Test func tenantsTakeTurns() {
        var queue = TaskQueue(runningMax: 1, runningPerTenantMax: 1)
        for index in 1...3 {
            for tenant in ["a", "b"] { queue.add("\(tenant)\(index)", of: tenant) }
        }
        queue.add("c1", of: "c")
        var order: [String] = []
        while let next = queue.next() {
            order.append(next.taskID)
            queue.end(of: next.tenant)
        }
        #expect(order == ["a1", "b1", "c1", "a2", "b2", "a3", "b3"])
    }

    /// Whatever comes and goes, no bound is passed, and nothing that may run waits.
    @Test(arguments: 1...20)
    func randomCourses(seed: UInt64) {
        var state = seed
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var queue = TaskQueue(runningMax: 4, runningPerTenantMax: 2)
        var waiting: [String: Int] = [:]
        var running: [String: Int] = [:]
        for step in 0..<500 {
            let tenant = "t\(random(5))"
            if random(2) == 0 {
                queue.add("task\(step)", of: tenant)
                waiting[tenant, default: 0] += 1
            } else if running[tenant, default: 0] > 0 {
                queue.end(of: tenant)
                running[tenant, default: 0] -= 1
            }
            while let next = queue.next() {
                waiting[next.tenant, default: 0] -= 1
                running[next.tenant, default: 0] += 1
            }
            let all = running.values.reduce(0, +)
            #expect(all <= 4 && running.values.allSatisfy { $0 <= 2 })
            let couldRun = waiting.contains { $0.value > 0 && running[$0.key, default: 0] < 2 }
            #expect(all == 4 || !couldRun)
        }
    }
}
