/// Where a fetch may go: `[import_filtering_opts]` with Glance's meaning, and `allowed_networks` on top.
///
/// Of each pair the allowed list alone counts when it is not empty; an empty allowed list means any, without what the
/// disallowed list names. Schemes other than http and https are never fetched. The policy is applied to the first URL
/// and to each redirect; `allowedNetworks` to each address, at the moment when it is about to be connected to.
public struct FetchPolicy: Sendable {
    /// For `allowedPorts`: any port.
    public static let anyPort: [UInt16] = []

    /// Schemes in lower case.
    public var allowedSchemes: [String]
    /// Schemes that are refused when `allowedSchemes` is empty.
    public var disallowedSchemes: [String]
    /// Names or addresses, compared as a whole and without regard to case.
    public var allowedHosts: [String]
    /// Hosts that are refused when `allowedHosts` is empty.
    public var disallowedHosts: [String]
    /// Ports that a URL may name. A URL that names none passes: it goes to its scheme's default port.
    public var allowedPorts: [UInt16]
    /// Ports that are refused when `allowedPorts` is empty.
    public var disallowedPorts: [UInt16]
    /// Addresses that may be connected to; empty allows none.
    public var allowedNetworks: [NetworkRule]

    /// Glance's defaults, and public addresses only.
    public init(
        allowedSchemes: [String] = ["http", "https"], disallowedSchemes: [String] = [],
        allowedHosts: [String] = [], disallowedHosts: [String] = [],
        allowedPorts: [UInt16] = [80, 443], disallowedPorts: [UInt16] = [],
        allowedNetworks: [NetworkRule] = [.public]
    ) {
        self.allowedSchemes = allowedSchemes
        self.disallowedSchemes = disallowedSchemes
        self.allowedHosts = allowedHosts
        self.disallowedHosts = disallowedHosts
        self.allowedPorts = allowedPorts
        self.disallowedPorts = disallowedPorts
        self.allowedNetworks = allowedNetworks
    }

    /// Checks scheme, host and port of a URL without any network traffic.
    ///
    /// Passing says nothing about the address behind the name: that is judged while connecting.
    /// - Throws: `.malformed` or `.refused`.
    public func check(_ url: String) throws(FetchError) {
        try check(TargetURL(url))
    }

    func check(_ url: TargetURL) throws(FetchError) {
        let schemes = Self.isListed(url.scheme, allowed: allowedSchemes, disallowed: disallowedSchemes) {
            $0.lowercased()
        }
        if !schemes.passes {
            throw .refused(
                option: schemes.byAllowed ? .allowedSchemes : .disallowedSchemes, reason: "scheme \(url.scheme)")
        }
        guard url.scheme == "http" || url.scheme == "https" else {
            throw .refused(option: nil, reason: "only http and https can be fetched, not \(url.scheme)")
        }
        let hosts = Self.isListed(url.host, allowed: allowedHosts, disallowed: disallowedHosts) {
            TargetURL.canonicalHost($0)
        }
        if !hosts.passes {
            throw .refused(option: hosts.byAllowed ? .allowedHosts : .disallowedHosts, reason: "host \(url.host)")
        }
        if let port = url.explicitPort {
            let ports = Self.isListed(port, allowed: allowedPorts, disallowed: disallowedPorts) { $0 }
            if !ports.passes {
                throw .refused(option: ports.byAllowed ? .allowedPorts : .disallowedPorts, reason: "port \(port)")
            }
        }
    }

    func allows(_ address: NetworkAddress) -> Bool {
        allowedNetworks.contains { $0.matches(address) }
    }

    private static func isListed<Value: Equatable>(
        _ value: Value, allowed: [Value], disallowed: [Value], canonical: (Value) -> Value
    ) -> (passes: Bool, byAllowed: Bool) {
        allowed.isEmpty
            ? (!disallowed.contains { canonical($0) == value }, false)
            : (allowed.contains { canonical($0) == value }, true)
    }
}
