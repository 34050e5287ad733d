import Glibc
import Posix

/// A blob of a filesystem store, open for reading.
final class StoredFile: OpenBlob {
    let bytes: Int64
    private let id: String
    private let file: Descriptor
    let pool: BlockingPool

    /// Opens the file in the directory of the blobs; blocks.
    convenience init(id: String, in directory: borrowing Descriptor, pool: BlockingPool) throws(StoreError) {
        try self.init(id: id, file: Self.openFile(id, in: directory), pool: pool)
    }

    /// Opens the file where that needs no wait for a disk; nil where it might, or fails. For a local directory alone: over a
    /// network the server is asked even so.
    convenience init?(id: String, cachedIn directory: borrowing Descriptor, pool: BlockingPool) {
        guard let file = directory.openCached(beneath: id, Self.flags) else { return nil }
        try? self.init(id: id, file: file, pool: pool)
    }

    private init(id: String, file: consuming Descriptor, pool: BlockingPool) throws(StoreError) {
        bytes = try Self.regularFileBytes(file, id)
        self.file = file
        self.id = id
        self.pool = pool
    }

    private static let flags = O_RDONLY | O_NOFOLLOW

    private static func openFile(_ id: String, in directory: borrowing Descriptor) throws(StoreError) -> Descriptor {
        do throws(Errno) {
            return try directory.open(beneath: id, flags)
        } catch {
            throw error.code == ENOENT ? .notFound(id: id) : StoreError(error, doing: "open image \(id)")
        }
    }

    private static func regularFileBytes(_ file: borrowing Descriptor, _ id: String) throws(StoreError) -> Int64 {
        var status = stat()
        try system("fstat", doing: "open image \(id)") { fstat(file.rawValue, &status) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .failed(Errno(code: EINVAL, operation: "open image \(id): not a regular file"))
        }
        return Int64(status.st_size)
    }

    var fileDescriptor: CInt? { file.rawValue }

    /// Reads at the offset, once; blocks.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(StoreError) -> Int {
        try storing("read image \(id)") { () throws(Errno) in try file.read(into: buffer, at: offset) }
    }

    /// Has what was written on disk: fsync(2); blocks.
    func sync() throws(StoreError) {
        try storing("examine image \(id)") { () throws(Errno) in try file.sync() }
    }

    func read(at offset: Int64, bytesMax: Int) async throws(StoreError) -> [UInt8] {
        try await pool.perform { () throws(StoreError) in
            var bytes = [UInt8](repeating: 0, count: bytesMax)
            let result = bytes.withUnsafeMutableBytes { buffer in
                Result { () throws(Errno) in try self.file.read(into: buffer, at: offset) }
            }
            let count = try storing("read image \(self.id)") { () throws(Errno) in try result.get() }
            bytes.removeLast(bytesMax - count)
            return bytes
        }
    }
}
