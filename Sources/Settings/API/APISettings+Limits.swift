extension APISettings {
    /// `use_keystone_limits` and `[oslo_limit]`: Keystone's unified limits, by the names that oslo.limit has.
    public struct Limits: Sendable {
        /// Whether Keystone's limits count, and those of `[quota]` and of glance-manage don't.
        @Setting("DEFAULT", "use_keystone_limits", .bool, default: false)
        public var areKeystones: Bool

        /// Glance's endpoint in Keystone: its service and its region are what limits are registered for.
        @Setting("oslo_limit", "endpoint_id", .optional(.word), default: nil)
        public var endpointID: String?

        /// Without `endpoint_id`: the service's name.
        @Setting("oslo_limit", "endpoint_service_name", .optional(.word), default: nil)
        public var serviceName: String?

        /// Without `endpoint_id`: the service's type.
        @Setting("oslo_limit", "endpoint_service_type", .optional(.word), default: nil)
        public var serviceType: String?

        /// Without `endpoint_id`: the endpoint's region.
        @Setting("oslo_limit", "endpoint_region_name", .optional(.word), default: nil)
        public var regionName: String?

        /// Without `endpoint_id`: `public`, `internal` or `admin`.
        @Setting("oslo_limit", "endpoint_interface", .word, default: "public")
        public var interfaceText: String

        /// The interface as Keystone v3 names it; older files have `publicURL`.
        public var interface: String {
            interfaceText.hasSuffix("URL") ? String(interfaceText.dropLast(3)) : interfaceText
        }

        /// How the service user logs in; `password` is all that there is.
        @Setting("oslo_limit", "auth_type", .word, default: "password")
        public var authType: String

        /// Keystone's base URL; nil: the login of `[keystone_authtoken]`.
        @Setting("oslo_limit", "auth_url", .optional(.httpURL), default: nil)
        public var authURL: String?

        /// A user who may see all projects' limits.
        @Setting("oslo_limit", "username", .optional(.word), default: nil)
        public var username: String?

        /// Its password.
        @Setting("oslo_limit", "password", .optional(.secret), default: nil)
        public var password: Secret?

        /// The user's domain; `default` where neither it nor the name is given.
        @Setting("oslo_limit", "user_domain_id", .optional(.word), default: nil)
        public var userDomainID: String?

        /// The user's domain by its name.
        @Setting("oslo_limit", "user_domain_name", .optional(.word), default: nil)
        public var userDomainName: String?

        /// The user's project; with `system_scope` none.
        @Setting("oslo_limit", "project_name", .optional(.word), default: nil)
        public var projectName: String?

        /// The project's domain; `default` where neither it nor the name is given.
        @Setting("oslo_limit", "project_domain_id", .optional(.word), default: nil)
        public var projectDomainID: String?

        /// The project's domain by its name.
        @Setting("oslo_limit", "project_domain_name", .optional(.word), default: nil)
        public var projectDomainName: String?

        /// `all`: the user's role is one in the whole system.
        @Setting("oslo_limit", "system_scope", .optional(.word), default: nil)
        public var systemScope: String?

        /// A PEM file of authorities instead of those that the system trusts.
        @Setting("oslo_limit", "cafile", .optional(.absolutePath), default: nil)
        public var caFile: String?

        /// Take any certificate.
        @Setting("oslo_limit", "insecure", .bool, default: false)
        public var isInsecure: Bool

        /// Seconds for an answer of Keystone.
        @Setting("oslo_limit", "timeout", .seconds(1...3600), default: 30)
        public var answerSeconds: Int

        /// Every option with its default.
        public init() {}

        /// What `use_keystone_limits` can't do without; nil where all is there, or it is off.
        func problem(of identity: IdentityFlavor?) -> String? {
            guard areKeystones else { return nil }
            guard authType == "password" || authType == "v3password" else {
                return "[oslo_limit] auth_type = \(authType) is not known; expected password"
            }
            guard ["public", "internal", "admin"].contains(interface) else {
                return
                    "[oslo_limit] endpoint_interface = \(interfaceText) is not known; expected public, internal or admin"
            }
            if let systemScope, systemScope != "all" {
                return "[oslo_limit] system_scope = \(systemScope) is not known; expected all"
            }
            var missing: [String] = []
            if endpointID == nil, serviceName == nil, serviceType == nil {
                missing.append("endpoint_id (or endpoint_service_name or endpoint_service_type)")
            }
            if authURL != nil {
                if username == nil { missing.append("username") }
                if password == nil { missing.append("password") }
                if projectName == nil, systemScope == nil { missing.append("project_name (or system_scope)") }
            } else if identity != .keystone {
                missing.append("auth_url")
            }
            if missing.isEmpty { return nil }
            return "[oslo_limit] lacks \(missing.joined(separator: ", ")), which use_keystone_limits needs"
        }
    }
}
