import Glibc
import Posix
import Synchronization

/// A program that a test has started. It does not outlive the tests, even if they crash: see `Watchdog`.
final class ChildProcess: Sendable {
    /// How it ended.
    enum Ending: Equatable {
        case exit(CInt)
        case signal(CInt)
    }

    /// It did not end in time.
    struct StillRuns: Error {
        let program: String
        let seconds: Double
    }

    let id: pid_t
    private let program: String
    private let ending = Locked<Ending?>(nil)

    /// - Parameters:
    ///   - environment: added to that of the tests, of which nothing that begins with `OS_` is handed down.
    ///   - input: the path of the file that is its standard input.
    ///   - output: the path of the file that standard output is appended to.
    ///   - errors: the same for standard error.
    init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], input: String = "/dev/null",
        output: String, errors: String
    ) throws {
        self.program = program
        let watchdog = Watchdog.shared
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        // What the test process blocks or ignores is not the program's business.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, CShort(POSIX_SPAWN_SETSIGMASK))

        var words = ([program] + arguments).map { strdup($0) as UnsafeMutablePointer<CChar>? } + [nil]
        var variables = Self.environment(adding: environment).map { strdup($0) as UnsafeMutablePointer<CChar>? } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var id: pid_t = 0
        let result = posix_spawnp(&id, program, &actions, &attributes, &words, &variables)
        guard result == 0 else {
            errno = result
            throw SystemError("start \(program)")
        }
        self.id = id
        watchdog.guardProcess(id)
    }

    deinit {
        if ending.withLock({ $0 }) == nil {
            kill(id, SIGKILL)
            _ = try? wait(seconds: 10)
        }
    }

    var isRunning: Bool { pollEnding() == nil }

    func signal(_ number: CInt) {
        ending.withLock { ending in
            if ending == nil { kill(id, number) }
        }
    }

    func wait(seconds: Double) throws -> Ending {
        guard eventually(within: seconds, { pollEnding() != nil }), let ending = pollEnding() else {
            throw StillRuns(program: program, seconds: seconds)
        }
        return ending
    }

    private func pollEnding() -> Ending? {
        ending.withLock { ending in
            if ending != nil { return ending }
            var status: CInt = 0
            guard waitpid(id, &status, WNOHANG) == id else { return nil }
            Watchdog.shared.forget(id)
            let signal = status & 0x7F
            ending = signal == 0 ? .exit(status >> 8 & 0xFF) : .signal(signal)
            return ending
        }
    }

    private static func environment(adding more: [String: String]) -> [String] {
        var result: [String] = []
        var entry = environ
        while let text = entry.pointee {
            let line = String(cString: text)
            let name = line.prefix { $0 != "=" }
            if !name.hasPrefix("OS_"), name != "NOTIFY_SOCKET", more[String(name)] == nil { result.append(line) }
            entry += 1
        }
        return result + more.map { "\($0.key)=\($0.value)" }
    }
}

/// A shell that kills the programs of the tests when the test process is gone, however that came about.
final class Watchdog: Sendable {
    static let shared = Watchdog()

    private let writeEnd: CInt

    private init() {
        let script = """
            while read -r what id; do
                case $what in
                    guard) ids="$ids $id " ;;
                    forget) ids=$(echo "$ids" | sed "s/ $id / /") ;;
                esac
            done
            for id in $ids; do kill -9 "$id"; done
            """
        var ends: [CInt] = [-1, -1]
        precondition(pipe(&ends) == 0, "no pipe")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        writeEnd = ends[1]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
        // A group of its own: Ctrl-C ends the tests, and then the shell does its work.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, CShort(POSIX_SPAWN_SETPGROUP))
        var words: [UnsafeMutablePointer<CChar>?] = (["/bin/sh", "-c", script] as [String]).map { strdup($0) }
        words.append(nil)
        var id: pid_t = 0
        let result = posix_spawn(&id, "/bin/sh", &actions, &attributes, &words, environ)
        precondition(result == 0, "no watchdog")
        close(ends[0])
        words.forEach { free($0) }
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
    }

    func guardProcess(_ id: pid_t) { tell("guard \(id)\n") }
    func forget(_ id: pid_t) { tell("forget \(id)\n") }

    private func tell(_ line: String) {
        let bytes = Array(line.utf8)
        _ = write(writeEnd, bytes, bytes.count)
    }
}
