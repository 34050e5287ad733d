import CLinux
import Glibc

/// Whether a stretch of a file is in memory: sendfile(2) on an event loop must not wait for a disk.
public enum PageCache {
    /// Looks at the first and the last page: preadv2(2) with RWF_NOWAIT.
    public static func holds(_ file: CInt, at offset: Int64, bytes: Int) -> Bool {
        clinux_is_cached(file, offset) == 1 && clinux_is_cached(file, offset + Int64(bytes) - 1) == 1
    }

    /// Bytes behind a stretch that is waited for which are read as well: the disk goes on while the stretch is sent.
    private static let aheadBytes = 16 << 20

    /// Reads the stretch into memory and waits for it; to be called where one may block.
    public static func load(_ file: CInt, at offset: Int64, bytes: Int) {
        posix_fadvise(file, off_t(offset), bytes + aheadBytes, CInt(POSIX_FADV_WILLNEED))
        var byte: UInt8 = 0
        // The pages come in order: the last one is there when the others are, or soon after.
        _ = pread(file, &byte, 1, off_t(offset))
        _ = pread(file, &byte, 1, off_t(offset) + bytes - 1)
    }
}
