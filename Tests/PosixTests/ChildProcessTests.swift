import Glibc
import Posix
import Testing

@Suite struct ChildProcessTests {
    private struct Enough: Error {}
    private typealias Ending = ChildProcess.Ending

    private static let limits = ChildProcess.Limits(cpuSeconds: 20, memoryBytes: 1 << 30, fileBytes: 1 << 20)

    private static func shell(
        _ script: String, limits: ChildProcess.Limits = limits, files: [CInt] = [], seconds: Double = 60,
        onTick: () throws -> Void = {}
    ) throws(ChildProcess.Failure) -> ChildProcess.Ending {
        try ChildProcess(program: "sh", arguments: ["-c", script], limits: limits)
            .run(files: files, until: .after(seconds: seconds), onTick: onTick)
    }

    /// A file that is gone with its descriptor.
    private static func temporaryFile() throws -> Descriptor {
        let path = "/tmp/glimpse-child-\(UInt64.random(in: 0...(.max)))"
        defer { unlink(path) }
        return try Descriptor.open(path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
    }

    @Test func tellsHowItEnded() throws {
        #expect(try Self.shell("exit 0") == Ending(way: .exit(0), errorText: ""))
        #expect(try Self.shell("echo no >&2; exit 3") == Ending(way: .exit(3), errorText: "no\n"))
        #expect(try Self.shell("kill -KILL $$; exit 4").way == .exit(4), "it may send no signals")
    }

    @Test func keepsTheBeginningOfALongErrorText() throws {
        let ending = try Self.shell("i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done >&2")
        #expect(ending.way == .exit(0))
        #expect(ending.errorText.hasPrefix("0\n1\n2\n"))
        #expect(ending.errorText.utf8.count == 4096)
    }

    @Test func aProgramThatIsNotThereIsSaid() {
        let child = ChildProcess(program: "no-such-program", arguments: [], limits: Self.limits)
        #expect {
            _ = try child.run(files: [], until: .never, onTick: {})
        } throws: { error in
            guard case ChildProcess.Failure.notStarted(let errno) = error else { return false }
            return errno.code == ENOENT && errno.operation == "no-such-program"
        }
    }

    @Test func hasTheFilesThatItIsGivenAndNoOther() throws {
        let leaky = dup(1)
        defer { close(leaky) }
        let file = try Self.temporaryFile()
        let ending = try Self.shell("echo hello >/dev/fd/3; exec ls /proc/self/fd >&2", files: [file.rawValue])
        // The last one is the folder that ls reads.
        #expect(ending.errorText == "0\n1\n2\n3\n4\n")
        #expect(try file.size() == 6)
    }

    @Test func takesNoMoreThanItMay() throws {
        var limits = Self.limits
        limits.cpuSeconds = 1
        #expect(try Self.shell("while :; do :; done", limits: limits).way == .signal(SIGXCPU))

        let file = try Self.temporaryFile()
        let ending = try Self.shell("exec head -c 3000000 /dev/zero >/dev/fd/3", files: [file.rawValue])
        #expect(ending.way == .signal(SIGXFSZ))
        #expect(try file.size() == 1 << 20)

        limits.memoryBytes = 100 << 20
        let memory = try Self.shell("exec head -c 300000000 /dev/zero | tail -n 1", limits: limits)
        #expect(memory.errorText.contains("memory"), "\(memory)")
    }

    @Test func reachesNoNetwork() throws {
        let child = ChildProcess(
            program: "bash", arguments: ["-c", "exec 3<>/dev/tcp/127.0.0.1/9"], limits: Self.limits)
        let ending = try child.run(files: [], until: .after(seconds: 60), onTick: {})
        #expect(ending.way == .exit(1))
        #expect(ending.errorText.contains("Operation not permitted"), "\(ending.errorText)")
    }

    @Test func isKilledAtItsDeadlineAndWhenNobodyWantsIt() throws {
        let file = try Self.temporaryFile()
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let (readable, writable) = (ends[0], ends[1])
        defer { close(readable) }
        // The children too: each of them holds the pipe for as long as it lives.
        let script = "(while :; do echo x >&3; sleep 0.05; done) & echo begun >&3; wait"
        #expect {
            _ = try Self.shell(script, files: [file.rawValue, writable], seconds: 0.5)
        } throws: { error in
            if case ChildProcess.Failure.tooLong = error { true } else { false }
        }
        #expect {
            _ = try Self.shell(
                script, files: [file.rawValue, writable],
                onTick: {
                    if try file.size() > 100 { throw Enough() }
                })
        } throws: { error in
            if case ChildProcess.Failure.stopped(by: is Enough) = error { true } else { false }
        }
        close(writable)
        var end = pollfd(fd: readable, events: 0, revents: 0)
        #expect(poll(&end, 1, 60_000) == 1)
        #expect(CInt(end.revents) == POLLHUP, "a child is left")
    }

    @Test func aSignalForTheWholeServiceDoesNotEndIt() throws {
        let file = try Self.temporaryFile()
        let told = "/tmp/glimpse-told-\(UInt64.random(in: 0...(.max)))"
        defer { unlink(told) }
        var signals = 0
        let ending = try Self.shell(
            "echo $$ >&3; until [ -e \(told) ]; do sleep 0.05; done; echo still here >&2", files: [file.rawValue],
            onTick: {
                var bytes = [UInt8](repeating: 0, count: 16)
                let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
                guard let process = pid_t(String(decoding: bytes[..<count].dropLast(), as: UTF8.self)) else { return }
                for signal in [SIGTERM, SIGINT, SIGHUP, SIGUSR1] where kill(process, signal) == 0 { signals += 1 }
                close(creat(told, 0o600))
            })
        #expect(signals >= 4)
        #expect(ending == Ending(way: .exit(0), errorText: "still here\n"))
    }
}
