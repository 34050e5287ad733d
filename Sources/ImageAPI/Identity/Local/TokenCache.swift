import Credentials
import ImageModel
import Posix
import Synchronization

/// What tokens were good for when the registry was asked last, a few seconds ago at the most.
final class TokenCache: Sendable {
    /// Seconds after which the registry is asked again: how long a user who was disabled is let in at the most.
    static let keptSeconds = 5.0
    /// It bounds the memory; what does not fit is looked up again.
    static let entriesMax = 4096

    private struct State {
        var entries: [TokenDigest: (grant: TokenGrant, until: Deadline)] = [:]
        /// Counts removals: an answer that was asked for before a removal must not be kept after it.
        var generation = 0
    }

    private let state = Locked(State())

    /// To be taken before the registry is asked, and handed to `keep`.
    var generation: Int { state.withLock { $0.generation } }

    func grant(of digest: TokenDigest) -> TokenGrant? {
        let now = Deadline.now
        guard let entry = state.withLock({ $0.entries[digest] }), entry.until > now,
            entry.grant.expiresAt > Timestamp.now
        else { return nil }
        return entry.grant
    }

    func keep(_ grant: TokenGrant, of digest: TokenDigest, since generation: Int) {
        let until = Deadline.after(seconds: Self.keptSeconds)
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.entries.count >= Self.entriesMax {
                let now = Deadline.now
                state.entries = state.entries.filter { $0.value.until > now }
                if state.entries.count >= Self.entriesMax { state.entries.removeAll() }
            }
            state.entries[digest] = (grant, until)
        }
    }

    func removeAll() {
        state.withLock { state in
            state.generation += 1
            state.entries.removeAll()
        }
    }

    func remove(_ digest: TokenDigest) {
        state.withLock { state in
            state.generation += 1
            state.entries[digest] = nil
        }
    }
}
