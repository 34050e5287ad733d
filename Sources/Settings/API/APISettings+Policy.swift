extension APISettings {
    /// `[oslo_policy]`, and who may touch which custom properties.
    public struct Policy: Sendable {
        /// The file of the rules. nil: `policy.yaml` or `policy.json` beside the configuration, if there is one.
        @Setting(
            "oslo_policy", "policy_file", .optional(.word), default: nil, aliases: [("DEFAULT", "policy_file")])
        public var policyFile: String?

        /// The file of the property protections; nil: there are none.
        @Setting("DEFAULT", "property_protection_file", .optional(.word), default: nil)
        public var propertyProtectionFile: String?

        /// What the property protections name: `roles` or `policies`.
        @Setting("DEFAULT", "property_protection_rule_format", .choice(["roles", "policies"]), default: "roles")
        public var propertyProtectionFormat: String

        /// Every option with its default.
        public init() {}
    }
}
