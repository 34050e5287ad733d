/// The settings of glance-manage: where the database lies. Everything else in its files is for the daemons.
public struct ManageSettings: LoadableSettings {
    /// The name of the program and its file.
    public static let daemon = "glance-manage"
    /// It reads their files.
    public static var otherPrograms: [any LoadableSettings.Type] { [APISettings.self, RegistrySettings.self] }
    /// As in Glance, but the registry's file counts before the API's: here the registry alone opens the database.
    public static var defaultFilePrograms: [String] { [APISettings.daemon, RegistrySettings.daemon, daemon] }

    /// `[database]`.
    public var database = RegistrySettings.Database()

    /// What of `[DEFAULT]` is its own.
    public var metadefs = Metadefs()

    /// Every option with its default.
    public init() {}

    /// None: each value stands for itself.
    public var startProblems: [String] { [] }

    /// The definition files of the catalogue.
    public struct Metadefs: Sendable {
        /// The folder that they are read from and written to where the command line names none.
        @Setting("DEFAULT", "metadata_source_path", .absolutePath, default: "/etc/glance/metadefs/")
        public var path: String

        /// Every option with its default.
        public init() {}
    }
}
