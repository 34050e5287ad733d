import HTTPWire

/// The address under which a client reaches the API: what links and `Location` begin with.
enum Endpoint {
    /// The base of a request's own address, without a slash at its end.
    ///
    /// With `enable_proxy_headers_parsing`, what the proxy in front says counts more: `Forwarded` (RFC 7239), or else
    /// X-Forwarded-Proto, -Host and -Prefix.
    static func base(of head: RequestHead, options: ImageAPIOptions) -> String {
        var scheme = "http"
        var host = head.authority
        var prefix = ""
        if options.parsesProxyHeaders {
            let forwarded = Self.forwarded(head.fields["forwarded"])
            if let given = forwarded["proto"] ?? first(head.fields["x-forwarded-proto"]),
                ["http", "https"].contains(given.lowercased())
            {
                scheme = given.lowercased()
            }
            if let given = forwarded["host"] ?? first(head.fields["x-forwarded-host"]) { host = given }
            if let given = first(head.fields["x-forwarded-prefix"]), given.hasPrefix("/"), isPlain(given) {
                prefix = given.hasSuffix("/") ? String(given.dropLast()) : given
            }
        }
        if host.isEmpty || !isPlain(host) { host = "localhost" }
        return "\(scheme)://\(host)\(prefix)"
    }

    /// The base of the links in the versions document: `public_endpoint` where there is one.
    static func linkBase(of head: RequestHead, options: ImageAPIOptions) -> String {
        guard let endpoint = options.publicEndpoint, !endpoint.isEmpty else { return base(of: head, options: options) }
        return endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
    }

    /// The first of a list: what the outermost proxy saw.
    private static func first(_ list: String?) -> String? {
        let value = (list ?? "").prefix { $0 != "," }.filter { $0 != " " }
        return value.isEmpty ? nil : value
    }

    private static func forwarded(_ text: String?) -> [String: String] {
        var pairs: [String: String] = [:]
        for pair in (first(text) ?? "").split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { pairs[parts[0].lowercased()] = parts[1].filter { $0 != "\"" } }
        }
        return pairs
    }

    /// Characters of a host with a port, or of a plain path.
    private static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~", ":", "[", "]", "/": true
            default: false
            }
        }
    }
}
