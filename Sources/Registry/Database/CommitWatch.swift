import CSQLite
import GRDB
import GRDBSQLite

/// A moment of the database between two commits. Equal ones are the same moment.
struct CommitState: Equatable, Sendable {
    fileprivate var words = SIMD16<UInt32>()
}

/// Tells whether anybody, in whatever process, has committed since: without a call of the system, without a lock.
///
/// In WAL mode a commit is seen by others as soon as the header of the wal-index, a file that all of them have mapped, names
/// its frames (https://sqlite.org/walformat.html §2.1). The header holds a count of the transactions and a checksum of
/// the log's frames.
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
    var state: CommitState? {
        var state = CommitState()
        let isWhole = withUnsafeMutableBytes(of: &state.words) { bytes in
            csqlite_wal_state(index, bytes.baseAddress?.assumingMemoryBound(to: UInt32.self)) != 0
        }
        return isWhole ? state : nil
    }
}
