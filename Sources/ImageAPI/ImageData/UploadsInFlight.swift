import Posix
import Synchronization

/// The uploads that this process is taking in, so that deleting an image stops its upload now and not when it ends.
public final class UploadsInFlight: Sendable {
    /// One upload's flag.
    final class Mark: Sendable {
        private let flag = Atomic<Bool>(false)
        /// The task that it belongs to; nil where a client waits for it.
        let taskID: String?

        init(taskID: String?) { self.taskID = taskID }

        /// Whether the image was deleted meanwhile.
        var isCancelled: Bool { flag.load(ordering: .relaxed) }

        func cancel() { flag.store(true, ordering: .relaxed) }
    }

    private let marks = Locked<[String: Mark]>([:])

    public init() {}

    /// Notes that an image's data come; an image takes one upload at a time.
    ///
    /// - Parameter taskID: the task that it belongs to, if to any.
    func begin(_ imageID: String, for taskID: String? = nil) -> Mark {
        let mark = Mark(taskID: taskID)
        marks.withLock { $0[imageID] = mark }
        return mark
    }

    /// Notes the end.
    func end(_ imageID: String) {
        marks.withLock { $0[imageID] = nil }
    }

    /// Stops the image's upload, if there is one.
    func cancel(_ imageID: String) {
        marks.withLock { $0[imageID] }?.cancel()
    }

    /// Stops what a task has under way.
    func cancel(taskID: String) {
        marks.withLock { $0.values.first { $0.taskID == taskID } }?.cancel()
    }
}
