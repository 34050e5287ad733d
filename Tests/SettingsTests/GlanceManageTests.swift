import Glibc
import Testing

/// glance-manage as an operator calls it: the built program in a process of its own.
@Suite struct GlanceManageTests {
    let folder: TemporaryFolder
    private let database: String

    init() throws {
        folder = try TemporaryFolder()
        database = folder.promise("glance.sqlite")
        for name in ["glance.sqlite-wal", "glance.sqlite-shm", "out", "err"] { _ = folder.promise(name) }
    }

    func conf(_ text: String? = nil, name: String = "glance-registry.conf") throws -> String {
        try folder.write(text ?? "[DEFAULT]\nworkers = 2\nsql_connection = sqlite:///\(database)\n", to: name)
    }

    @Test(arguments: [["db", "sync"], ["db_sync"], ["db", "upgrade"], ["db_sync", "heads"]])
    func syncMakesTheDatabase(command: [String]) throws {
        let conf = try conf()
        let before = try manage(["--config-file", conf, "db", "check"])
        #expect(before.status == 3)
        #expect(try manage(["--config-file", conf, "db", "version"]).output == "0\n")

        let made = try manage(["--config-file", conf] + command)
        #expect(made.errors == "")
        #expect(made.status == 0)
        #expect(made.output.hasPrefix("\(database) is now at schema version "))
        let version = try #require(made.output.split(separator: " ").last)

        let again = try manage(["--config-file", conf] + command)
        #expect(again.status == 0)
        #expect(again.output == "\(database) is already at schema version \(version)")
        #expect(try manage(["--config-file", conf, "db_version"]).output == version)
        let after = try manage(["--config-file", conf, "db_check"])
        #expect(after.status == 0)
        #expect(after.output.contains("up to date"))

        var status = stat()
        #expect(stat(database, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test func lastConfigFileCountsWhereverItStands() throws {
        let first = try conf("[database]\nconnection = sqlite:////nonexistent/a.sqlite\n", name: "first.conf")
        let second = try conf()
        #expect(try manage(["--config-file", first, "db", "sync"]).status == 1)
        #expect(try manage(["--config-file", first, "--config-file=\(second)", "db", "sync"]).status == 0)
        #expect(try manage(["--config-file", first, "db", "check", "--config-file", second]).status == 0)
        #expect(try manage(["db", "check", "--config-file", second]).status == 0)
    }

    @Test func withoutConfigFileTheRegistrysFileCountsBeforeTheAPIs() throws {
        _ = try conf()
        _ = try conf("[database]\nconnection = mysql://glance:s3cr3t@db/glance\n", name: "glance-api.conf")
        #expect(try manage(["db", "sync"], home: folder.path).status == 0)
        #expect(try manage(["db", "check"], home: folder.path).output.hasPrefix(database))
    }

    @Test func badConfigurationIsNamedWithFileAndLine() throws {
        let conf = try conf("[database]\nconnection = mysql://glance:s3cr3t@db/glance\n")
        let run = try manage(["--config-file", conf, "db", "sync"])
        #expect(run.status == 1)
        #expect(run.errors.contains("\(conf):2: database.connection: expected sqlite:////absolute/path"))
        #expect(!run.errors.contains("s3cr3t"))
    }

    @Test func databaseOfOtherSoftwareIsLeftAlone() throws {
        let conf = try conf()
        _ = try folder.write(String(repeating: "not a database ", count: 100), to: "glance.sqlite")
        for command in ["sync", "version", "check"] {
            let run = try manage(["--config-file", conf, "db", command])
            #expect(run.status == 1)
            #expect(run.errors.contains("Error: "))
        }
        #expect(try textOfFile(at: database).hasPrefix("not a database"))
    }

    @Test func otherVersionIsRefused() throws {
        let run = try manage(["--config-file", try conf(), "db", "sync", "pike01"])
        #expect(run.status == 64)
        #expect(run.errors.contains("this release has schema version"))
        #expect(access(database, F_OK) != 0)
    }

    @Test func helpAndVersion() throws {
        let help = try manage(["--help"])
        #expect(help.status == 0)
        #expect(help.output.contains("--config-file <file>"))
        #expect(help.output.contains("db_sync"))
        let version = try manage(["--version"])
        #expect(version.status == 0)
        #expect(version.output.split(separator: ".").count == 3)
        #expect(try manage(["db_purge"]).status == 64)
    }

    /// Runs glance-manage from the folder of the test bundle.
    func manage(
        _ arguments: [String], home: String = "/nonexistent"
    ) throws -> (status: Int32, output: String, errors: String) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        try #require(length > 0)
        let bundle = String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
        let slash = try #require(bundle.lastIndex(of: "/"))
        let program = bundle[..<slash] + "/glance-manage"

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "\(folder.path)/out", flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "\(folder.path)/err", flags, 0o600)
        var argv = strings([String(program)] + arguments)
        var environment = strings(["PATH=/usr/bin:/bin", "HOME=\(home)"])
        defer { for pointer in argv + environment { free(pointer) } }
        var child: pid_t = 0
        try #require(posix_spawn(&child, String(program), &actions, nil, &argv, &environment) == 0)
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0 { try #require(errno == EINTR) }
        try #require(status & 0x7F == 0, "ended by a signal")
        return (
            (status >> 8) & 0xFF, try textOfFile(at: "\(folder.path)/out"), try textOfFile(at: "\(folder.path)/err")
        )
    }

    /// C strings, and the null pointer behind them.
    private func strings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }
}
