import CSQLite
import GRDB
import GRDBSQLite
import WALIndex

/// Tells whether anybody, in whatever process, has committed since: without a call of the system, without a lock.
// Proof: the memory is SQLite's mapping of the `-shm` file, there until `connection` is closed; it is only read.
final class CommitWatch: @unchecked Sendable {
    private let index: UnsafeRawPointer
    private let connection: DatabasePool

    /// - Returns: nil where the database has no wal-index in shared memory.
    init?(_ pool: DatabasePool) throws {
        let index = try pool.writeWithoutTransaction { db in
            UInt(bitPattern: csqlite_wal_index(UnsafeMutableRawPointer(db.sqliteConnection)))
        }
        guard let index = UnsafeRawPointer(bitPattern: index) else { return nil }
        self.index = index
        connection = pool
    }

    /// The newest commit; nil while one is being made.
    ///
    /// What a read that begins afterwards sees is this state or a later one.
    var state: CommitState? { CommitState(at: index) }
}
