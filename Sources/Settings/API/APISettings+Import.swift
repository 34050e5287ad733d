extension APISettings {
    /// `[import_filtering_opts]`: where copy_from may fetch from.
    ///
    /// Of an allowed and a disallowed list the allowed one alone counts when both are set; an empty allowed list allows
    /// what the disallowed one does not name. Networks are the exception: an empty list allows none.
    public struct ImportFiltering: Sendable {
        /// Schemes of a source.
        @Setting("import_filtering_opts", "allowed_schemes", .list(of: .word), default: ["http", "https"])
        public var allowedSchemes: [String]

        /// Schemes that are refused.
        @Setting("import_filtering_opts", "disallowed_schemes", .list(of: .word), default: [])
        public var disallowedSchemes: [String]

        /// Hosts of a source, by the name or address in its URL.
        @Setting("import_filtering_opts", "allowed_hosts", .list(of: .word), default: [])
        public var allowedHosts: [String]

        /// Hosts that are refused.
        @Setting("import_filtering_opts", "disallowed_hosts", .list(of: .word), default: [])
        public var disallowedHosts: [String]

        /// Ports that a URL may name; empty (in the file also `*`) is any. A URL without one passes.
        @Setting("import_filtering_opts", "allowed_ports", .portsOrAny, default: [80, 443])
        public var allowedPorts: [UInt16]

        /// Ports that are refused.
        @Setting("import_filtering_opts", "disallowed_ports", .ports, default: [])
        public var disallowedPorts: [UInt16]

        /// Addresses that may be connected to: `public`, `private`, `loopback`, or blocks like `10.1.0.0/16`. Ours.
        @Setting("import_filtering_opts", "allowed_networks", .list(of: .networkRule), default: ["public"])
        public var allowedNetworks: [String]

        /// Every option with its default.
        public init() {}
    }

    /// `[image_import_opts]`: what a copy may cost, and the ways to its sources; all of it is ours. And how v2's clients may import.
    public struct ImageImport: Sendable {
        /// Glance's names of the ways in which v2's clients may import, in the order in which they are told of them.
        @Setting(
            "DEFAULT", "enabled_import_methods", .list(of: .word),
            default: ["glance-direct", "web-download", "copy-image"])
        public var methods: [String]

        /// Redirects that are followed; each is filtered like the first URL.
        @Setting("image_import_opts", "max_redirects", .int(0...50), default: 5)
        public var redirectsMax: Int

        /// Seconds for resolving, connecting and TLS.
        @Setting("image_import_opts", "connect_timeout", .seconds(1...3600), default: 10)
        public var connectSeconds: Int

        /// Seconds without a byte from the source.
        @Setting("image_import_opts", "stall_timeout", .seconds(1...86400), default: 60)
        public var stallSeconds: Int

        /// The slowest source that is put up with, in bytes a second over `stall_timeout`; 0: any that sends at all.
        @Setting("image_import_opts", "min_download_speed", .bytes(0...(1 << 40)), default: 1024)
        public var bytesPerSecondMin: Int64

        /// How often a source is asked again without getting any further, after pauses that double from 1 to 60 seconds.
        @Setting("image_import_opts", "max_retries", .int(0...100), default: 4)
        public var retriesMax: Int

        /// Copies that run at the same time; more of them wait.
        @Setting("image_import_opts", "max_parallel_copies", .int(1...256), default: 4)
        public var parallelCopiesMax: Int

        /// Copies of one tenant that run at the same time; more of them wait.
        @Setting("image_import_opts", "max_parallel_copies_per_tenant", .int(1...256), default: 2)
        public var parallelCopiesPerTenantMax: Int

        /// Seconds without a sign of life after which another glance-api takes a task over.
        @Setting("image_import_opts", "task_lease", .seconds(5...3600), default: 60)
        public var leaseSeconds: Int

        /// The proxy on the way to http sources; nil: straight on.
        @Setting("image_import_opts", "http_proxy", .optional(.proxyURL), default: nil)
        public var httpProxy: Secret?

        /// The proxy on the way to https sources; nil: straight on.
        @Setting("image_import_opts", "https_proxy", .optional(.proxyURL), default: nil)
        public var httpsProxy: Secret?

        /// Hosts that are reached without a proxy: names with what is below them, addresses, blocks, or `*`.
        @Setting("image_import_opts", "no_proxy", .list(of: .word), default: [])
        public var noProxy: [String]

        /// Folders whose files may be imported by file:// URLs.
        @Setting("image_import_opts", "file_source_dirs", .list(of: .absolutePath), default: [])
        public var fileFolders: [String]

        /// Every option with its default.
        public init() {}
    }
}
