public import ArgumentParser
import Glibc
import Logging
public import Settings

/// The command line that both daemons share.
public struct DaemonArguments: ParsableArguments {
    @Option(
        name: .customLong("config-file"),
        help: ArgumentHelp(
            "A configuration file; of an option in several files the last one counts.", valueName: "file"))
    var configFiles: [String] = []

    @Flag(name: .customLong("check-config"), help: "Name every bad or unknown option with file and line, and exit.")
    var checksConfig = false

    public init() {}

    /// Reads the settings, or does what the command line asks for instead and exits.
    public func load<Settings: LoadableSettings>(_: Settings.Type) throws -> (Settings, [SettingsNotice]) {
        let environment = environment()
        let files = files(Settings.self, environment)
        if checksConfig {
            let check = SettingsCheck(Settings.self, files: files, environment: environment)
            for line in check.lines { print(line) }
            if check.isPassed { print("\(Settings.daemon): the configuration is good") }
            throw check.isPassed ? ExitCode.success : ExitCode.failure
        }
        let loaded: (settings: Settings, notices: [SettingsNotice])
        do throws(SettingsError) {
            loaded = try Settings.load(files: files, environment: environment)
        } catch {
            throw ValidationError(error.description)
        }
        guard loaded.settings.startProblems.isEmpty else {
            throw ValidationError(loaded.settings.startProblems.joined(separator: "\n"))
        }
        return (loaded.settings, loaded.notices)
    }

    /// The folders of the configuration files, those of later files first: where a file lies that an option names by a
    /// relative path, as for oslo.config.
    public func folders<Settings: LoadableSettings>(_: Settings.Type) -> [String] {
        files(Settings.self, environment()).reversed().map { file in
            file.lastIndex(of: "/").map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
        }
    }

    private func files<Settings: LoadableSettings>(
        _: Settings.Type, _ environment: [String: String]
    ) -> [String] {
        configFiles.isEmpty
            ? Settings.defaultFiles(environment: environment) { access($0, R_OK) == 0 } : configFiles
    }

    private func environment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }
}

extension Logger {
    /// A daemon's logger.
    public init(daemon: String, settings: LogSettings, output: LogOutput) {
        let level: Logger.Level = settings.isDebug ? .debug : .info
        self.init(label: daemon) { LineLogHandler(label: $0, level: level, output: output) }
    }

    /// Names each odd line of the configuration once.
    public func report(_ notices: [SettingsNotice]) {
        for notice in notices { warning("configuration", metadata: ["notice": "\(notice)"]) }
    }
}
