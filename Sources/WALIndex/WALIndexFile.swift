import Glibc

/// Which file a wal-index is: its path, and what tells whether it is still the same file that lies there.
public struct WALIndexPlace: Equatable, Sendable {
    /// Absolute; SQLite's `-shm` beside the database.
    public let path: String
    public let device: UInt64
    public let inode: UInt64

    public init(path: String, device: UInt64, inode: UInt64) {
        self.path = path
        self.device = device
        self.inode = inode
    }

    /// The file that lies at a path now; nil where there is none.
    public init?(at path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(path: path, device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
}

/// The wal-index of a database that another process has open, for looking at alone.
// Proof: the mapping is made and unmapped by one owner, and only read in between.
public final class WALIndexFile: @unchecked Sendable {
    /// Of the header, which is all that is read.
    private static let mappedBytes = 4096

    private let place: WALIndexPlace
    private let index: UnsafeRawPointer

    /// - Returns: nil where that file does not lie there, or may not be read: the database is another machine's perhaps.
    public init?(_ place: WALIndexPlace) {
        let descriptor = open(place.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, UInt64(status.st_dev) == place.device,
            UInt64(status.st_ino) == place.inode, status.st_size >= Self.mappedBytes,
            let memory = mmap(nil, Self.mappedBytes, PROT_READ, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else { return nil }
        self.place = place
        index = UnsafeRawPointer(memory)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: index), Self.mappedBytes) }

    /// What this file says of its database now.
    public enum Look: Equatable, Sendable {
        case state(CommitState)
        /// A commit is being made, or the database is being opened.
        case changing
        /// It is no longer the database's: the last who had that open has closed it, and its state will never change.
        case gone
    }

    /// Looks at the newest commit, whoever made it.
    public func look() -> Look {
        let state = CommitState(at: index)
        // After the state, so that the file was the database's own when the state was read.
        guard WALIndexPlace(at: place.path) == place else { return .gone }
        return state.map(Look.state) ?? .changing
    }
}
