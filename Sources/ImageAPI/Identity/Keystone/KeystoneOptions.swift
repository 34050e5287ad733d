import OutboundHTTP

/// `[keystone_authtoken]`, or the login of `[oslo_limit]`: where Keystone is, and who asks it.
public struct KeystoneOptions: Sendable {
    /// Keystone's base URL, with `/v3` at its end or without.
    public var authURL = ""
    /// What a 401 tells clients; nil: `authURL`.
    public var publicURL: String?
    /// The service user.
    public var username = ""
    public var password = ""
    /// `default` where neither is given.
    public var userDomainID: String?
    public var userDomainName: String?
    /// The service user's project.
    public var projectName = ""
    public var projectDomainID: String?
    public var projectDomainName: String?
    /// Whether the service user's token is for the whole system, and for no project.
    public var systemScope = false
    /// Seconds for which Keystone is not asked again about a token; 0: each time.
    public var cacheSeconds = 300
    /// Roles with which `X-Service-Token` vouches for a user's token that has expired.
    public var serviceRoles = ["service"]
    /// TLS and patience.
    public var call = ServiceCall.Options()

    /// Without a Keystone.
    public init() {}

    /// The v3 API's base.
    var v3: String {
        var url = authURL[...]
        while url.hasSuffix("/") { url = url.dropLast() }
        if url.hasSuffix("/v3") { return String(url) }
        if url.hasSuffix("/v2.0") { url = url.dropLast("/v2.0".count) }
        return url + "/v3"
    }
}
