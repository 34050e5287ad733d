import ImageModel

/// The limits that count for a tenant: those that the configuration gives to all, over which the registry puts what is set
/// for the tenant alone; or, with `use_keystone_limits`, those that a Keystone has, and no others.
public struct TenantLimits: Sendable {
    private let configured: TenantQuotas
    private let keystone: KeystoneLimits?

    /// - Parameters:
    ///   - configured: `[quota]`.
    ///   - keystone: whose limits count instead.
    public init(configured: TenantQuotas = TenantQuotas(), keystone: KeystoneLimits? = nil) {
        self.configured = configured
        self.keystone = keystone
    }

    /// The limits of an owner of images.
    ///
    /// - Throws: `unavailable` where only Keystone could say, and does not: nothing is given away meanwhile.
    func of(_ owner: String?) async throws(RegistryFailure) -> TenantQuotas {
        guard let keystone else { return configured }
        return try await keystone.limits(of: owner)
    }
}
