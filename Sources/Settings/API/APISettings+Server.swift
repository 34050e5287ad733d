extension APISettings {
    /// `[DEFAULT]`: listening, and what a request may be like.
    public struct Server: Sendable {
        /// The address to listen on.
        @Setting("DEFAULT", "bind_host", .bindHost, default: "0.0.0.0")
        public var bindHost: String

        /// The port to listen on; 0 picks a free one.
        @Setting("DEFAULT", "bind_port", .int(0...65535), default: 9292)
        public var bindPort: Int

        /// Connections that wait to be accepted.
        @Setting("DEFAULT", "backlog", .int(1...65535), default: 4096)
        public var backlog: Int

        /// Event loops; 0 is one a core. Ours.
        @Setting("DEFAULT", "http_threads", .int(0...1024), default: 0)
        public var httpThreads: Int

        /// Bytes of the longest header line. 0 is none (nil); the head as a whole stays limited.
        @Setting("DEFAULT", "max_header_line", .limitOrZero, default: 16384)
        public var headerLineBytesMax: Int?

        /// Bytes of the longest X-Openstack-Request-ID that is taken over. 0 is none (nil).
        @Setting("DEFAULT", "max_request_id_length", .limitOrZero, default: 64)
        public var requestIDBytesMax: Int?

        /// Bytes of the largest JSON body. Ours.
        @Setting("DEFAULT", "max_request_json_bytes", .bytes(1024...(1 << 30)), default: 1 << 20)
        public var requestJSONBytesMax: Int64

        /// Seconds without a byte before a client is given up. 0 is for ever (nil).
        @Setting("DEFAULT", "client_socket_timeout", .secondsOrNever, default: 900)
        public var clientIdleSeconds: Int?

        /// Whether a connection serves more than one request.
        @Setting("DEFAULT", "http_keepalive", .bool, default: true)
        public var isKeepAlive: Bool

        /// The base URL in version documents and links; nil takes it from the request.
        @Setting("DEFAULT", "public_endpoint", .optional(.httpURL), default: nil)
        public var publicEndpoint: String?

        /// Serve `/v1`.
        @Setting("DEFAULT", "enable_v1_api", .bool, default: true)
        public var isV1Enabled: Bool

        /// Serve `/v2`.
        @Setting("DEFAULT", "enable_v2_api", .bool, default: true)
        public var isV2Enabled: Bool

        /// Seconds that transfers get to end when the daemon stops. Ours.
        @Setting("DEFAULT", "shutdown_timeout", .seconds(0...86400), default: 30)
        public var shutdownSeconds: Int

        /// Every option with its default.
        public init() {}
    }

    /// `[DEFAULT]`: the way to glance-registry.
    public struct RegistryClient: Sendable {
        /// The address of glance-registry. `0.0.0.0`, Glance's default, means this machine.
        @Setting("DEFAULT", "registry_host", .connectHost, default: "127.0.0.1")
        public var host: String

        /// The port of glance-registry.
        @Setting("DEFAULT", "registry_port", .int(1...65535), default: 9191)
        public var port: Int

        /// The unix socket of glance-registry, instead of host and port. Ours.
        @Setting("DEFAULT", "registry_socket", .optional(.socketPath), default: nil)
        public var socket: String?

        /// Seconds for one answer of glance-registry; Glance's own default is 600. 0 is for ever (nil).
        @Setting("DEFAULT", "registry_client_timeout", .secondsOrNever, default: 30)
        public var timeoutSeconds: Int?

        /// The file with the secret that glance-registry made; see `registrySecretPath` for its default. Ours.
        @Setting("DEFAULT", "registry_secret_file", .optional(.absolutePath), default: nil)
        public var secretFile: String?

        /// Every option with its default.
        public init() {}
    }

    /// `[DEFAULT]`: who a caller is, and what that means.
    public struct Access: Sendable {
        /// Let callers without a token read what is public.
        @Setting("DEFAULT", "allow_anonymous_access", .bool, default: false)
        public var isAnonymousAllowed: Bool

        /// Whether a project owns an image; otherwise a user does.
        @Setting("DEFAULT", "owner_is_tenant", .bool, default: true)
        public var isOwnerTenant: Bool

        /// The role that makes an admin.
        @Setting("DEFAULT", "admin_role", .word, default: "admin")
        public var adminRole: String

        /// Let flavors without real identity listen on more than this machine. Ours.
        @Setting("DEFAULT", "force_insecure_identity", .bool, default: false)
        public var isInsecureIdentityForced: Bool

        /// Every option with its default.
        public init() {}
    }
}
