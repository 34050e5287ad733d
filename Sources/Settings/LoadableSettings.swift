/// The settings of a program, which can be read from files and the environment.
public protocol LoadableSettings: Sendable {
    /// The program's name: `glance-api`.
    static var daemon: String { get }
    /// The programs whose options are no mistake in this one's files.
    static var otherPrograms: [any LoadableSettings.Type] { get }
    /// The programs whose files are read when the command line names none, from weak to strong; its own by default.
    static var defaultFilePrograms: [String] { get }

    /// Every option with its default.
    init()

    /// What keeps the daemon from starting although each value for itself is good.
    var startProblems: [String] { get }
}

extension LoadableSettings {
    /// Its own file alone.
    public static var defaultFilePrograms: [String] { [daemon] }

    /// Reads the settings. A value in a later file counts before one in an earlier file, the environment
    /// (`OS_<GROUP>__<OPTION>`, as in oslo.config) before both.
    /// - Parameter files: none at all is fine; then every option has its default.
    /// - Returns: the settings, and a notice for every line that is ignored, unknown or by an older name.
    /// - Throws: `SettingsError` with every file, line and value that is bad.
    public static func load(
        files: [String], environment: [String: String]
    ) throws(SettingsError) -> (settings: Self, notices: [SettingsNotice]) {
        let reader = SettingsReader(
            files: files.map { INIFile(reading: $0) }, environment: environment, folder: files.first.map(folder(of:)))
        let settings = SettingsReader.$current.withValue(reader) { Self() }
        let notices = reader.notices(others: otherPrograms.map { (Set($0.options.keys), $0.daemon) })
        let problems = reader.problems
        if !problems.isEmpty { throw SettingsError(problems: problems, notices: notices) }
        return (settings, notices)
    }

    /// The names of every option; an older one leads to the one that replaced it.
    static var options: [OptionName: OptionName] {
        let reader = SettingsReader(files: [], environment: [:])
        return SettingsReader.$current.withValue(reader) {
            _ = Self()
            return reader.declared
        }
    }

    /// The files to read when the command line names none: of each program in `defaultFilePrograms` the first
    /// `<program>.conf` in the places where oslo.config looks, `~/.glance`, `~`, `/etc/glance` and `/etc`.
    public static func defaultFiles(environment: [String: String], exists: (String) -> Bool) -> [String] {
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let folders = (home.map { ["\($0)/.glance", $0] } ?? []) + ["/etc/glance", "/etc"]
        return defaultFilePrograms.compactMap { program in
            folders.map { "\($0)/\(program).conf" }.first(where: exists)
        }
    }
}

/// The folder that a file lies in, as it can be put before a name.
private func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return String(path[..<slash])
}

/// What `--check-config` prints, and whether it is content.
public struct SettingsCheck: Sendable {
    /// A line for every bad, unknown, ignored or renamed option.
    public let lines: [String]
    /// False when something is bad or unknown: exit status 1.
    public let isPassed: Bool

    /// Reads the settings of a daemon as its start would.
    public init<Settings: LoadableSettings>(
        _ settings: Settings.Type, files: [String], environment: [String: String]
    ) {
        let problems: [String]
        let notices: [SettingsNotice]
        do {
            let loaded = try settings.load(files: files, environment: environment)
            problems = loaded.settings.startProblems
            notices = loaded.notices
        } catch {
            problems = error.problems.map(\.description)
            notices = error.notices
        }
        lines = problems + notices.map(\.description)
        isPassed = problems.isEmpty && !notices.contains { $0.kind == .unknown }
    }
}
