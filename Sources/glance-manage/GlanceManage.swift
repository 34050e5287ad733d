import ArgumentParser
import DaemonSupport

/// What an operator does beside the daemons: `glance-manage [--config-file FILE] db sync`. Each subject is a group of
/// commands of its own.
struct GlanceManage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "glance-manage", abstract: "Manages the Glimpse image registry.",
        discussion: """
            Without --config-file it reads glance-api.conf, glance-registry.conf and glance-manage.conf, each where the \
            daemons look for theirs; of an option in several files the last one counts. The commands of db may also be \
            written with an underscore: db_sync.
            """,
        version: daemonVersion,
        subcommands: [
            DatabaseCommand.self, BootstrapCommand.self, UserCommand.self, ProjectCommand.self, RoleCommand.self,
            APIKeyCommand.self, QuotaCommand.self,
        ])

    @OptionGroup var files: ConfigFiles
}

@main
enum Entry {
    static func main() {
        GlanceManage.main(spelledOut(Array(CommandLine.arguments.dropFirst())))
    }

    /// The older `db_sync` as `db sync`; what follows it stays as it is.
    private static func spelledOut(_ arguments: [String]) -> [String] {
        var result = arguments
        var index = 0
        // Only options stand before the command, and one of them has a value.
        while index < result.count, result[index].hasPrefix("-") { index += result[index] == "--config-file" ? 2 : 1 }
        if index < result.count, result[index].hasPrefix("db_") {
            result.replaceSubrange(index...index, with: ["db", String(result[index].dropFirst(3))])
        }
        return result
    }
}
