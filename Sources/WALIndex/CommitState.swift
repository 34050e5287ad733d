import CWALIndex

/// A moment of a SQLite database between two commits. Equal ones are the same moment.
///
/// In WAL mode a commit is seen by others as soon as the header of the wal-index, a file that all of them have mapped, names
/// its frames (https://sqlite.org/walformat.html §2.1). The header holds a count of the transactions and a checksum of
/// the log's frames.
public struct CommitState: Equatable, Sendable {
    // Not a SIMD vector: such a one is aligned to 64 bytes, which the frames of async functions are not.
    private var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)

    /// The newest commit, whoever made it: read without a lock or a call of the system. nil while one is being made, and
    /// while nobody has the database open.
    ///
    /// What a read that begins afterwards sees is this state or a later one.
    ///
    /// - Parameter index: the wal-index in memory that is shared with those who write.
    public init?(at index: UnsafeRawPointer) {
        let isWhole = withUnsafeMutableBytes(of: &words) { bytes in
            guard let words = bytes.baseAddress else { return false }
            return cwalindex_header(index, words) != 0
        }
        guard isWhole else { return nil }
    }

    public static func == (left: CommitState, right: CommitState) -> Bool { left.words == right.words }
}
