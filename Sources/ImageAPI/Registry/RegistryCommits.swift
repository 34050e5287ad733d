import Posix
import Synchronization
import WALIndex

/// The registry's commits as glance-api sees them by itself, where both run on one machine: through the wal-index of the
/// registry's database.
final class RegistryCommits: Sendable {
    /// Seconds until the registry is asked once more where its wal-index lies.
    private static let pauseSeconds = 5.0

    private struct State {
        var file: WALIndexFile?
        var nextSearch = Deadline.now
    }

    private let state = Locked(State())

    /// The newest commit; nil where it can't be seen.
    ///
    /// What the registry answers afterwards is of this state or of a later one.
    var newest: CommitState? {
        guard let file = state.withLock({ $0.file }) else { return nil }
        switch file.look() {
        case .state(let commit): return commit
        case .changing: return nil
        case .gone:
            state.withLock { if $0.file === file { $0.file = nil } }
            return nil
        }
    }

    /// Whether the caller is to find out where the wal-index lies: it is not known, and nobody has tried lately.
    func beginSearch() -> Bool {
        state.withLock { state in
            guard state.file == nil, state.nextSearch.isOver else { return false }
            state.nextSearch = .after(seconds: Self.pauseSeconds)
            return true
        }
    }

    func endSearch(_ place: WALIndexPlace) {
        let file = WALIndexFile(place)
        state.withLock { $0.file = file }
    }
}
