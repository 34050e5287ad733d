import Credentials
import GlanceHTTP
import Posix
import Synchronization

/// Checks and hashes passwords beside the event loops, a few at a time: each takes some tenths of a second and 32 MiB.
final class PasswordWork: Sendable {
    /// Passwords that wait for a thread; beyond them clients are told to come back.
    static let waitingMax = 64

    /// Compares a password with a hash, which is what costs.
    typealias Comparison = @Sendable (PasswordHash, String) throws(PasswordHash.Failure) -> Bool

    private let pool: BlockingPool
    private let compare: Comparison
    private let waiting = Locked(0)

    /// - Parameter pool: of as many threads as passwords may be worked on at once.
    init(
        pool: BlockingPool,
        comparing compare: @escaping Comparison = { hash, password throws(PasswordHash.Failure) in
            try hash.matches(password)
        }
    ) {
        self.pool = pool
        self.compare = compare
    }

    /// Whether the password is the one of the hash; without a hash it costs the same, and is false.
    ///
    /// - Parameter isStillWanted: asked once more when the check's turn has come.
    /// - Throws: 503 where too many wait already; 500 where the hash can't be read.
    func matches(
        _ password: String, _ hash: String?, isStillWanted: @escaping @Sendable () -> Bool
    ) async throws(APIError) -> Bool {
        try await work { [compare] () throws(PasswordHash.Failure) -> Bool in
            guard isStillWanted() else { return false }
            guard let hash else {
                _ = try compare(PasswordHash.ofNobody, password)
                return false
            }
            return try compare(PasswordHash(text: hash), password)
        }
    }

    /// The text by which a new password is kept.
    ///
    /// - Throws: 400 where it can be none; 503 where too many wait already.
    func hash(_ password: String) async throws(APIError) -> String {
        try await work { () throws(PasswordHash.Failure) in try PasswordHash(of: password).text }
    }

    private func work<Value: Sendable>(
        _ body: @escaping @Sendable () throws(PasswordHash.Failure) -> Value
    ) async throws(APIError) -> Value {
        let isAdmitted = waiting.withLock { waiting in
            guard waiting < Self.waitingMax else { return false }
            waiting += 1
            return true
        }
        guard isAdmitted else { throw .tooManyLogins }
        defer { waiting.withLock { $0 -= 1 } }
        let result = await pool.result(body)
        do throws(PasswordHash.Failure) {
            return try result.get()
        } catch {
            throw error == .unusablePassword ? APIError(400, "\(error)") : .internalError("password: \(error)")
        }
    }
}
