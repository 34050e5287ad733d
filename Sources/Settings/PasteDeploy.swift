/// `[paste_deploy]`: who a caller is taken for.
public struct PasteDeploy: Sendable {
    /// Glance's name of a pipeline, such as `keystone+caching`. What it means is `identity`.
    @Setting("paste_deploy", "flavor", .string, default: "")
    public var flavor: String

    /// The paste file of the installation. Its pipelines are built in here, so nothing of it is needed.
    @Setting("paste_deploy", "config_file", .optional(.word), default: nil)
    public var configFile: String?

    /// Every option with its default.
    public init() {}

    /// The part of the flavor that says who a caller is; nil when it is no known one.
    ///
    /// `caching` and `cachemanagement` are accepted alone and behind a `+`, and change nothing.
    public var identity: IdentityFlavor? {
        var parts = flavor.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        if parts.count <= 2, parts.last == "caching" || parts.last == "cachemanagement" { parts.removeLast() }
        let name = parts.first ?? ""
        guard parts.count <= 1 else { return nil }
        return name.isEmpty ? .noauth : IdentityFlavor(rawValue: name)
    }
}

/// Where a caller's identity comes from.
public enum IdentityFlavor: String, Sendable, CaseIterable {
    /// Everybody is an admin: Glance's empty flavor, which has this name as well.
    case noauth
    /// The token is the identity: `user:tenant:role,role`.
    case fakeauth
    /// A proxy in front has put the identity into headers.
    case trustedAuth = "trusted-auth"
    /// Keystone validates the token.
    case keystone

    /// Whether a caller can claim to be anybody.
    public var isInsecure: Bool { self != .keystone }
}
