import CLinux
import Glibc

/// Another program, run to its end by a thread that may block: with a few open files by number, bounds on what it may
/// take, and no network.
///
/// It can't outlive this process, and nothing but SIGKILL ends it early: a `SIGTERM` for the whole service, or a Ctrl-C,
/// is ours to understand.
public struct ChildProcess: Sendable {
    /// What it may take; the kernel ends it beyond that: setrlimit(2).
    public struct Limits: Sendable {
        /// Seconds of a core's time.
        public var cpuSeconds: Int
        /// Bytes of its address space.
        public var memoryBytes: Int64
        /// Bytes of the longest file that it writes.
        public var fileBytes: Int64

        public init(cpuSeconds: Int, memoryBytes: Int64, fileBytes: Int64) {
            self.cpuSeconds = cpuSeconds
            self.memoryBytes = memoryBytes
            self.fileBytes = fileBytes
        }
    }

    /// How it ended, and the beginning of what it wrote to standard error.
    public struct Ending: Equatable, Sendable {
        public enum Way: Equatable, Sendable {
            case exit(CInt)
            /// By a signal that it did not survive: SIGXCPU and SIGXFSZ are those of the limits.
            case signal(CInt)
        }

        public let way: Way
        /// At most 4 KiB.
        public let errorText: String

        public init(way: Way, errorText: String) {
            self.way = way
            self.errorText = errorText
        }
    }

    /// Why there is no ending.
    public enum Failure: Error {
        /// ENOENT where there is no such program.
        case notStarted(Errno)
        /// It was killed: it took longer than it may.
        case tooLong
        /// It was killed: `onTick` has thrown this.
        case stopped(by: any Error)
    }

    private static let errorBytesMax = 4096
    private static let environment = ["PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C"]

    /// The program: a path, or a name that is looked for where programs are.
    public let program: String
    public let arguments: [String]
    public let limits: Limits

    public init(program: String, arguments: [String], limits: Limits) {
        self.program = program
        self.arguments = arguments
        self.limits = limits
    }

    /// The path of a program that can be executed; nil where there is none of that name.
    public static func path(of program: String) -> String? {
        let candidates =
            program.contains("/") ? [program] : ["/usr/local/bin", "/usr/bin", "/bin"].map { "\($0)/\(program)" }
        return candidates.first { access($0, X_OK) == 0 }
    }

    /// Runs it; blocks.
    ///
    /// - Parameters:
    ///   - files: open descriptors that are its 3, 4, ...; eight at most.
    ///   - deadline: then it is killed.
    ///   - onTick: called some five times a second while it runs; what it throws kills it.
    public func run(
        files: [CInt], until deadline: Deadline, onTick: () throws -> Void
    ) throws(Failure) -> Ending {
        precondition(EventLoop.current == nil, "an event loop must not block")
        guard let path = Self.path(of: program) else {
            throw .notStarted(Errno(code: ENOENT, operation: program))
        }
        let pipe = try Self.makePipe()
        var process: pid_t = 0
        let pidfd = try start(path, files, errors: pipe.writing.rawValue, &process)
        // Its own end only: the pipe ends with it.
        _ = consume pipe.writing
        var text: [UInt8] = []
        do throws(Failure) {
            try wait(for: pidfd, reading: pipe.reading, into: &text, until: deadline, onTick)
        } catch {
            // The whole session's first group; a pid that is not reaped is not given to another.
            kill(-process, SIGKILL)
            kill(process, SIGKILL)
            _ = Self.reap(pidfd)
            throw error
        }
        kill(-process, SIGKILL)
        let way = Self.reap(pidfd)
        _ = Self.read(pipe.reading, into: &text)
        return Ending(way: way, errorText: String(decoding: text, as: UTF8.self))
    }

    private func start(
        _ path: String, _ files: [CInt], errors: CInt, _ process: inout pid_t
    ) throws(Failure) -> Descriptor {
        let number = withCStrings([program] + arguments) { arguments in
            withCStrings(Self.environment) { environment in
                path.withCString { path in
                    files.withUnsafeBufferPointer { files in
                        var child = clinux_child()
                        child.path = path
                        child.arguments = arguments
                        child.environment = environment
                        child.files = files.baseAddress
                        child.files_count = CInt(files.count)
                        child.errors = errors
                        child.cpu_seconds_max = UInt64(limits.cpuSeconds)
                        child.memory_bytes_max = UInt64(limits.memoryBytes)
                        child.file_bytes_max = UInt64(limits.fileBytes)
                        return clinux_start_child(&child, &process)
                    }
                }
            }
        }
        guard number >= 0 else { throw .notStarted(.last("start \(path)")) }
        return Descriptor(owning: number)
    }

    /// Returns when the process has ended, and is not reaped.
    private func wait(
        for pidfd: borrowing Descriptor, reading errors: borrowing Descriptor, into text: inout [UInt8],
        until deadline: Deadline, _ onTick: () throws -> Void
    ) throws(Failure) {
        var isErrorsOpen = true
        while true {
            var polled = [
                pollfd(fd: pidfd.rawValue, events: Int16(POLLIN), revents: 0),
                // poll(2) passes over a negative number.
                pollfd(fd: isErrorsOpen ? errors.rawValue : -1, events: Int16(POLLIN), revents: 0),
            ]
            poll(&polled, 2, 200)
            if polled[1].revents != 0 { isErrorsOpen = Self.read(errors, into: &text) }
            if polled[0].revents != 0 { return }
            do { try onTick() } catch { throw .stopped(by: error) }
            if deadline.isOver { throw .tooLong }
        }
    }

    /// Takes what is there, and keeps the beginning; false at the end.
    private static func read(_ errors: borrowing Descriptor, into text: inout [UInt8]) -> Bool {
        var bytes = [UInt8](repeating: 0, count: errorBytesMax)
        let count = Glibc.read(errors.rawValue, &bytes, bytes.count)
        guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
        text += bytes[..<min(count, errorBytesMax - text.count)]
        return true
    }

    private static func reap(_ pidfd: borrowing Descriptor) -> Ending.Way {
        var status: CInt = 0
        guard clinux_reap(pidfd.rawValue, &status) == 0 else { return .signal(SIGKILL) }
        return status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
    }

    private struct Pipe: ~Copyable {
        let reading: Descriptor
        let writing: Descriptor
    }

    private static func makePipe() throws(Failure) -> Pipe {
        var ends: [CInt] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else { throw .notStarted(.last("pipe")) }
        return Pipe(reading: Descriptor(owning: ends[0]), writing: Descriptor(owning: ends[1]))
    }
}

/// Lends the texts as C has lists of them: with NULL at the end.
private func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> Result
) -> Result {
    var pointers = texts.map { strdup($0) }
    defer { pointers.forEach { free($0) } }
    pointers.append(nil)
    return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
}
