/// The settings of a daemon, which can be read from files and the environment.
public protocol LoadableSettings: Sendable {
    /// The daemon's name: `glance-api`.
    static var daemon: String { get }
    /// The options of the other daemon, which are no mistake in this one's file.
    static var otherDaemon: any LoadableSettings.Type { get }

    /// Every option with its default.
    init()

    /// What keeps the daemon from starting although each value for itself is good.
    var startProblems: [String] { get }
}

extension LoadableSettings {
    /// Reads the settings. A value in a later file counts before one in an earlier file, the environment
    /// (`OS_<GROUP>__<OPTION>`, as in oslo.config) before both.
    /// - Parameter files: none at all is fine; then every option has its default.
    /// - Returns: the settings, and a notice for every line that is ignored, unknown or by an older name.
    /// - Throws: `SettingsError` with every file, line and value that is bad.
    public static func load(
        files: [String], environment: [String: String]
    ) throws(SettingsError) -> (settings: Self, notices: [SettingsNotice]) {
        let reader = SettingsReader(files: files.map { INIFile(reading: $0) }, environment: environment)
        let settings = SettingsReader.$current.withValue(reader) { Self() }
        let notices = reader.notices(other: (Set(otherDaemon.options.keys), otherDaemon.daemon))
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

    /// The files to read when the command line names none: the first `<daemon>.conf` in the places where oslo.config
    /// looks, `~/.glance`, `~`, `/etc/glance` and `/etc`.
    public static func defaultFiles(environment: [String: String], exists: (String) -> Bool) -> [String] {
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let folders = (home.map { ["\($0)/.glance", $0] } ?? []) + ["/etc/glance", "/etc"]
        return folders.map { "\($0)/\(daemon).conf" }.first(where: exists).map { [$0] } ?? []
    }
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
