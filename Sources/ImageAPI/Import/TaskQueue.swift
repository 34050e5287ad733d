import DequeModule

/// Which tasks run and which wait: so many at one time, and so many of a tenant's. Tenants take turns, so that who queues
/// a hundred does not keep the others waiting.
struct TaskQueue {
    private let runningMax: Int
    private let runningPerTenantMax: Int
    private var running = 0
    private var tenants: [String: Tenant] = [:]
    /// Those with tasks that wait, in the order of their turns.
    private var turns: Deque<String> = []

    private struct Tenant {
        var waiting: Deque<String> = []
        var running = 0
    }

    init(runningMax: Int, runningPerTenantMax: Int) {
        self.runningMax = runningMax
        self.runningPerTenantMax = runningPerTenantMax
    }

    /// Puts a task behind its tenant's others.
    mutating func add(_ taskID: String, of tenant: String) {
        let waits = tenants[tenant]?.waiting.isEmpty == false
        tenants[tenant, default: Tenant()].waiting.append(taskID)
        if !waits { turns.append(tenant) }
    }

    /// A task that is to begin now, and counts as running from here on; nil where all that may run do.
    mutating func next() -> (taskID: String, tenant: String)? {
        guard running < runningMax else { return nil }
        for index in turns.indices {
            let name = turns[index]
            guard var tenant = tenants[name], tenant.running < runningPerTenantMax,
                let taskID = tenant.waiting.popFirst()
            else { continue }
            tenant.running += 1
            running += 1
            turns.remove(at: index)
            if !tenant.waiting.isEmpty { turns.append(name) }
            tenants[name] = tenant
            return (taskID, name)
        }
        return nil
    }

    /// A task of the tenant has ended.
    mutating func end(of tenant: String) {
        running -= 1
        tenants[tenant]?.running -= 1
        if tenants[tenant]?.running == 0, tenants[tenant]?.waiting.isEmpty == true { tenants[tenant] = nil }
    }
}
