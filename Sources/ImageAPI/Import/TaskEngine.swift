import Credentials
import ImageModel
import Logging
import Posix
import Synchronization

/// Does the work that goes on behind requests (v1 `copy_from`, v2's imports): a task row in the registry is the truth, a
/// task here does the work, and what a crash interrupts is begun again at the next start.
///
/// So many run at one time, of all tenants and of one; the others wait in their rows as `pending`. Who works on a task
/// holds a lease on it, which signs of life renew, so that another glance-api with the same registry keeps away from it
/// and takes it over when they stop. What is done for each kind of task stands in a `TaskWork` of its own.
public final class TaskEngine: Sendable {
    private struct State {
        /// What has the network to wait for, and what has not: the one must not hold the other up.
        var fetches: TaskQueue
        var local: TaskQueue
        /// Those that wait or run here, with their images.
        var known: [String: String] = [:]
        var running: Set<String> = []
    }

    private let resources: TaskResources
    private let remoteCopy: RemoteCopy
    private let stagedImport: StagedImport
    private let locationImport: LocationImport
    private let imageCopy: ImageCopy
    private let state: Locked<State>

    public init(_ resources: TaskResources) {
        self.resources = resources
        remoteCopy = RemoteCopy(resources)
        stagedImport = StagedImport(resources)
        locationImport = LocationImport(resources)
        imageCopy = ImageCopy(resources)
        let limits = resources.options.tasks
        let queue = TaskQueue(runningMax: limits.copiesMax, runningPerTenantMax: limits.copiesPerTenantMax)
        state = Locked(State(fetches: queue, local: queue))
    }

    private func work(for kind: ImageTask.Kind) -> any TaskWork {
        switch kind {
        case .copyFrom, .webDownload, .glanceDownload, .taskImport: remoteCopy
        case .glanceDirect: stagedImport
        case .locationImport: locationImport
        case .copyImage: imageCopy
        }
    }

    // MARK: Beginning

    /// Writes the task's row; the work begins when its turn has come.
    func start(
        from url: String, to image: Image, bytesExpected: Int64?, _ context: RequestContext
    ) async throws(RegistryFailure) {
        let task = ImageTask(
            id: ImageID.random(), kind: .copyFrom, imageID: image.id, sourceURL: url, bytesExpected: bytesExpected)
        _ = try await resources.registry.perform(CreateTask(task: task), requestID: context.requestID)
        enqueue(task, of: image.owner)
    }

    /// Makes the image `importing` and writes the task's row; the work begins when its turn has come.
    func startImport(
        _ order: ImportOrder, of image: Image, _ context: RequestContext
    ) async throws(RegistryFailure) -> ImageTask {
        var task = ImageTask(
            id: ImageID.random(), kind: order.kind, imageID: image.id, sourceURL: order.urls.first ?? "",
            bytesExpected: nil)
        if order.urls.count > 1 { task.sourceURLs = order.urls }
        task.userID = context.caller.userID
        task.requestID = context.requestID
        task.claim = order.claim
        task.remote = order.remote
        task.credential = order.token.map { resources.seal.seal($0, for: task.id) }
        task.stores = order.stores
        let options = resources.options
        let start = StartImport(
            task: task, viewer: context.caller.viewer, quotas: try await options.limits.of(image.owner),
            properties: order.kind.hasPlugins ? options.importPlugins.properties(forRoles: context.caller.roles) : [])
        _ = try await resources.registry.perform(start, requestID: context.requestID)
        enqueue(task, of: image.owner)
        return task
    }

    /// Takes up what an earlier process has not finished, and from then on what others leave behind. To be called once, at
    /// the start.
    public func begin() {
        Task(executorPreference: resources.group.next()) { await self.lookForTasks() }
        Task(executorPreference: resources.group.next()) { await self.renewLeases() }
    }

    private func lookForTasks() async {
        while true {
            do throws(RegistryFailure) {
                let list = ListUnfinishedTasks(holder: resources.lease.holder)
                for record in try await resources.registry.perform(list).tasks {
                    enqueue(record.task, of: record.owner)
                }
                await EventLoop.current?.sleep(until: .after(seconds: Double(resources.lease.seconds) / 2))
            } catch {
                resources.logger.warning("the registry does not tell what is to do", metadata: ["reason": "\(error)"])
                await EventLoop.current?.sleep(until: .after(seconds: 1))
            }
        }
    }

    // MARK: Turns

    /// Whether its data come over the network: those of a copy do where no store of ours has them.
    private static func fetches(_ task: ImageTask) -> Bool {
        task.kind == .copyImage ? !task.sourceURL.isEmpty : task.kind != .glanceDirect
    }

    private func enqueue(_ task: ImageTask, of tenant: String?) {
        state.withLock { state in
            guard state.known.updateValue(task.imageID, forKey: task.id) == nil else { return }
            if Self.fetches(task) {
                state.fetches.add(task.id, of: tenant ?? "")
            } else {
                state.local.add(task.id, of: tenant ?? "")
            }
        }
        runNext()
    }

    /// Begins as many of those that wait as may run.
    private func runNext() {
        while true {
            let next = state.withLock { state -> (id: String, tenant: String, fetches: Bool)? in
                if let next = state.fetches.next() { return (next.taskID, next.tenant, true) }
                if let next = state.local.next() { return (next.taskID, next.tenant, false) }
                return nil
            }
            guard let next else { return }
            Task(executorPreference: resources.group.next()) {
                await self.run(next.id)
                self.state.withLock { state in
                    state.known[next.id] = nil
                    if next.fetches { state.fetches.end(of: next.tenant) } else { state.local.end(of: next.tenant) }
                }
                self.runNext()
            }
        }
    }

    // MARK: Leases

    /// Signs of life for all that run; what is no longer this process's is stopped.
    private func renewLeases() async {
        while true {
            await EventLoop.current?.sleep(until: .after(seconds: max(1, Double(resources.lease.seconds) / 4)))
            let ids = state.withLock { Array($0.running) }
            guard !ids.isEmpty else { continue }
            let renew = RenewLeases(taskIDs: ids, lease: resources.lease)
            guard let lost = try? await resources.registry.perform(renew).ids else { continue }
            for id in lost { resources.inFlight.cancel(taskID: id) }
        }
    }

    /// nil where there is nothing to do any more, or another does it.
    private func claim(_ id: String) async -> ImageTask? {
        var claimed: ImageTask?
        try? await whileRegistryIsAway {
            claimed = try await self.resources.registry.perform(ClaimTask(id: id, lease: self.resources.lease))
        }
        return claimed
    }

    // MARK: An attempt

    private func run(_ id: String) async {
        guard var task = await claim(id) else {
            // Whatever an attempt before has left goes, where nobody wants it any more.
            if let imageID = state.withLock({ $0.known[id] }) { await resources.end.removeRemains(of: imageID) }
            return
        }
        state.withLock { _ = $0.running.insert(id) }
        defer { state.withLock { _ = $0.running.remove(id) } }
        let metadata: Logger.Metadata = ["image": "\(task.imageID)", "task": "\(id)"]
        let work = work(for: task.kind)
        do {
            try await whileRegistryIsAway { try await work.perform(&task) }
            task.status = .success
            task.message = ""
            resources.logger.info(
                "copied", metadata: metadata.merging(["bytes": "\(task.bytesDone)"]) { old, _ in old })
        } catch is TaskStop {
            return
        } catch {
            resources.logger.warning(
                "copy failed", metadata: metadata.merging(["reason": "\(error)"]) { old, _ in old })
            task.message = "\(error)"
            // The image first: a crash in between does the task again, and ends here again.
            do {
                try await whileRegistryIsAway { try await self.giveUp(&task, work) }
            } catch let failure as RegistryFailure where TaskStop(failure) != nil {
                return
            } catch {
                // The next start settles the image.
                resources.logger.error(
                    "cannot give a copy up", metadata: metadata.merging(["reason": "\(error)"]) { old, _ in old })
            }
        }
        let last = task
        try? await whileRegistryIsAway { try await self.note(last) }
    }

    /// Gives a failed task's image the status that its API knows for that.
    private func giveUp(_ task: inout ImageTask, _ work: any TaskWork) async throws {
        // Who has lost it must not spoil what another makes of it.
        task.status = .processing
        try await note(task)
        task.status = .failure
        try await work.cleanUp(after: task)
        if task.kind == .copyFrom {
            _ = try await resources.registry.perform(KillImage(imageID: task.imageID))
        } else {
            _ = try await resources.registry.perform(FailImport(task: task, lease: resources.lease))
        }
    }

    private func note(_ task: ImageTask) async throws(RegistryFailure) {
        _ = try await resources.registry.perform(UpdateTask(task: task, lease: resources.lease))
    }

    /// Begins again as long as the registry can't be reached: its absence fails no copy, and loses none.
    private func whileRegistryIsAway(_ operation: () async throws -> Void) async throws {
        while true {
            do {
                return try await operation()
            } catch RegistryFailure.unavailable(let reason) {
                resources.logger.warning("a copy waits for the registry", metadata: ["reason": "\(reason)"])
                await EventLoop.current?.sleep(until: .after(seconds: 1))
            }
        }
    }
}
