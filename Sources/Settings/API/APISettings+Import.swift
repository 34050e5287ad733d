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

    /// `[image_import_opts]`: what a copy_from may cost; all of it is ours. And how v2's clients may import.
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

        /// Copies that run at the same time; more of them wait.
        @Setting("image_import_opts", "max_parallel_copies", .int(1...256), default: 4)
        public var parallelCopiesMax: Int

        /// Every option with its default.
        public init() {}
    }
}
