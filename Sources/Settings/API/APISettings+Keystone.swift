extension APISettings {
    /// `[keystone_authtoken]`: the Keystone that the flavor `keystone` asks, by the names that keystonemiddleware has.
    public struct Keystone: Sendable {
        /// Keystone's base URL.
        @Setting(
            "keystone_authtoken", "auth_url", .optional(.httpURL), default: nil,
            aliases: [("keystone_authtoken", "identity_uri")])
        public var authURL: String?

        /// What a 401 tells clients; nil: `auth_url`.
        @Setting(
            "keystone_authtoken", "www_authenticate_uri", .optional(.httpURL), default: nil,
            aliases: [("keystone_authtoken", "auth_uri")])
        public var publicURL: String?

        /// How the service user logs in; `password` is all that there is.
        @Setting("keystone_authtoken", "auth_type", .word, default: "password")
        public var authType: String

        /// The service user.
        @Setting(
            "keystone_authtoken", "username", .optional(.word), default: nil,
            aliases: [("keystone_authtoken", "admin_user")])
        public var username: String?

        /// Its password.
        @Setting(
            "keystone_authtoken", "password", .optional(.secret), default: nil,
            aliases: [("keystone_authtoken", "admin_password")])
        public var password: Secret?

        /// The service user's domain; `default` where neither it nor the name is given.
        @Setting("keystone_authtoken", "user_domain_id", .optional(.word), default: nil)
        public var userDomainID: String?

        /// The service user's domain by its name.
        @Setting("keystone_authtoken", "user_domain_name", .optional(.word), default: nil)
        public var userDomainName: String?

        /// The service user's project.
        @Setting(
            "keystone_authtoken", "project_name", .optional(.word), default: nil,
            aliases: [("keystone_authtoken", "admin_tenant_name")])
        public var projectName: String?

        /// The project's domain; `default` where neither it nor the name is given.
        @Setting("keystone_authtoken", "project_domain_id", .optional(.word), default: nil)
        public var projectDomainID: String?

        /// The project's domain by its name.
        @Setting("keystone_authtoken", "project_domain_name", .optional(.word), default: nil)
        public var projectDomainName: String?

        /// A PEM file of authorities instead of those that the system trusts.
        @Setting("keystone_authtoken", "cafile", .optional(.absolutePath), default: nil)
        public var caFile: String?

        /// Take any certificate.
        @Setting("keystone_authtoken", "insecure", .bool, default: false)
        public var isInsecure: Bool

        /// Seconds for an answer of Keystone.
        @Setting("keystone_authtoken", "http_connect_timeout", .seconds(1...3600), default: 30)
        public var answerSeconds: Int

        /// Seconds for which Keystone is not asked again about a token; -1 or 0: each time.
        @Setting("keystone_authtoken", "token_cache_time", .int(-1...86400), default: 300)
        public var cacheSeconds: Int

        /// Roles with which `X-Service-Token` vouches for a user's token that has expired.
        @Setting("keystone_authtoken", "service_token_roles", .list(of: .word), default: ["service"])
        public var serviceRoles: [String]

        /// Every option with its default.
        public init() {}

        /// What the flavor `keystone` can't do without; nil where all is there.
        var problem: String? {
            guard authType == "password" || authType == "v3password" else {
                return "[keystone_authtoken] auth_type = \(authType) is not known; expected password"
            }
            let missing = [
                ("auth_url", authURL == nil), ("username", username == nil), ("password", password == nil),
                ("project_name", projectName == nil),
            ].filter(\.1).map(\.0)
            if missing.isEmpty { return nil }
            return "[keystone_authtoken] lacks \(missing.joined(separator: ", ")), which flavor = keystone needs"
        }
    }
}

extension SettingType where Value == Secret {
    /// A text that no message shows.
    static var secret: Self {
        SettingType<Secret> { Secret($0) }
    }
}
