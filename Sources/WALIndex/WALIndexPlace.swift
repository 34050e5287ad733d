import Glibc
import Posix

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
        var status = stat()
        guard let boot = Boot.id, stat(path, &status) == 0 else { return nil }
        self.init(boot: boot, path: path, status)
    }

    init(boot: String, path: String, _ status: stat) {
        self.init(boot: boot, path: path, device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
}
