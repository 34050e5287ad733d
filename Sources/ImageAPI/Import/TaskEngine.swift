import ImageModel
import Logging
import Posix

/// Does the work that goes on behind requests (v1 `copy_from`, v2's imports): a task row in the registry is the truth, a
/// task here does the work, and what a crash interrupts is begun again at the next start.
///
/// What is done for each kind of task stands in a `TaskWork` of its own.
public final class TaskEngine: Sendable {
    private let resources: TaskResources
    private let remoteCopy: RemoteCopy
    private let stagedImport: StagedImport
    private let locationImport: LocationImport

    public init(_ resources: TaskResources) {
        self.resources = resources
        remoteCopy = RemoteCopy(resources)
        stagedImport = StagedImport(resources)
        locationImport = LocationImport(resources)
    }

    private func work(for kind: ImageTask.Kind) -> any TaskWork {
        switch kind {
        case .copyFrom, .webDownload, .taskImport: remoteCopy
        case .glanceDirect: stagedImport
        case .locationImport: locationImport
        }
    }

    // MARK: Beginning

    /// Writes the task's row and begins.
    func start(
        from url: String, to image: Image, bytesExpected: Int64?, _ context: RequestContext
    ) async throws(RegistryFailure) {
        let task = ImageTask(
            id: ImageID.random(), kind: .copyFrom, imageID: image.id, sourceURL: url, bytesExpected: bytesExpected)
        _ = try await resources.registry.perform(CreateTask(task: task), requestID: context.requestID)
        run(task)
    }

    /// Makes the image `importing`, writes the task's row and begins.
    func startImport(
        _ kind: ImageTask.Kind, from url: String, of image: Image, claim: DigestClaim?, _ context: RequestContext
    ) async throws(RegistryFailure) -> ImageTask {
        var task = ImageTask(
            id: ImageID.random(), kind: kind, imageID: image.id, sourceURL: url, bytesExpected: nil)
        task.userID = context.caller.userID
        task.requestID = context.requestID
        task.claim = claim
        let options = resources.options
        let start = StartImport(
            task: task, viewer: context.caller.viewer, quotas: options.quotas,
            properties: kind.hasPlugins ? options.importPlugins.properties(forRoles: context.caller.roles) : [])
        _ = try await resources.registry.perform(start, requestID: context.requestID)
        run(task)
        return task
    }

    /// Takes up what an earlier process has not finished; to be called once, at the start.
    public func resumeUnfinished() async throws(RegistryFailure) {
        for task in try await resources.registry.perform(ListUnfinishedTasks()).tasks { run(task) }
    }

    private func run(_ task: ImageTask) {
        Task(executorPreference: resources.group.next()) { await self.work(on: task) }
    }

    // MARK: An attempt

    private func work(on task: ImageTask) async {
        var task = task
        task.status = .processing
        task.attempts += 1
        let work = work(for: task.kind)
        let metadata = { (task: ImageTask) in ["image": "\(task.imageID)", "task": "\(task.id)"] as Logger.Metadata }
        do {
            try await whileRegistryIsAway {
                _ = try await self.resources.registry.perform(UpdateTask(task: task))
                try await work.perform(&task)
            }
            task.status = .success
            task.message = ""
            resources.logger.info(
                "copied", metadata: metadata(task).merging(["bytes": "\(task.bytesDone)"]) { old, _ in old })
        } catch TaskStop.imageDeleted {
            return
        } catch {
            resources.logger.warning(
                "copy failed", metadata: metadata(task).merging(["reason": "\(error)"]) { old, _ in old })
            task.status = .failure
            task.message = "\(error)"
            // The image first: a crash in between does the task again, and ends here again.
            try? await whileRegistryIsAway { try await self.giveUp(task, work) }
        }
        let last = task
        try? await whileRegistryIsAway { _ = try await self.resources.registry.perform(UpdateTask(task: last)) }
    }

    /// Gives a failed task's image the status that its API knows for that.
    private func giveUp(_ task: ImageTask, _ work: any TaskWork) async throws {
        try await work.cleanUp(after: task)
        if task.kind == .copyFrom {
            _ = try await resources.registry.perform(KillImage(imageID: task.imageID))
        } else {
            _ = try await resources.registry.perform(FailImport(task: task))
        }
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
