/// The settings of glance-registry, a struct for each section; those of `[DEFAULT]` by subject.
public struct RegistrySettings: LoadableSettings {
    /// The name of the program, its file and its logs.
    public static let daemon = "glance-registry"
    /// Both are often set up from one file.
    public static var otherPrograms: [any LoadableSettings.Type] { [APISettings.self, ManageSettings.self] }

    /// `[DEFAULT]`: listening.
    public var server = Server()
    /// `[DEFAULT]`: pages of lists.
    public var lists = Lists()
    /// `[DEFAULT]`: logs.
    public var log = LogSettings()
    /// `[database]`.
    public var database = Database()
    /// `[paste_deploy]`: who a caller of the HTTP API of Glance's own registry is taken for.
    @Setting("paste_deploy", "flavor", .string, default: "")
    public var flavor: String

    /// Every option with its default.
    public init() {}

    /// The file with the secret that glance-api has to show: by default beside the database.
    public var registrySecretPath: String {
        server.registrySecretFile ?? parentFolder(of: database.path) + "/registry.secret"
    }

    /// What the flavor means; nil where it is no known one. The registry reads no paste file.
    public var identity: IdentityFlavor? { FlavorWords(flavor)?.identity }

    /// None: each value stands for itself.
    public var startProblems: [String] { [] }
}

extension RegistrySettings {
    /// `[DEFAULT]`: listening.
    public struct Server: Sendable {
        /// The address to listen on. Only glance-api calls, so it is this machine unless told otherwise; Glance's own
        /// default is 0.0.0.0.
        @Setting("DEFAULT", "bind_host", .bindHost, default: "127.0.0.1")
        public var bindHost: String

        /// The port to listen on; 0 picks a free one.
        @Setting("DEFAULT", "bind_port", .int(0...65535), default: 9191)
        public var bindPort: Int

        /// The unix socket to listen on, instead of host and port. Ours.
        @Setting("DEFAULT", "bind_socket", .optional(.socketPath), default: nil)
        public var bindSocket: String?

        /// Connections that wait to be accepted.
        @Setting("DEFAULT", "backlog", .int(1...65535), default: 4096)
        public var backlog: Int

        /// Event loops; 0 is one a core. Ours.
        @Setting("DEFAULT", "http_threads", .int(0...1024), default: 0)
        public var httpThreads: Int

        /// Seconds that requests get to end when the daemon stops. Ours.
        @Setting("DEFAULT", "shutdown_timeout", .seconds(0...86400), default: 30)
        public var shutdownSeconds: Int

        /// The file with the secret that glance-api has to show, made at the first start; see `registrySecretPath` for
        /// its default. Ours.
        @Setting("DEFAULT", "registry_secret_file", .optional(.absolutePath), default: nil)
        public var registrySecretFile: String?

        /// Every option with its default.
        public init() {}
    }

    /// `[DEFAULT]`: pages of lists.
    public struct Lists: Sendable {
        /// Images on a page when the request does not say.
        @Setting("DEFAULT", "limit_param_default", .int(1...1_000_000), default: 25)
        public var pageSizeDefault: Int

        /// Images on a page at most.
        @Setting("DEFAULT", "api_limit_max", .int(1...1_000_000), default: 1000)
        public var pageSizeMax: Int

        /// Every option with its default.
        public init() {}
    }

    /// `[database]`.
    public struct Database: Sendable {
        /// The file of the SQLite database; `connection = sqlite:////absolute/path` in the file.
        @Setting(
            "database", "connection", .sqliteURL, default: "/var/lib/glance/glance.sqlite",
            aliases: [("DEFAULT", "sql_connection"), ("database", "sql_connection"), ("sql", "connection")])
        public var path: String

        /// Connections that read at the same time; one more writes. Ours.
        @Setting("database", "reader_connections", .int(1...64), default: 4)
        public var readerConnections: Int

        /// Every option with its default.
        public init() {}
    }
}
