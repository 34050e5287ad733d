import ImageModel

/// What is done for one kind of task; the engine decides when, and what becomes of the task and its image.
protocol TaskWork: Sendable {
    /// Does the whole of it, in one attempt of the task. It may be called again for the same task, in this process or in
    /// the next one, so each step begins with a look at what an earlier attempt has done.
    ///
    /// - Parameter task: what changes in it (bytes done, the source's tag) is written with the task's end.
    /// - Throws: `TaskStop` where nobody is left to be told, or another does the work; `RegistryFailure.unavailable` to be called
    ///   again once the registry answers; whatever else ends the task as a failure, with the error's text as message.
    func perform(_ task: inout ImageTask) async throws

    /// Takes away what a failed task has left in the store, before its image gets the status that its API knows for
    /// that. Most leave nothing.
    func cleanUp(after task: ImageTask) async throws
}

extension TaskWork {
    func cleanUp(after task: ImageTask) async throws {}
}

extension RegistryFailure {
    /// A quota's refusal as the reason why data are not taken; anything else as it is.
    var asUploadFailure: any Error {
        guard case .quotaExceeded(let quota, let limit, let used) = self else { return self }
        return UploadFailure.overQuota(quota: quota, limit: limit, used: used)
    }
}

/// How a task ends beside what the layers beneath throw.
enum TaskStop: Error, Equatable, CustomStringConvertible {
    /// Nobody is there to be told.
    case imageDeleted
    /// Another glance-api has taken it over.
    case taken

    /// What it means that the registry does not take news of a task; nil where that is no reason to stop.
    init?(_ failure: RegistryFailure) {
        switch failure {
        case .notFound: self = .imageDeleted
        case .duplicate: self = .taken
        default: return nil
        }
    }

    var description: String {
        switch self {
        case .imageDeleted: "the image was deleted"
        case .taken: "another works on the task"
        }
    }
}
