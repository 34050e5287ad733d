/// The one door through which the API talks to hosts that a client named.
///
/// Each connection goes to an address that the policy allowed after resolution; each redirect is checked like a first
/// URL. The calls block: run them on a thread that may. The process must ignore SIGPIPE. A cancelled call returns
/// within a second, unless the system's resolver is at work: then when that gives up.
public struct OutboundFetcher: Sendable {
    /// Where fetches may go.
    public let policy: FetchPolicy
    /// What a fetch may cost.
    public let limits: FetchLimits
    /// Sent as User-Agent.
    public let userAgent: String
    /// PEM file with the certificate authorities to trust instead of the system's.
    public let caFile: String?

    /// - Parameter version: the program's, for the User-Agent; printable ASCII.
    public init(policy: FetchPolicy, limits: FetchLimits = FetchLimits(), version: String, caFile: String? = nil) {
        precondition(version.utf8.allSatisfy { (0x21...0x7e).contains($0) }, "a version is printable")
        self.policy = policy
        self.limits = limits
        userAgent = "glimpse/\(version)"
        self.caFile = caFile
    }

    /// Asks a source for its size, by HEAD.
    ///
    /// - Parameter isCancelled: asked at least once a second; true ends the call with `.cancelled`.
    public func head(_ url: String, isCancelled: () -> Bool = { false }) throws(FetchError) -> SourceDescription {
        try follow(url, .head, onResponse: { _ in }, sink: { _ in }, isCancelled: isCancelled) { head, url in
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
    ///   - onResponse: called once, before the body. Its `offset` is the one asked for, or 0: then what the caller has
    ///     is void.
    ///   - sink: takes the body in order, in pieces of some 16 KiB that are valid during the call. While it works,
    ///     nothing is read and no time counts against the source.
    ///   - isCancelled: asked at least once a second; true ends the call with `.cancelled`.
    /// - Throws: `.stopped(by:)` with what `onResponse` or `sink` threw; the other cases as they say.
    public func fetch(
        _ url: String, from offset: Int64 = 0, etag: String? = nil,
        onResponse: (FetchedResponse) throws -> Void,
        sink: (UnsafeRawBufferPointer) throws -> Void,
        isCancelled: () -> Bool = { false }
    ) throws(FetchError) {
        precondition(offset >= 0, "an offset is not negative")
        let isWeak = etag.map { !EntityTag.isStrong($0) } ?? false
        let method = Transfer.Method.get(offset: isWeak ? 0 : offset, etag: isWeak ? nil : etag)
        try follow(url, method, onResponse: onResponse, sink: sink, isCancelled: isCancelled) { _, _ in }
    }

    private func follow<Result>(
        _ url: String, _ method: Transfer.Method,
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
                        TargetURL(url), method,
                        Transfer.Handlers(onResponse: onResponse, sink: sink, isCancelled: isCancelled))
                    return result(head, last)
                }
            }
        }
    }

    private func follow(
        _ first: TargetURL, _ method: Transfer.Method, _ handlers: Transfer.Handlers
    ) throws(FetchError) -> (ResponseHead, TargetURL) {
        var url = first
        var credentials = first.credentials
        var redirects = 0
        while true {
            if handlers.isCancelled() { throw .cancelled }
            try policy.check(url)
            let transfer = Transfer(url: url, method: method, policy: policy, limits: limits, handlers: handlers)
            switch try transfer.run(credentials: credentials, userAgent: userAgent, caFile: caFile) {
            case .finished(let head):
                return (head, url)
            case .redirect(let location):
                redirects += 1
                guard redirects <= limits.redirectsMax else { throw .tooManyRedirects(max: limits.redirectsMax) }
                let next = try url.redirected(to: location)
                // Once away from the first host, they stay away.
                if next.origin != first.origin { credentials = nil }
                url = next
            }
        }
    }
}
