import Posix
import Synchronization

/// Slows down who guesses: after a few wrong passwords for a user from one address, the next ones have to wait, each
/// twice as long as the last.
///
/// A user name that does not exist is counted like any other. The table is bounded: to push an entry out takes more wrong
/// passwords, at the price of scrypt, than fit into the longest wait.
final class LoginAttempts: Sendable {
    /// Who tries, from where.
    struct Key: Hashable {
        let user: String
        let peer: String
    }

    /// Wrong passwords that cost nothing.
    static let freeFailures = 5
    /// Seconds of the longest wait.
    static let waitSecondsMax = 60.0
    /// Seconds after which failures are forgotten.
    static let keptSeconds = 900.0
    static let entriesMax = 4096

    private struct Entry {
        var failures = 0
        var blockedUntil: Deadline
        var forgottenAt: Deadline
    }

    private let entries = Locked<[Key: Entry]>([:])

    /// Seconds until the next attempt is taken; nil: now.
    func wait(_ key: Key, now: Deadline = .now) -> Int? {
        guard let entry = entries.withLock({ $0[key] }), entry.blockedUntil > now else { return nil }
        return Int((entry.blockedUntil.nanoseconds - now.nanoseconds) / 1_000_000_000) + 1
    }

    func failed(_ key: Key, now: Deadline = .now) {
        entries.withLock { entries in
            var entry = entries[key] ?? Entry(blockedUntil: now, forgottenAt: now)
            if entry.forgottenAt <= now { entry.failures = 0 }
            entry.failures += 1
            let step = entry.failures - Self.freeFailures
            let seconds = step < 0 ? 0 : min(Self.waitSecondsMax, Double(1 << min(step, 10)))
            entry.blockedUntil = now.adding(seconds: seconds)
            entry.forgottenAt = now.adding(seconds: Self.keptSeconds)
            if entries[key] == nil, entries.count >= Self.entriesMax { Self.makeRoom(in: &entries, now) }
            entries[key] = entry
        }
    }

    func succeeded(_ key: Key) {
        entries.withLock { _ = $0.removeValue(forKey: key) }
    }

    /// Drops what is forgotten, or else the oldest.
    private static func makeRoom(in entries: inout [Key: Entry], _ now: Deadline) {
        entries = entries.filter { $0.value.forgottenAt > now }
        guard entries.count >= entriesMax, let oldest = entries.min(by: { $0.value.forgottenAt < $1.value.forgottenAt })
        else { return }
        entries[oldest.key] = nil
    }
}

extension Deadline {
    fileprivate func adding(seconds: Double) -> Deadline {
        Deadline(nanoseconds: nanoseconds + UInt64(seconds * 1e9))
    }
}
