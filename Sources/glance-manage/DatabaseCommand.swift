import ArgumentParser
import Glibc
import Registry
import Settings

/// `glance-manage db …`: the schema of the database, and what is filled in from files.
struct DatabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "The schema of the database, and the catalogue of metadata definitions in it.",
        subcommands: [
            SyncCommand.self, VersionCommand.self, CheckCommand.self, LoadMetadefsCommand.self,
            UnloadMetadefsCommand.self, ExportMetadefsCommand.self,
        ])
}

/// `db sync`: makes the database, or brings it up to the schema of this release.
struct SyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Make the database, or bring it up to the schema of this release.",
        discussion: "The registry does the same when it starts. A database is never brought back.",
        aliases: ["upgrade"])

    @ParentCommand var manage: GlanceManage
    @OptionGroup var database: DatabaseFile
    @Argument(help: "The version to reach. There is one, this release's: heads.")
    var version: String?

    func run() throws {
        let path = try database.path(manage)
        let before = try SchemaState(reading: path)
        if let version, version != "head", version != "heads", Int(version) != before.newest {
            throw ValidationError("this release has schema version \(before.newest), and brings a database to no other")
        }
        _ = try RegistryDatabase(path: path, readers: 1)
        let after = try SchemaState(reading: path)
        let past = before.isCurrent ? "already" : before.applied == 0 ? "now" : "now, from \(before.applied),"
        print("\(path) is \(past) at schema version \(after.applied)")
        database.warnOfOwner(path)
    }
}

/// `db version`: prints the number of the schema; 0 where there is none.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version of the database's schema; 0 where there is none.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var database: DatabaseFile

    func run() throws {
        print(try SchemaState(reading: database.path(manage)).applied)
    }
}

/// `db check`: says by its exit status whether `db sync` has anything to do.
struct CheckCommand: ParsableCommand {
    /// Glance's status for a database that is to be expanded.
    private static let isBehind = ExitCode(3)

    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Tell whether db sync has anything to do.",
        discussion: "Exit status 0: nothing. 3: it has. 1: the database cannot be used.")

    @ParentCommand var manage: GlanceManage
    @OptionGroup var database: DatabaseFile

    func run() throws {
        let path = try database.path(manage)
        let state = try SchemaState(reading: path)
        if state.isCurrent {
            print("\(path) is up to date, at schema version \(state.applied)")
            return
        }
        print("\(path) is at schema version \(state.applied) of \(state.newest): glance-manage db sync brings it up")
        throw Self.isBehind
    }
}

/// The database that the configuration names.
struct DatabaseFile: ParsableArguments {
    @Option(
        name: .customLong("config-file"),
        help: ArgumentHelp("As before the command; it counts after those.", valueName: "file"))
    var files: [String] = []

    func settings(_ manage: GlanceManage) throws(SettingsError) -> ManageSettings {
        try ManageSettings.load(manage.files.paths + files)
    }

    func path(_ manage: GlanceManage) throws(SettingsError) -> String { try settings(manage).database.path }

    /// Root's database in another user's folder is one that the registry cannot open.
    func warnOfOwner(_ path: String) {
        var file = stat()
        var folder = stat()
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        guard stat(path, &file) == 0, stat(parent, &folder) == 0 else { return }
        guard file.st_uid == 0, folder.st_uid != 0 else { return }
        let owner = "\(path) belongs to root, its folder to user \(folder.st_uid)"
        let text = Array("Warning: \(owner): chown it, and its -wal and -shm\n".utf8)
        _ = write(STDERR_FILENO, text, text.count)
    }
}
