import Glibc

/// Which file a wal-index is: what tells whether it is this one that lies at its path, seen from any process.
public struct WALIndexPlace: Equatable, Sendable {
    /// The machine and its run, in which `device` and `inode` mean something: Linux's boot_id.
    public let boot: String
    /// Absolute; SQLite's `-shm` beside the database.
    public let path: String
    public let device: UInt64
    public let inode: UInt64

    public init(boot: String, path: String, device: UInt64, inode: UInt64) {
        self.boot = boot
        self.path = path
        self.device = device
        self.inode = inode
    }

    /// The file that lies at a path now; nil where there is none.
    public init?(at path: String) {
        guard let boot = Self.thisBoot, let file = FileIdentity(at: path) else { return nil }
        self.init(boot: boot, path: path, device: file.device, inode: file.inode)
    }

    /// random(4) §boot_id; nil where it can't be read.
    static let thisBoot: String? = {
        let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 36 else { return nil }
        return String(decoding: bytes[..<36], as: UTF8.self)
    }()
}

/// What a path leads to.
private struct FileIdentity: Equatable {
    let device: UInt64
    let inode: UInt64

    init?(at path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    init(_ place: WALIndexPlace) {
        device = place.device
        inode = place.inode
    }
}

/// The wal-index of a database that another process has open, for looking at alone.
// Proof: the mapping is made and unmapped by one owner, and only read in between.
public final class WALIndexFile: @unchecked Sendable {
    /// Of the header, which is all that is read.
    private static let mappedBytes = 4096

    private let path: String
    private let identity: FileIdentity
    private let index: UnsafeRawPointer

    /// - Returns: nil where that file does not lie there, or may not be read: the database is another machine's perhaps.
    public init?(_ place: WALIndexPlace) {
        guard place.boot == WALIndexPlace.thisBoot else { return nil }
        let descriptor = open(place.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, FileIdentity(status) == FileIdentity(place),
            status.st_size >= Self.mappedBytes,
            let memory = mmap(nil, Self.mappedBytes, PROT_READ, MAP_SHARED, descriptor, 0), memory != MAP_FAILED
        else { return nil }
        path = place.path
        identity = FileIdentity(place)
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
        guard FileIdentity(at: path) == identity else { return .gone }
        return state.map(Look.state) ?? .changing
    }
}
