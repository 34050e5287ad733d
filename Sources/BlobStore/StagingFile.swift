import CLinux
import Glibc
import Posix
import Synchronization

/// A blob in the making: a file in `.staging/` with a name of its own, moved to its id in the end.
///
/// `id.random` ends with its process. `id.token.boot` may be gone on with, until the machine starts anew: the page
/// cache outlives a killed process, but after a power cut a file's length says nothing about its bytes.
final class StagingFile: StagedBlob {
    /// Bytes that an earlier process, or another program, has left.
    var resumedBytes: Int64 { left.withLock { $0 } }
    private let left: Locked<Int64>
    let isResumable: Bool
    /// Whether it takes the place of a blob that may be there.
    private let replaces: Bool
    private let id: String
    private let name: String
    private let file: Descriptor
    private let directory: StoreDirectory
    // Never contended, as pieces come one at a time; the lock says so to the compiler.
    private let writer: Locked<StagingWriter>

    /// Opens the file; blocks.
    init(
        id: String, expectedBytes: Int64?, token: String?, replaces: Bool = false, in directory: StoreDirectory
    ) throws(StoreError) {
        let what = "store image \(id)"
        guard replaces || !directory.hasBlob(id) else { throw .duplicate(id: id) }
        self.replaces = replaces
        self.id = id
        self.directory = directory
        writer = Locked(StagingWriter(cachedBytes: directory.cachedBytes))
        if let token {
            name = Self.name(id: id, token: token, in: directory)
            isResumable = true
            let file = try Self.openResumable(name, bytesMax: expectedBytes ?? .max, in: directory, doing: what)
            left = Locked(try Self.wholeBytes(of: file, doing: what))
            self.file = consume file
        } else {
            name = "\(id).\(String(UInt64.random(in: 0...(.max)), radix: 16))"
            isResumable = false
            file = try directory.openStaging(name, O_EXCL, doing: what)
            left = Locked(0)
        }
        guard let expectedBytes else { return }
        do throws(StoreError) {
            try directory.checkRoom(bytes: expectedBytes - left.withLock { $0 }, doing: what)
        } catch {
            if !isResumable { discard() }
            throw error
        }
    }

    /// Whether a name in `.staging/` is that of a resumable upload with one of these tokens.
    static func isResumable(_ name: String, tokens: Set<String>, in directory: StoreDirectory) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        return parts.count == 3 && tokens.contains(parts[1]) && parts[2] == Boot.id
    }

    private static func name(id: String, token: String, in directory: StoreDirectory) -> String {
        "\(id).\(token).\(Boot.id ?? String(UInt64.random(in: 0...(.max)), radix: 16))"
    }

    private static func openResumable(
        _ name: String, bytesMax: Int64, in directory: StoreDirectory, doing what: String
    ) throws(StoreError) -> Descriptor {
        while true {
            let file = try directory.openStaging(name, 0, doing: what)
            guard try StoreDirectory.takeLock(file, doing: what) else { throw .inUse(what) }
            var status = stat()
            try system("fstat", doing: what) { fstat(file.rawValue, &status) }
            // Whoever had the lock until now may have removed the file.
            guard status.st_nlink > 0 else { continue }
            // Longer than it is going to be: the source is not what it was.
            if status.st_size > bytesMax {
                try system("ftruncate", doing: what) { ftruncate(file.rawValue, 0) }
            }
            return file
        }
    }

    /// What there is to go on behind: of a long file whole blocks alone, so that the rest can be written past the cache.
    private static func wholeBytes(of file: borrowing Descriptor, doing what: String) throws(StoreError) -> Int64 {
        let bytes = try storing(what) { () throws(Errno) in try file.size() }
        guard bytes > StagingWriter.cachedBytesMin else { return bytes }
        let whole = bytes & -StagingWriter.blockBytes
        if whole < bytes { try system("ftruncate", doing: what) { ftruncate(file.rawValue, off_t(whole)) } }
        return whole
    }

    var fileDescriptor: CInt? { file.rawValue }

    /// The file's number.
    var descriptor: CInt { file.rawValue }

    /// The file's length now.
    func size() throws(StoreError) -> Int64 {
        try storing("store image \(id)") { () throws(Errno) in try file.size() }
    }

    /// Takes what another program has written as if an earlier process had.
    func adopt() throws(StoreError) -> Int64 {
        let bytes = try size()
        left.withLock { $0 = bytes }
        return bytes
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(StoreError) -> Int {
        try storing("read what there is of image \(id)") { () throws(Errno) in
            try file.read(into: buffer, at: offset)
        }
    }

    func write(_ pieces: [UnsafeRawBufferPointer], at offset: Int64) throws(StoreError) {
        try storing("store image \(id)") { () throws(Errno) in
            try writer.withLock { (writer) throws(Errno) in try writer.write(pieces, at: offset, to: file) }
        }
    }

    func endWriting() throws(StoreError) {
        try storing("store image \(id)") { () throws(Errno) in
            try writer.withLock { (writer) throws(Errno) in try writer.end(file) }
        }
    }

    /// Takes bytes over from another file at the same offset: copy_file_range(2), or piece by piece where the two files
    /// are not of a kind for that.
    ///
    /// - Returns: how many were taken; 0 at the source's end.
    func append(from source: CInt, at offset: Int64, bytes: Int64) throws(StoreError) -> Int64 {
        let what = "copy image \(id)"
        var (from, to) = (offset, offset)
        while true {
            let count = clinux_copy_file_range(source, &from, file.rawValue, &to, Int(min(bytes, 1 << 30)))
            if count >= 0 {
                _ = clinux_start_writeback(file.rawValue, offset, Int64(count))
                return Int64(count)
            }
            let error = Errno.last("copy_file_range")
            if error.code == EINTR { continue }
            guard [EXDEV, EINVAL, ENOSYS, EOPNOTSUPP, EPERM].contains(error.code) else {
                throw StoreError(error, doing: what)
            }
            return try appendPiece(from: source, at: offset, bytes: bytes)
        }
    }

    private func appendPiece(from source: CInt, at offset: Int64, bytes: Int64) throws(StoreError) -> Int64 {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { memory.deallocate() }
        let count = try system("pread", doing: "copy image \(id)") {
            pread(source, memory.baseAddress, Int(min(bytes, Int64(memory.count))), off_t(offset))
        }
        try storing("copy image \(id)") { () throws(Errno) in
            try file.writeAll(UnsafeRawBufferPointer(rebasing: memory[..<count]), at: offset)
        }
        return Int64(count)
    }

    func commit(bytes: Int64) throws(StoreError) -> String {
        let what = "store image \(id)"
        let actual = try storing(what) { () throws(Errno) in
            let actual = try file.size()
            try file.sync()
            return actual
        }
        guard actual == bytes else { throw .lengthMismatch(id: id, expected: bytes, actual: actual) }
        try move(doing: what)
        do throws(StoreError) {
            try directory.syncNames(doing: what)
        } catch {
            // Not known to last, so it must not be there either.
            try? directory.unlink(id, from: directory.blobs, doing: what)
            throw error
        }
        return "file://\(directory.path)/\(id)"
    }

    private func move(doing what: String) throws(StoreError) {
        let staging = directory.staging.rawValue
        let blobs = directory.blobs.rawValue
        if replaces {
            try system("rename", doing: what) { renameat(staging, name, blobs, id) }
            return
        }
        guard clinux_rename_noreplace(staging, name, blobs, id) != 0 else { return }
        var error = Errno.last("rename")
        // NFS and others cannot rename without replacing; a hard link cannot replace either.
        if error.code == EINVAL || error.code == ENOSYS {
            if linkat(staging, name, blobs, id, 0) == 0 {
                unlinkStaging()
                return
            }
            error = Errno.last("link")
        }
        if error.code == EEXIST { throw .duplicate(id: id) }
        throw StoreError(error, doing: what)
    }

    func discard() {
        // The bytes go now, and not only when the last owner closes the file.
        ftruncate(file.rawValue, 0)
        unlinkStaging()
    }

    private func unlinkStaging() {
        try? directory.unlink(name, from: directory.staging, doing: "discard image \(id)")
    }
}
