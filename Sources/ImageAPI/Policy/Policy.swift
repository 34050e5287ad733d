import GlanceHTTP

/// What a caller may do beyond the rules of ownership: rules about actions, and about custom properties.
public struct Policy: Sendable {
    /// `policy_file`, or the defaults.
    public let rules: PolicyRules
    /// `property_protection_file`; nil: properties are not protected.
    public let protections: PropertyProtections?

    /// The defaults, but for what is given.
    public init(rules: PolicyRules = PolicyRules(), protections: PropertyProtections? = nil) {
        self.rules = rules
        self.protections = protections
    }

    /// What the files have that is worth a warning, a line each.
    public var notices: [String] {
        rules.notices(used: protections?.policies ?? []) + (protections?.notices ?? [])
    }

    /// Holds a rule up to the caller.
    ///
    /// - Parameter target: attributes of what it is done to; made only where the rule looks at them.
    /// - Throws: 403 where the rule does not allow it.
    func enforce(
        _ rule: String, target: @autoclosure () -> [String: String] = [:], _ caller: Caller
    ) throws(APIError) {
        guard rules.allows(rule, target: target(), caller) else { throw .forbidden }
    }

    /// The caller as an admin, where `context_is_admin` says so: `admin_role` is not the only way. A caller without an
    /// identity never becomes one.
    func recognizing(_ caller: Caller) -> Caller {
        guard !caller.isAdmin, !caller.isReadOnly, rules.allows("context_is_admin", caller) else { return caller }
        var admin = caller
        admin.isAdmin = true
        return admin
    }
}
