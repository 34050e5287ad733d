import Glibc
import Posix
import Testing

@Suite struct DescriptorTests {
    private func withFolder(_ body: (borrowing Descriptor, String) throws -> Void) throws {
        let path = "/tmp/glimpse-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        guard mkdir(path, 0o700) == 0 else { throw Errno.last("mkdir") }
        defer {
            for name in ["file", "link", "up"] { unlink("\(path)/\(name)") }
            rmdir(path)
        }
        let folder = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
        try body(folder, path)
    }

    @Test func writesAndReads() throws {
        try withFolder { folder, _ in
            let file = try folder.open(beneath: "file", O_CREAT | O_RDWR | O_EXCL, mode: 0o600)
            try file.writeAll(Array("___hello".utf8), at: 0)
            try file.sync()
            let size = try file.size()
            #expect(size == 8)
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 1)
            defer { buffer.deallocate() }
            let count = try file.read(into: buffer, at: 2)
            #expect(count == 6)
            #expect(Array(buffer[..<6]) == Array("_hello".utf8))
            let countAtEnd = try file.read(into: buffer, at: 8)
            #expect(countAtEnd == 0)
        }
    }

    /// A name can't lead out of the folder, whatever it is.
    @Test(arguments: ["../etc", "..", "/etc/passwd", "link", "up/passwd", "file/../../x"])
    func staysBeneath(_ name: String) throws {
        try withFolder { folder, path in
            symlink("/etc/passwd", "\(path)/link")
            symlink("/etc", "\(path)/up")
            do throws(Errno) {
                _ = try folder.open(beneath: name, O_RDONLY)
                Issue.record("\(name) was opened")
            } catch {
                #expect([EXDEV, ELOOP, ENOENT, ENOTDIR].contains(error.code), "\(error)")
            }
        }
    }

    /// What has just been written is known without a look at the disk.
    @Test func opensWhatIsCached() throws {
        try withFolder { folder, path in
            symlink("/etc/passwd", "\(path)/link")
            let written = try folder.open(beneath: "file", O_CREAT | O_RDWR, mode: 0o600)
            try written.writeAll(Array("hello".utf8), at: 0)
            let size = try folder.openCached(beneath: "file", O_RDONLY)?.size()
            #expect(size == 5)
            for name in ["missing", "link", "../etc/passwd"] {
                let isOpened = folder.openCached(beneath: name, O_RDONLY) != nil
                #expect(!isOpened, "\(name)")
            }
        }
    }

    /// What another program answers for, such as the kernel's own files here, may be slow to open.
    @Test func tellsWhatIsLocal() throws {
        let memory = try Descriptor.open("/dev/shm", O_RDONLY | O_DIRECTORY).isLocal
        #expect(memory)
        let foreign = try Descriptor.open("/proc", O_RDONLY | O_DIRECTORY).isLocal
        #expect(!foreign)
    }

    @Test func isClosedByItsOwner() throws {
        let number: CInt
        do {
            let file = try Descriptor.open("/dev/null", O_RDONLY)
            number = file.rawValue
            #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
            let kept = file.release()
            #expect(kept == number)
            #expect(close(kept) == 0)
        }
    }

    @Test func tellsWhatFailed() {
        do throws(Errno) {
            _ = try Descriptor.open("/nowhere/at/all", O_RDONLY)
            Issue.record("opened")
        } catch {
            #expect(error.code == ENOENT)
            #expect(error.description == "open /nowhere/at/all: No such file or directory")
        }
    }
}
