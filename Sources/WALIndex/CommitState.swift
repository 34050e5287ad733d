import CWALIndex
import Glibc

/// A moment of one SQLite database between two commits. Equal ones of the same wal-index are the same moment.
///
/// In WAL mode a commit is seen by others as soon as the header of the wal-index, a file that all of them have mapped, names
/// its frames (https://sqlite.org/walformat.html §2.1). The header holds a count of the transactions and a checksum of
/// the log's frames.
public struct CommitState: Equatable, Sendable {
    // Not a SIMD vector: such a one is aligned to 64 bytes, which the frames of async functions are not.
    private var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)

    private static let bytes = MemoryLayout<(UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)>.size

    /// The newest commit, whoever made it: read without a lock or a call of the system. nil while one is being made, and
    /// while the index is.
    ///
    /// What a read that begins afterwards sees is this state or a later one.
    ///
    /// - Parameter index: the wal-index in memory that is shared with those who write.
    public init?(at index: UnsafeRawPointer) {
        let isWhole = withUnsafeMutableBytes(of: &words) { bytes in
            guard let words = bytes.baseAddress else { return false }
            return cwalindex_header(index, words) != 0
        }
        guard isWhole, isMade else { return nil }
    }

    /// The same out of the file, which may be cut short by anybody: memory that is mapped would then be gone.
    init?(in descriptor: CInt) {
        // Who commits writes the second copy first: this order sees a change that comes in between.
        var second = CommitState()
        guard read(from: descriptor, at: 0), second.read(from: descriptor, at: Self.bytes), self == second, isMade
        else { return nil }
    }

    private init() {}

    private mutating func read(from descriptor: CInt, at offset: Int) -> Bool {
        withUnsafeMutableBytes(of: &words) { pread(descriptor, $0.baseAddress, $0.count, offset) == $0.count }
    }

    /// The byte `isInit` is set, and so are the log's salts: without them nothing tells one database's index from another's.
    private var isMade: Bool {
        withUnsafeBytes(of: words) { $0[12] != 0 } && words.4 != 0
    }

    public static func == (left: CommitState, right: CommitState) -> Bool { left.words == right.words }
}
