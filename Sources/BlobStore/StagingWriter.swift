import CLinux
import Glibc
import Posix

/// How the bytes of a blob in the making get into its file.
///
/// What memory has room for goes through the page cache: an image that has just come in is mostly asked for soon, and then
/// need not be read from the disk. What follows goes past the cache (O_DIRECT, open(2)): each byte is copied once less, and
/// a blob of 200 GB does not push those out of memory that are being served.
struct StagingWriter: Sendable {
    /// So much of each blob goes through the page cache at the least, in bytes.
    static let cachedBytesMin: Int64 = 16 << 20
    /// Offset, length and memory of a write past the cache are multiples of this, in bytes: a page, which is a multiple of
    /// the block of every disk that there is.
    static let blockBytes: Int64 = 4096
    /// Writing to disk begins after as many bytes in the cache, so that the fsync in the end is short.
    private static let writebackBytes: Int64 = 8 << 20

    private enum Mode {
        case cached
        case direct
        /// The filesystem can't, or the bytes are not aligned any more.
        case cachedToTheEnd
    }

    private let cachedBytes: Int64
    private var mode = Mode.cached

    /// - Parameter cachedBytes: so much of the blob goes through the page cache; nil for what memory has room for.
    init(cachedBytes: Int64?) {
        self.cachedBytes = cachedBytes ?? Self.cachedBytes(idleBytes: Self.idleBytes)
    }

    /// Memory that nobody uses, not even as a cache.
    private static var idleBytes: Int64 {
        Int64(sysconf(CInt(_SC_AVPHYS_PAGES))) * Int64(sysconf(CInt(_SC_PAGESIZE)))
    }

    /// How much of a blob memory has room for: several may come at a time.
    static func cachedBytes(idleBytes: Int64) -> Int64 { max(idleBytes / 8, cachedBytesMin) }

    /// Appends pieces that follow one another; blocks.
    mutating func write(
        _ pieces: [UnsafeRawBufferPointer], at offset: Int64, to file: borrowing Descriptor
    ) throws(Errno) {
        if mode == .cached, offset >= cachedBytes {
            mode = clinux_set_direct(file.rawValue, 1) == 0 ? .direct : .cachedToTheEnd
        }
        var offset = offset
        var rest = pieces[...]
        if mode == .direct {
            let whole = Array(rest.prefix { Self.isWhole($0) })
            if offset % Self.blockBytes == 0, try writePastCache(whole, at: offset, to: file) {
                offset += Int64(whole.reduce(0) { $0 + $1.count })
                rest = rest.dropFirst(whole.count)
            }
            guard !rest.isEmpty else { return }
            // Ragged from here on.
            try end(file)
        }
        for piece in rest {
            try file.writeAll(piece, at: offset)
            startWriteback(offset, piece.count, of: file)
            offset += Int64(piece.count)
        }
    }

    /// Lets the file be read like any other: reads past the cache would have to be aligned, too.
    mutating func end(_ file: borrowing Descriptor) throws(Errno) {
        if mode == .direct, clinux_set_direct(file.rawValue, 0) != 0 { throw .last("fcntl") }
        mode = .cachedToTheEnd
    }

    private static func isWhole(_ piece: UnsafeRawBufferPointer) -> Bool {
        Int64(piece.count) % blockBytes == 0 && UInt(bitPattern: piece.baseAddress) % UInt(blockBytes) == 0
    }

    /// Whether it went: a filesystem may take the flag and not do it, and then the bytes are written again as they always
    /// were. So are those of a write that the disk had no room for, which says why.
    private func writePastCache(
        _ pieces: [UnsafeRawBufferPointer], at offset: Int64, to file: borrowing Descriptor
    ) throws(Errno) -> Bool {
        do throws(Errno) {
            try file.writeAll(pieces, at: offset)
            return true
        } catch {
            guard error.code == EINVAL else { throw error }
            return false
        }
    }

    /// Advice: what it does not start, or fails to write, is left to the fsync.
    private func startWriteback(_ offset: Int64, _ bytes: Int, of file: borrowing Descriptor) {
        let from = offset / Self.writebackBytes * Self.writebackBytes
        let to = (offset + Int64(bytes)) / Self.writebackBytes * Self.writebackBytes
        if to > from { _ = clinux_start_writeback(file.rawValue, from, to - from) }
    }
}
