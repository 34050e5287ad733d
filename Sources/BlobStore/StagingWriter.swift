import CLinux
import Glibc
import Posix

/// How the bytes of a blob in the making get into its file.
///
/// Its beginning goes through the page cache, so that a small image is in memory when the first client asks for it. What
/// follows goes past the cache (O_DIRECT, open(2)): each byte is copied once less, the fsync in the end finds nearly
/// nothing to do, and a blob of 200 GB does not push those out of memory that are being served.
struct StagingWriter: Sendable {
    /// So much of each blob goes through the page cache, in bytes.
    static let cachedBytes: Int64 = 16 << 20
    /// Offset, length and memory of a write past the cache are multiples of this, in bytes: a page, which is a multiple of
    /// the block of every disk that there is.
    static let blockBytes = 4096
    /// Writing to disk begins after as many bytes in the cache, so that the fsync in the end is short.
    private static let writebackBytes: Int64 = 8 << 20

    private enum Mode {
        case cached
        case direct
        /// The filesystem can't, or the bytes are not aligned any more.
        case cachedToTheEnd
    }

    private var mode = Mode.cached

    /// Appends; blocks.
    mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64, to file: borrowing Descriptor) throws(Errno) {
        var written = 0
        if mode == .cached, offset >= Self.cachedBytes {
            mode = clinux_set_direct(file.rawValue, 1) == 0 ? .direct : .cachedToTheEnd
        }
        if mode == .direct { written = try writePastCache(bytes, at: offset, to: file) }
        guard written < bytes.count else { return }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
        try file.writeAll(rest, at: offset + Int64(written))
        startWriteback(offset + Int64(written), rest.count, of: file)
    }

    /// Writes the whole blocks at the front, and ends the direct mode where they were not all.
    ///
    /// - Returns: bytes written.
    private mutating func writePastCache(
        _ bytes: UnsafeRawBufferPointer, at offset: Int64, to file: borrowing Descriptor
    ) throws(Errno) -> Int {
        var written = 0
        if offset % Int64(Self.blockBytes) == 0, UInt(bitPattern: bytes.baseAddress) % UInt(Self.blockBytes) == 0 {
            let whole = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count & -Self.blockBytes)])
            do throws(Errno) {
                try file.writeAll(whole, at: offset)
                written = whole.count
            } catch {
                // The filesystem said yes to the flag, but does not do it; writing again what was written is fine.
                guard error.code == EINVAL else { throw error }
            }
        }
        guard written < bytes.count else { return written }
        mode = .cachedToTheEnd
        if clinux_set_direct(file.rawValue, 0) != 0 { throw .last("fcntl") }
        return written
    }

    /// Advice: what it does not start, or fails to write, is left to the fsync.
    private func startWriteback(_ offset: Int64, _ bytes: Int, of file: borrowing Descriptor) {
        let from = offset / Self.writebackBytes * Self.writebackBytes
        let to = (offset + Int64(bytes)) / Self.writebackBytes * Self.writebackBytes
        if to > from { _ = clinux_start_writeback(file.rawValue, from, to - from) }
    }
}
