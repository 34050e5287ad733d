import Glibc

/// A terminal at which nobody types: what a program started by hand has as its standard input.
final class Terminal {
    let path: String
    private let descriptor: CInt

    init() throws {
        // ioctl_tty(2); the macros are not to be had in Swift.
        let (unlock, number) = (UInt(0x4004_5431), UInt(0x8004_5430))
        descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open /dev/ptmx") }
        var isLocked: CInt = 0
        var index: CInt = 0
        let isReady = ioctl(descriptor, unlock, &isLocked) == 0 && ioctl(descriptor, number, &index) == 0
        path = "/dev/pts/\(index)"
        guard isReady else { throw SystemError("ioctl /dev/ptmx") }
    }

    deinit { close(descriptor) }
}
