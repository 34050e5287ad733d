import Glibc
import Posix

/// The wal-index of a database that other processes have open, for looking at alone.
public final class WALIndexFile: Sendable {
    /// What this file says of its database now.
    public enum Look: Equatable, Sendable {
        case state(CommitState)
        /// A commit is being made, or the index is.
        case changing
        /// Nobody has the database open any more: what is committed from now on need not show here.
        case gone
    }

    public let place: WALIndexPlace
    private let file: Descriptor

    /// - Returns: nil where that file does not lie there, or may not be read: the database is another machine's perhaps.
    public init?(_ place: WALIndexPlace) {
        guard place.boot == Boot.id else { return nil }
        // Whatever lies there, this waits for nobody.
        guard let file = try? Descriptor.open(place.path, O_RDONLY | O_NOCTTY | O_NONBLOCK) else { return nil }
        var status = stat()
        guard fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            WALIndexPlace(boot: place.boot, path: place.path, status) == place
        else { return nil }
        self.place = place
        self.file = file
    }

    /// Looks at the newest commit, whoever made it.
    public func look() -> Look {
        let state = CommitState(in: file.rawValue)
        // After the state, so that the file was in use when the state was read.
        guard isInUse else { return .gone }
        return state.map(Look.state) ?? .changing
    }

    /// Whether any process has the wal-index open: each holds a read lock on this byte, and a killed one none
    /// (https://sqlite.org/walformat.html §2.3, and "DMS" in SQLite's os_unix.c).
    private var isInUse: Bool {
        let deadManSwitchByte: off_t = 128
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = deadManSwitchByte
        lock.l_len = 1
        return fcntl(file.rawValue, F_GETLK, &lock) == 0 && lock.l_type != Int16(F_UNLCK)
    }
}
