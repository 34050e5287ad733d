/// The one door through which the API talks to hosts that a client named.
///
/// Each connection goes to an address that the policy allowed after resolution; each redirect is checked like a first
/// URL. The calls block: run them on a thread that may. The process must ignore SIGPIPE. A cancelled call returns
/// within a second, unless the system's resolver is at work: then when that gives up.
public struct OutboundFetcher: Sendable {
    /// Where fetches may go.
    public let policy: FetchPolicy
    /// What a fetch may cost.
    public private(set) var limits: FetchLimits
    /// Sent as User-Agent.
    public let userAgent: String
    /// PEM file with the certificate authorities to trust instead of the system's.
    public let caFile: String?
    /// The way out.
    public let proxies: FetchProxies
    /// For tests: what a host resolves to, asked before each connection; nil: what the system says.
    var resolver: (@Sendable (_ host: String) -> String?)?

    /// - Parameter version: the program's, for the User-Agent; printable ASCII.
    public init(
        policy: FetchPolicy, limits: FetchLimits = FetchLimits(), proxies: FetchProxies = FetchProxies(),
        version: String, caFile: String? = nil
    ) {
        precondition(version.utf8.allSatisfy { (0x21...0x7e).contains($0) }, "a version is printable")
        self.policy = policy
        self.limits = limits
        userAgent = Self.program + version
        self.caFile = caFile
        self.proxies = proxies
    }

    /// The same for one service that the operator has named: whatever network it is in, but no other host or port, and no
    /// redirects. Clients have no say in where it is, so that what they may reach does not count.
    ///
    /// - Parameters:
    ///   - service: an http or https URL; its path counts for nothing.
    ///   - caFile: authorities to trust instead; nil: the same.
    /// - Throws: `.malformed`.
    public func limited(to service: String, caFile: String? = nil) throws(FetchError) -> OutboundFetcher {
        let url = try TargetURL(service)
        var limits = limits
        limits.redirectsMax = 0
        let policy = FetchPolicy(
            allowedSchemes: [url.scheme], allowedHosts: [url.host], allowedPorts: [url.port],
            allowedNetworks: NetworkRule.any)
        return OutboundFetcher(
            policy: policy, limits: limits, version: String(userAgent.dropFirst(Self.program.count)),
            caFile: caFile ?? self.caFile)
    }

    private static let program = "glimpse/"

    /// Asks a source for its size, by HEAD.
    ///
    /// - Parameter isCancelled: asked at least once a second; true ends the call with `.cancelled`.
    public func head(_ url: String, isCancelled: () -> Bool = { false }) throws(FetchError) -> SourceDescription {
        try follow(url, .head, [], onResponse: { _ in }, sink: { _ in }, isCancelled: isCancelled) { head, url in
            SourceDescription(
                size: head.contentLength, etag: head.etag, acceptsRanges: head.acceptsRanges, finalURL: url.text)
        }
    }

    /// Fetches a source from an offset to its end.
    ///
    /// - Parameters:
    ///   - offset: bytes that the caller has already; at least 0.
    ///   - etag: the source's tag when those bytes came. With a strong one, a source that has changed is sent from its
    ///     start. With a weak one, it is always sent from its start, since that cannot vouch for bytes (RFC 9110
    ///     §13.1.5). Without one, it is for the caller to know that the source has not changed.
    ///   - fields: who asks; sent to the URL's own origin, and not where a redirect leads.
    ///   - onResponse: called once, before the body. Its `offset` is the one asked for, or 0: then what the caller has
    ///     is void.
    ///   - sink: takes the body in order, in pieces of some 16 KiB that are valid during the call. While it works,
    ///     nothing is read and no time counts against the source.
    ///   - isCancelled: asked at least once a second; true ends the call with `.cancelled`.
    /// - Throws: `.stopped(by:)` with what `onResponse` or `sink` threw; the other cases as they say.
    public func fetch(
        _ url: String, from offset: Int64 = 0, etag: String? = nil, fields: [SecretField] = [],
        onResponse: (FetchedResponse) throws -> Void,
        sink: (UnsafeRawBufferPointer) throws -> Void,
        isCancelled: () -> Bool = { false }
    ) throws(FetchError) {
        precondition(offset >= 0, "an offset is not negative")
        let isWeak = etag.map { !EntityTag.isStrong($0) } ?? false
        let method = Transfer.Method.get(offset: isWeak ? 0 : offset, etag: isWeak ? nil : etag)
        try follow(url, method, fields, onResponse: onResponse, sink: sink, isCancelled: isCancelled) { _, _ in }
    }

    /// Fetches a small document.
    ///
    /// - Parameter bytesMax: `.tooLarge` beyond it.
    public func document(
        _ url: String, bytesMax: Int, fields: [SecretField] = [], isCancelled: () -> Bool = { false }
    ) throws(FetchError) -> [UInt8] {
        var bytes: [UInt8] = []
        var fetcher = self
        fetcher.limits.bytesMax = min(limits.bytesMax, Int64(bytesMax))
        try fetcher.fetch(
            url, fields: fields, onResponse: { _ in }, sink: { bytes.append(contentsOf: $0) }, isCancelled: isCancelled)
        return bytes
    }

    private func follow<Result>(
        _ url: String, _ method: Transfer.Method, _ fields: [SecretField],
        onResponse: (FetchedResponse) throws -> Void,
        sink: (UnsafeRawBufferPointer) throws -> Void,
        isCancelled: () -> Bool,
        result: (ResponseHead, TargetURL) -> Result
    ) throws(FetchError) -> Result {
        // The closures are kept by a Transfer, which ends within this call.
        try withoutActuallyEscaping(onResponse) { onResponse throws(FetchError) in
            try withoutActuallyEscaping(sink) { sink throws(FetchError) in
                try withoutActuallyEscaping(isCancelled) { isCancelled throws(FetchError) in
                    let (head, last) = try follow(
                        TargetURL(url), method, fields,
                        Transfer.Handlers(onResponse: onResponse, sink: sink, isCancelled: isCancelled))
                    return result(head, last)
                }
            }
        }
    }

    private func follow(
        _ first: TargetURL, _ method: Transfer.Method, _ fields: [SecretField], _ handlers: Transfer.Handlers
    ) throws(FetchError) -> (ResponseHead, TargetURL) {
        var url = first
        var secrets = RequestSecrets(credentials: first.credentials, fields: fields)
        var redirects = 0
        while true {
            if handlers.isCancelled() { throw .cancelled }
            try policy.check(url)
            let proxy = proxies.proxy(for: url)
            if proxy != nil { try FetchProxies.check(url, policy) }
            let transfer = Transfer(
                url: url, method: method, policy: policy, limits: limits, proxy: proxy, handlers: handlers)
            transfer.address = resolver?(url.host)
            switch try transfer.run(secrets, userAgent: userAgent, caFile: caFile) {
            case .finished(let head):
                return (head, url)
            case .redirect(let location):
                redirects += 1
                guard redirects <= limits.redirectsMax else { throw .tooManyRedirects(max: limits.redirectsMax) }
                let next = try url.redirected(to: location)
                // Once away from the first host, they stay away.
                if next.origin != first.origin { secrets = RequestSecrets() }
                url = next
            }
        }
    }
}
