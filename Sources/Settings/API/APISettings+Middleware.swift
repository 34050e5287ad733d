extension APISettings {
    /// `[cors]`.
    public struct CORS: Sendable {
        /// Origins whose pages may call the API from a browser; `*` is any, none turns CORS off.
        @Setting("cors", "allowed_origin", .list(of: .word), default: [])
        public var allowedOrigins: [String]

        /// Every option with its default.
        public init() {}
    }

    /// `[healthcheck]`, which Glance keeps in its paste file.
    public struct Healthcheck: Sendable {
        /// The path that answers load balancers.
        @Setting("healthcheck", "path", .absolutePath, default: "/healthcheck")
        public var path: String

        /// While this file exists the answer is 503, so that a balancer looks elsewhere.
        @Setting(
            "healthcheck", "disable_by_file_path", .optional(.absolutePath), default: "/etc/glance/healthcheck_disable")
        public var disableByFilePath: String?

        /// Every option with its default.
        public init() {}
    }

    /// `[oslo_middleware]`.
    public struct OsloMiddleware: Sendable {
        /// Believe `Forwarded` and `X-Forwarded-*`. Only for a daemon that nobody reaches but through a proxy.
        @Setting("oslo_middleware", "enable_proxy_headers_parsing", .bool, default: false)
        public var areProxyHeadersParsed: Bool

        /// Every option with its default.
        public init() {}
    }
}
