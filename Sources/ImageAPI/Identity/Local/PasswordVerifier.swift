import Credentials
import GlanceHTTP
import Posix
import Synchronization

/// Checks passwords beside the event loops, a few at a time: each takes some tenths of a second and 32 MiB.
final class PasswordVerifier: Sendable {
    /// Checks that wait for a thread; beyond them clients are told to come back.
    static let waitingMax = 64

    private let pool: BlockingPool
    private let waiting = Locked(0)

    /// - Parameter pool: of as many threads as checks may run at once.
    init(pool: BlockingPool) { self.pool = pool }

    /// Whether the password is the one of the hash; without a hash it costs the same, and is false.
    ///
    /// - Parameter isStillWanted: asked once more when the check's turn has come.
    /// - Throws: 503 where too many wait already; 500 where the hash can't be read.
    func matches(
        _ password: String, _ hash: String?, isStillWanted: @escaping @Sendable () -> Bool
    ) async throws(APIError) -> Bool {
        let isAdmitted = waiting.withLock { waiting in
            guard waiting < Self.waitingMax else { return false }
            waiting += 1
            return true
        }
        guard isAdmitted else { throw .tooManyLogins }
        defer { waiting.withLock { $0 -= 1 } }
        let result = await pool.result { () throws(PasswordHash.Failure) -> Bool in
            guard isStillWanted() else { return false }
            guard let hash else {
                _ = try PasswordHash.ofNobody.matches(password)
                return false
            }
            return try PasswordHash(text: hash).matches(password)
        }
        do throws(PasswordHash.Failure) {
            return try result.get()
        } catch {
            throw .internalError("password check: \(error)")
        }
    }
}
