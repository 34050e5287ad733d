/// The way out where it leads through proxies: `http_proxy`, `https_proxy` and `no_proxy` of the operator's.
///
/// A fetch through a proxy can't be guarded by address as others are: the proxy resolves the name and connects, and a look
/// of our own at the name would show what our resolver says, a moment earlier. So of a target behind a proxy scheme, host
/// and port are judged as ever, an address that is spelled out is judged like one that is connected to, and `localhost` is
/// taken at its word. For names, what the proxy may reach is the proxy's to decide: one that can get at more than the
/// public network has to be set up to refuse that to us, or `allowed_hosts` has to name the few hosts that are meant.
/// Hosts of `no_proxy` are connected to from here, and guarded by address.
public struct FetchProxies: Sendable {
    /// For http URLs; nil: straight on.
    public var http: ProxyServer?
    /// For https URLs, by CONNECT; nil: straight on.
    public var https: ProxyServer?
    /// Hosts that are reached without: names, which stand for what is below them as well, addresses, blocks of them, and
    /// `*` for all.
    public var exceptions: [String]

    /// Without proxies, whatever the environment says.
    public init(http: ProxyServer? = nil, https: ProxyServer? = nil, exceptions: [String] = []) {
        self.http = http
        self.https = https
        self.exceptions = exceptions
    }

    /// The proxy on the way to a URL.
    func proxy(for url: TargetURL) -> ProxyServer? {
        guard let proxy = url.scheme == "https" ? https : http,
            !exceptions.contains(where: { Self.names($0, url.host) })
        else { return nil }
        return proxy
    }

    private static func names(_ exception: String, _ host: String) -> Bool {
        if exception == "*" { return true }
        if let address = NetworkAddress(host) { return NetworkBlock(exception)?.contains(address) ?? false }
        var name = exception.lowercased()[...]
        if name.hasPrefix("*") { name = name.dropFirst() }
        if name.hasPrefix(".") { name = name.dropFirst() }
        if name.hasSuffix(".") { name = name.dropLast() }
        return !name.isEmpty && (host == name || host.hasSuffix(".\(name)"))
    }

    /// Judges what can be judged of a target that a proxy connects to.
    static func check(_ url: TargetURL, _ policy: FetchPolicy) throws(FetchError) {
        let isThisMachine = url.host == "localhost" || url.host.hasSuffix(".localhost")
        guard let address = isThisMachine ? NetworkAddress(v4: 0x7f00_0001) : NetworkAddress(url.host) else { return }
        guard policy.allows(address) else {
            throw .refused(
                option: .allowedNetworks, reason: "host \(url.host) is at a \(NetworkClass(address)) address")
        }
    }
}

/// A proxy as the operator names it: `http://[user:password@]host:port`, or https. Its password does not print.
public struct ProxyServer: Sendable {
    /// Without credentials.
    let url: String
    let port: UInt16
    let credentials: Credentials?

    /// nil where the text is no such URL.
    public init?(_ text: String) {
        guard let target = try? TargetURL(text), target.scheme == "http" || target.scheme == "https" else { return nil }
        // libcurl's own default for proxies is 1080.
        let host = target.host.contains(":") ? "[\(target.host)]" : target.host
        url = "\(target.scheme)://\(host):\(target.port)"
        port = target.port
        credentials = target.credentials
    }
}
