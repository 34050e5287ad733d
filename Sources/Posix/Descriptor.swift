import CLinux
import Glibc

/// An open file descriptor with one owner: it is closed when the owner lets go of it.
public struct Descriptor: ~Copyable, Sendable {
    /// The number, for system calls.
    public let rawValue: CInt

    /// Takes over a descriptor that is open and that nobody else closes.
    public init(owning rawValue: CInt) {
        self.rawValue = rawValue
    }

    deinit {
        // close(2) gives the number free even where it reports an error; the data was fsynced where that matters.
        close(rawValue)
    }

    /// Gives the number away without closing it.
    public consuming func release() -> CInt {
        let number = rawValue
        discard self
        return number
    }

    /// Opens a path: openat(2) with O_CLOEXEC, relative to the working directory.
    public static func open(_ path: String, _ flags: CInt, mode: mode_t = 0) throws(Errno) -> Descriptor {
        Descriptor(owning: try retrying("open \(path)") { clinux_openat(AT_FDCWD, path, flags, mode) })
    }

    /// Opens a name beneath this directory, never outside of it: openat2(2) with RESOLVE_BENEATH.
    public func open(beneath name: String, _ flags: CInt, mode: mode_t = 0) throws(Errno) -> Descriptor {
        Descriptor(owning: try retrying("open \(name)") { clinux_open_beneath(rawValue, name, flags, mode) })
    }

    /// Whether the file lies on a filesystem that is known to keep to this machine; others may ask a server, or a program, about
    /// whatever is done with it. fstatfs(2): blocks.
    public var isLocal: Bool { clinux_is_local(rawValue) == 1 }

    /// Opens a name beneath this directory for reading if that takes no look at the disk: openat2(2) with RESOLVE_CACHED.
    ///
    /// - Returns: nil where it might, and on every failure: `open(beneath:)` tells which.
    public func openCached(beneath name: String, _ flags: CInt) -> Descriptor? {
        let number = clinux_open_cached_beneath(rawValue, name, flags)
        return number < 0 ? nil : Descriptor(owning: number)
    }

    /// Writes all of the bytes at the place: pwrite(2) until nothing is left.
    public func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(Errno) {
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            written += try retrying("write") { pwrite(rawValue, rest.baseAddress, rest.count, off_t(offset) + written) }
        }
    }

    /// Pieces that one call takes: IOV_MAX.
    private static let piecesMax = 1024

    /// Writes the pieces one behind the other from the place: pwritev(2) until nothing is left.
    public func writeAll(_ pieces: [UnsafeRawBufferPointer], at offset: Int64) throws(Errno) {
        var vectors = pieces.map {
            iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.baseAddress), iov_len: $0.count)
        }
        var offset = off_t(offset)
        while !vectors.isEmpty {
            var written = try retrying("write") {
                pwritev(rawValue, vectors, CInt(min(vectors.count, Self.piecesMax)), offset)
            }
            offset += off_t(written)
            while let first = vectors.first, written >= first.iov_len {
                written -= first.iov_len
                vectors.removeFirst()
            }
            if written > 0 {
                vectors[0].iov_base += written
                vectors[0].iov_len -= written
            }
        }
    }

    /// Writes a whole array at the place.
    public func writeAll(_ bytes: [UInt8], at offset: Int64) throws(Errno) {
        var failure: Errno?
        bytes.withUnsafeBytes { bytes in
            do throws(Errno) { try writeAll(bytes, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Reads at the place, once: pread(2). 0 is the end of the file.
    public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Errno) -> Int {
        try retrying("read") { pread(rawValue, buffer.baseAddress, buffer.count, off_t(offset)) }
    }

    /// The file's length in bytes: fstat(2).
    public func size() throws(Errno) -> Int64 {
        var status = stat()
        try retrying("fstat") { fstat(rawValue, &status) }
        return Int64(status.st_size)
    }

    /// Waits until data and metadata are on disk: fsync(2).
    public func sync() throws(Errno) {
        try retrying("fsync") { fsync(rawValue) }
    }
}
