import ImageModel
import Logging
import Posix
import Synchronization

/// Notes in a task's row how far its work is, while that goes on: every two seconds, whatever the work itself waits for.
final class ProgressNotes: Sendable {
    /// Between two notes, in seconds.
    private static let pauseSeconds: Double = 2

    private struct State {
        /// nil when it has ended: what the work holds, a file's lock perhaps, is not held any longer by its notes.
        var task: (@Sendable () -> ImageTask)?
        var last: Task<Void, Never>?
    }

    private let resources: TaskResources
    private let mark: UploadsInFlight.Mark
    private let state: Locked<State>

    /// Begins.
    ///
    /// - Parameters:
    ///   - mark: cancelled where the registry says that nobody wants the work any more.
    ///   - task: the task as it stands now.
    init(_ resources: TaskResources, _ mark: UploadsInFlight.Mark, of task: @escaping @Sendable () -> ImageTask) {
        self.resources = resources
        self.mark = mark
        state = Locked(State(task: task))
        let loop = resources.group.next()
        Task(executorPreference: loop) { await self.run(on: loop) }
    }

    /// Ends. What is written into the row from then on is not overwritten by a note that is late.
    func end() async {
        let last = state.withLock { state in
            state.task = nil
            return state.last
        }
        await last?.value
    }

    private func run(on loop: EventLoop) async {
        while true {
            await loop.sleep(until: .after(seconds: Self.pauseSeconds))
            let note = state.withLock { state -> Task<Void, Never>? in
                guard let task = state.task else { return nil }
                state.last = Task(executorPreference: loop) { await self.note(task()) }
                return state.last
            }
            guard let note else { return }
            await note.value
        }
    }

    private func note(_ task: ImageTask) async {
        do throws(RegistryFailure) {
            _ = try await resources.registry.perform(UpdateTask(task: task, lease: resources.lease))
        } catch {
            // Deleted, by another process perhaps, or taken over: nobody wants the bytes.
            if TaskStop(error) != nil { mark.cancel() }
        }
        resources.logger.info("copying", metadata: ["image": "\(task.imageID)", "bytes": "\(task.bytesDone)"])
    }
}
