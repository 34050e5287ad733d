import ArgumentParser
import Glibc
import Settings

/// `--config-file`, which may stand before and behind the command.
struct ConfigFiles: ParsableArguments {
    @Option(
        name: .customLong("config-file"),
        help: ArgumentHelp(
            "A configuration file; of an option in several files the last one counts.", valueName: "file"))
    var paths: [String] = []
}

extension ManageSettings {
    /// Reads the settings.
    /// - Parameter files: those of the command line; without one those that are there.
    /// - Throws: `SettingsError`. What the daemons ignore or do not know is not mentioned: they say it themselves.
    static func load(_ files: [String]) throws(SettingsError) -> ManageSettings {
        let environment = processEnvironment()
        let paths = files.isEmpty ? defaultFiles(environment: environment) { access($0, R_OK) == 0 } : files
        return try load(files: paths, environment: environment).settings
    }
}

private func processEnvironment() -> [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
        let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
        entry += 1
    }
    return variables
}
