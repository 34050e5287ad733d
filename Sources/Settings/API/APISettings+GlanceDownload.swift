extension APISettings {
    /// The import method `glance-download`: other Glances, and what comes from them with the data.
    public struct GlanceDownload: Sendable {
        /// What the names of those custom properties begin with that an image takes over from the other Glance's.
        @Setting(
            "glance_download_properties", "extra_properties", .list(of: .word),
            default: ["hw_", "trait:", "os_distro", "os_secure_boot", "os_type"])
        public var propertyPrefixes: [String]

        /// Regions whose Glance is known without a Keystone's catalogue; each has a section of its own. Ours.
        @Setting("DEFAULT", "remote_glances", .list(of: .word), default: [])
        public var regions: [String]

        /// The sections of `regions`, in that order.
        public let remotes: [Remote]

        /// Every option with its default.
        public init() {
            remotes = _regions.wrappedValue.map(Remote.init)
        }

        /// What is wrong with these together; nil where nothing is.
        var problem: String? {
            let names = regions.map { $0.lowercased() }
            guard Set(names).count == names.count else { return "remote_glances names a region twice" }
            return remotes.lazy.compactMap(\.problem).first
        }
    }

    /// `[remote_glance:REGION]`: another Glance, which the operator names.
    public struct Remote: Sendable {
        /// The region's name, as clients send it; case does not count.
        public let region: String

        /// The base URL of its Image API.
        @Setting public var endpoint: String?

        /// Who asks there, by HTTP Basic, whoever asks here: everybody who may import gets what that user may see.
        @Setting public var username: String?

        /// That user's password.
        @Setting public var password: Secret?

        /// Whether the caller's own token is shown there: for one that takes the same tokens, and that is trusted with
        /// them.
        @Setting public var getsCallersToken: Bool

        /// A PEM file of authorities instead of those that the system trusts.
        @Setting public var caFile: String?

        init(_ region: String) {
            self.region = region
            let section = "remote_glance:\(region)"
            _endpoint = Setting(section, "endpoint", .optional(.httpURL), default: nil)
            _username = Setting(section, "username", .optional(.word), default: nil)
            _password = Setting(section, "password", .optional(.secret), default: nil)
            _getsCallersToken = Setting(section, "send_caller_token", .bool, default: false)
            _caFile = Setting(section, "cafile", .optional(.absolutePath), default: nil)
        }

        fileprivate var problem: String? {
            let section = "[remote_glance:\(region)]"
            if endpoint == nil { return "\(section) lacks endpoint" }
            if (username == nil) != (password == nil) { return "\(section): username and password go together" }
            if username != nil, getsCallersToken {
                return "\(section): either username and password or send_caller_token, not both"
            }
            return nil
        }
    }
}
