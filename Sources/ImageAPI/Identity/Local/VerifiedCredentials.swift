import Credentials
import ImageModel
import Posix
import Synchronization

/// User names and passwords that were right not long ago, so that HTTP Basic does not pay for scrypt at each request.
/// Of the passwords it keeps a digest under a key that ends with the process.
final class VerifiedCredentials: Sendable {
    /// Seconds for which a password need not be hashed again, as long as its hash in the registry stays the same.
    static let keptSeconds = 600.0
    /// Seconds after which the registry is asked again.
    static let freshSeconds = TokenCache.keptSeconds
    static let entriesMax = 1024

    struct Entry {
        /// The hash that the password was checked against.
        let passwordHash: String
        var grant: TokenGrant
        var freshUntil: Deadline
        let until: Deadline
    }

    private let digest = KeyedDigest()
    private let entries = Locked<[[UInt8]: Entry]>([:])

    func key(user: String, password: String) -> [UInt8] { digest(user, password) }

    subscript(key: [UInt8]) -> Entry? {
        guard let entry = entries.withLock({ $0[key] }), !entry.until.isOver else { return nil }
        return entry
    }

    func keep(_ key: [UInt8], passwordHash: String, grant: TokenGrant) {
        let entry = Entry(
            passwordHash: passwordHash, grant: grant, freshUntil: .after(seconds: Self.freshSeconds),
            until: .after(seconds: Self.keptSeconds))
        entries.withLock { entries in
            if entries.count >= Self.entriesMax {
                entries = entries.filter { !$0.value.until.isOver }
                if entries.count >= Self.entriesMax { entries.removeAll() }
            }
            entries[key] = entry
        }
    }

    func refresh(_ key: [UInt8], grant: TokenGrant) {
        let freshUntil = Deadline.after(seconds: Self.freshSeconds)
        entries.withLock { entries in
            entries[key]?.grant = grant
            entries[key]?.freshUntil = freshUntil
        }
    }

    /// Has the registry asked again about each, before it counts once more.
    func expireAll() {
        let now = Deadline.now
        entries.withLock { entries in
            for key in entries.keys { entries[key]?.freshUntil = now }
        }
    }

    func remove(_ key: [UInt8]) {
        entries.withLock { _ = $0.removeValue(forKey: key) }
    }
}
