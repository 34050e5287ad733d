/// The options of oslo.log that are kept; both daemons have them.
public struct LogSettings: Sendable {
    /// Log every step instead of what an operator wants to know.
    @Setting("DEFAULT", "debug", .bool, default: false)
    public var isDebug: Bool

    /// The file to log to instead of standard error; beneath `log_dir` when it is relative.
    @Setting(
        "DEFAULT", "log_file", .optional(.word), default: nil,
        aliases: [("DEFAULT", "logfile"), ("DEFAULT", "log-file")])
    public var file: String?

    /// The folder of `log_file`. Alone it means `<log_dir>/<daemon>.log`.
    @Setting(
        "DEFAULT", "log_dir", .optional(.absolutePath), default: nil,
        aliases: [("DEFAULT", "logdir"), ("DEFAULT", "log-dir")])
    public var folder: String?

    /// Every option with its default.
    public init() {}

    /// The file that a daemon logs to; nil is standard error.
    /// - Parameter daemon: `glance-api` or `glance-registry`.
    public func path(daemon: String) -> String? {
        let name = file ?? folder.map { _ in "\(daemon).log" }
        guard let name else { return nil }
        if name.hasPrefix("/") { return name }
        return folder.map { "\($0)/\(name)" } ?? name
    }
}
