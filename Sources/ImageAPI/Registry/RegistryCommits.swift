import Posix
import Synchronization
import WALIndex

/// The registry's commits as glance-api sees them by itself, where both run on one machine: through the wal-index of the
/// registry's database.
final class RegistryCommits: Sendable {
    /// A moment of the registry's database.
    struct Commit: Equatable, Sendable {
        /// Counts the wal-indexes: those of two databases may look alike.
        fileprivate let index: Int
        fileprivate let state: CommitState
    }

    /// Seconds until the registry is asked once more where its wal-index lies: it may run on another database by then.
    private static let pauseSeconds = 5.0

    private struct State {
        var file: WALIndexFile?
        /// Of the file.
        var index = 0
        var nextSearch = Deadline.now
        var isSearching = false

        mutating func forget(_ gone: WALIndexFile) {
            guard file === gone else { return }
            file = nil
            nextSearch = .now
        }
    }

    private let state = Locked(State())

    /// The newest commit; nil where it can't be seen.
    ///
    /// What the registry answers afterwards is of this state or of a later one.
    var newest: Commit? {
        let (found, index) = state.withLock { ($0.file, $0.index) }
        guard let file = found else { return nil }
        switch file.look() {
        case .state(let commit): return Commit(index: index, state: commit)
        case .changing: return nil
        case .gone:
            state.withLock { $0.forget(file) }
            return nil
        }
    }

    /// The registry can't be reached: whoever answers next may have another database.
    func forget() {
        state.withLock { state in
            if let file = state.file { state.forget(file) }
        }
    }

    /// Whether the caller is to find out where the wal-index lies, as nobody has for a while.
    func beginSearch() -> Bool {
        state.withLock { state in
            guard !state.isSearching, state.nextSearch.isOver else { return false }
            state.isSearching = true
            return true
        }
    }

    /// - Parameter place: what the registry says; nil where it says nothing.
    func endSearch(_ place: WALIndexPlace?) {
        let known = state.withLock { $0.file }
        let file = known?.place == place ? known : place.flatMap { WALIndexFile($0) }
        state.withLock { state in
            state.isSearching = false
            state.nextSearch = .after(seconds: Self.pauseSeconds)
            guard state.file !== file else { return }
            state.file = file
            state.index += 1
        }
    }
}
