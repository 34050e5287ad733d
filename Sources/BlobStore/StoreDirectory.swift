import Glibc
import Posix

/// The directory of a filesystem store: blobs by id, `.staging/` for those in the making, `.lock` against a second
/// daemon. Whoever works in it holds this object, and with it the lock.
final class StoreDirectory: Sendable {
    private static let directoryMode: mode_t = 0o750
    private static let fileMode: mode_t = 0o640

    /// Absolute, without symbolic links.
    let path: String
    let blobs: Descriptor
    let staging: Descriptor
    private let lock: Descriptor
    /// A random name, which the lock file keeps.
    let identity: String
    /// Whether opening a blob waits for no network.
    let isLocal: Bool
    /// See `StagingWriter`.
    let cachedBytes: Int64?

    /// Makes what is missing and takes the lock: flock(2).
    init(path: String, cachedBytes: Int64? = nil) throws(StoreError) {
        self.cachedBytes = cachedBytes
        let what = "open the image store at \(path)"
        try Self.makeTree(path, doing: what)
        guard let real = realpath(path, nil) else { throw StoreError(.last("realpath"), doing: what) }
        defer { free(real) }
        self.path = String(cString: real)
        let blobs = try storing(what) { () throws(Errno) in
            try Descriptor.open(String(cString: real), O_RDONLY | O_DIRECTORY)
        }
        let lock = try storing(what) { () throws(Errno) in
            try blobs.open(beneath: ".lock", O_RDWR | O_CREAT | O_NOFOLLOW, mode: Self.fileMode)
        }
        guard try Self.takeLock(lock, doing: what) else { throw .inUse(what) }
        identity = try Self.identity(in: lock, doing: what)
        _ = try Self.isMade("\(self.path)/.staging", doing: what)
        staging = try storing(what) { () throws(Errno) in
            try blobs.open(beneath: ".staging", O_RDONLY | O_DIRECTORY)
        }
        try storing(what) { () throws(Errno) in try blobs.sync() }
        isLocal = blobs.isLocal
        self.blobs = consume blobs
        self.lock = consume lock
    }

    /// Opens a file for a blob in the making.
    func openStaging(_ name: String, _ flags: CInt, doing what: String) throws(StoreError) -> Descriptor {
        try storing(what) { () throws(Errno) in
            try staging.open(beneath: name, O_RDWR | O_CREAT | O_NOFOLLOW | flags, mode: Self.fileMode)
        }
    }

    /// Whether there is a blob of the name.
    func hasBlob(_ id: String) -> Bool {
        faccessat(blobs.rawValue, id, F_OK, 0) == 0
    }

    /// Throws where the filesystem has less room than that for users other than root: fstatvfs(3).
    func checkRoom(bytes: Int64, doing what: String) throws(StoreError) {
        var status = statvfs()
        try system("fstatvfs", doing: what) { fstatvfs(blobs.rawValue, &status) }
        let (free, isMore) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        guard isMore || free >= UInt64(max(0, bytes)) else {
            throw StoreError(Errno(code: ENOSPC, operation: "\(bytes) bytes needed, \(free) free"), doing: what)
        }
    }

    /// Removes a name; a missing one is fine.
    func unlink(_ name: String, from directory: borrowing Descriptor, doing what: String) throws(StoreError) {
        guard unlinkat(directory.rawValue, name, 0) != 0, errno != ENOENT else { return }
        throw StoreError(.last("unlink"), doing: what)
    }

    /// Waits until the names of the blobs are on disk.
    func syncNames(doing what: String) throws(StoreError) {
        try storing("\(what): directory") { () throws(Errno) in try blobs.sync() }
    }

    /// Takes a lock without waiting; whether it was free.
    static func takeLock(_ file: borrowing Descriptor, doing what: String) throws(StoreError) -> Bool {
        while flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
            let error = Errno.last("flock")
            if error.code == EWOULDBLOCK { return false }
            if error.code != EINTR { throw StoreError(error, doing: what) }
        }
        return true
    }

    /// Makes the directory and those above it. What was made is synced in its parent, or a power cut could take the
    /// whole store away.
    private static func makeTree(_ path: String, doing what: String) throws(StoreError) {
        var parent = path.hasPrefix("/") ? "/" : "."
        for name in path.split(separator: "/") {
            let child = "\(parent)/\(name)"
            if try isMade(child, doing: what) {
                try storing(what) { () throws(Errno) in
                    try Descriptor.open(parent, O_RDONLY | O_DIRECTORY).sync()
                }
            }
            parent = child
        }
    }

    /// Makes a directory; false where there is something of that name.
    private static func isMade(_ path: String, doing what: String) throws(StoreError) -> Bool {
        if mkdir(path, directoryMode) == 0 { return true }
        let code = errno
        if code == EEXIST { return false }
        throw StoreError(Errno(code: code, operation: "mkdir \(path)"), doing: what)
    }

    /// The name that the file has, or now gets.
    private static func identity(in file: borrowing Descriptor, doing what: String) throws(StoreError) -> String {
        let number = file.rawValue
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = try system("read", doing: what) { pread(number, &bytes, bytes.count, 0) }
        let text = String(decoding: bytes.prefix(Int(count)), as: UTF8.self)
        if count == 32, BlobName.isValid(text) { return text }
        var generator = SystemRandomNumberGenerator()
        let digits = (0..<32).map { _ in String(UInt8.random(in: 0...15, using: &generator), radix: 16) }.joined()
        try storing(what) { () throws(Errno) in
            try file.writeAll(Array(digits.utf8), at: 0)
            try file.sync()
        }
        return digits
    }
}
