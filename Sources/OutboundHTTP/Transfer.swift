import CCurl
import Glibc

/// One request to one URL, without following redirects: the state that libcurl's callbacks work on.
///
/// Lives on one thread, inside `run`.
final class Transfer {
    enum Method {
        case head
        /// A tag makes the range conditional.
        case get(offset: Int64, etag: String?)
    }

    enum Outcome {
        case finished(ResponseHead)
        /// The value of Location.
        case redirect(String)
    }

    struct Handlers {
        var onResponse: (FetchedResponse) throws -> Void
        var sink: (UnsafeRawBufferPointer) throws -> Void
        var isCancelled: () -> Bool
    }

    let url: TargetURL
    let method: Method
    let limits: FetchLimits
    /// Where the connection goes instead of to the URL's host; nil: there.
    let proxy: ProxyServer?
    /// For tests: what the host resolves to; nil: what the system says.
    var address: String?
    private let handlers: Handlers
    private var addressGuard: AddressGuard
    private var head = ResponseHead()
    private var headBytes = 0
    private var redirect: String?
    /// Where the body begins in the source, and how long it must be.
    private var bodyOffset: Int64 = 0
    private var bodyLength: Int64?
    private var received: Int64 = 0
    /// Why a callback made libcurl stop.
    private var failure: FetchError?
    /// How fast it goes; nil until the connection stands, since connecting has its own limit.
    private var pace: Pace?

    init(
        url: TargetURL, method: Method, policy: FetchPolicy, limits: FetchLimits, proxy: ProxyServer? = nil,
        handlers: Handlers
    ) {
        self.url = url
        self.method = method
        self.limits = limits
        self.proxy = proxy
        self.handlers = handlers
        // A proxy is where the operator says, whatever clients may reach.
        addressGuard = AddressGuard(policy: proxy == nil ? policy : nil, port: proxy?.port ?? url.port)
    }

    func run(_ secrets: RequestSecrets, userAgent: String, caFile: String?) throws(FetchError) -> Outcome {
        let easy = try EasyHandle(self, secrets, userAgent: userAgent, caFile: caFile)
        let (code, text) = easy.perform()
        if let failure { throw failure }
        if let redirect { return .redirect(redirect) }
        guard code == CURLE_OK else { throw explain(code, text) }
        guard head.isComplete else { throw .badResponse(reason: "no final status") }
        if case .get = method, let bodyLength, received != bodyLength {
            throw .interrupted(received: received, expected: bodyLength)
        }
        return .finished(head)
    }

    // MARK: What libcurl calls. False, or CURL_SOCKET_BAD, ends the transfer.

    func openSocket(_ purpose: curlsocktype, _ about: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
        addressGuard.open(purpose, about)
    }

    func connected(peer: String, port: Int32) -> Bool {
        guard addressGuard.confirms(peer: peer, port: port) else {
            failure = refusal
            return false
        }
        pace = Pace(limits, at: .now)
        return true
    }

    func headLine(_ line: UnsafeRawBufferPointer) -> Bool {
        headBytes += line.count
        return attempt { () throws(FetchError) in
            guard headBytes <= limits.headBytesMax else {
                throw .badResponse(reason: "a head of more than \(limits.headBytesMax) bytes")
            }
            if head.isComplete { return }
            try head.read(line)
            if head.isComplete {
                pace = Pace(limits, at: .now)
                try judgeHead()
            }
        } && redirect == nil
    }

    func body(_ bytes: UnsafeRawBufferPointer) -> Bool {
        attempt { () throws(FetchError) in
            if handlers.isCancelled() { throw .cancelled }
            received += Int64(bytes.count)
            guard bodyOffset + received <= limits.bytesMax else { throw .tooLarge(bytesMax: limits.bytesMax) }
            let arrival = ContinuousClock.now
            do { try handlers.sink(bytes) } catch { throw .stopped(by: error) }
            // The time that the sink takes is not the source's.
            pace?.count(bytes.count, at: arrival, pausedFor: arrival.duration(to: .now))
        }
    }

    func progress() -> Bool {
        attempt { () throws(FetchError) in
            if handlers.isCancelled() { throw .cancelled }
            if let failure = pace?.failure(at: .now) { throw failure }
        }
    }

    /// Keeps the first failure.
    private func attempt(_ step: () throws(FetchError) -> Void) -> Bool {
        guard failure == nil else { return false }
        do throws(FetchError) {
            try step()
            return true
        } catch {
            failure = error
            return false
        }
    }

    // MARK: Judging the answer.

    private func judgeHead() throws(FetchError) {
        switch head.status {
        case 301, 302, 303, 307, 308:
            guard let location = head.location else { throw .badResponse(reason: "a redirect without Location") }
            redirect = location
            return
        case 404: throw .notFound
        case 200: break
        case 206, 416:
            guard case .get(let offset, _) = method, offset > 0 else { throw .badStatus(head.status) }
        default: throw .badStatus(head.status)
        }
        guard case .get(let offset, let etag) = method else { return }
        if head.status == 416 {
            guard case .unsatisfied(let total)? = head.contentRange.flatMap(ContentRange.init) else {
                throw .rangeNotSatisfiable(bytesTotal: nil)
            }
            throw .rangeNotSatisfiable(bytesTotal: total)
        }
        bodyLength = head.contentLength
        if head.status == 206 {
            bodyOffset = offset
            bodyLength = try rangeLength(from: offset, etag: etag)
        }
        if let bodyLength {
            let (total, overflow) = bodyOffset.addingReportingOverflow(bodyLength)
            guard !overflow, total <= limits.bytesMax else { throw .tooLarge(bytesMax: limits.bytesMax) }
        }
        if handlers.isCancelled() { throw .cancelled }
        let response = FetchedResponse(
            offset: bodyOffset, length: bodyLength, etag: head.etag,
            acceptsRanges: head.acceptsRanges || head.status == 206, finalURL: url.text)
        do { try handlers.onResponse(response) } catch { throw .stopped(by: error) }
        pace = Pace(limits, at: .now)
    }

    /// A range must be the rest of the same source, to its very end: everything else would make a patchwork.
    private func rangeLength(from offset: Int64, etag: String?) throws(FetchError) -> Int64 {
        guard case .part(let first, let last, let total?)? = head.contentRange.flatMap(ContentRange.init),
            first == offset, last == total - 1
        else { throw .badResponse(reason: "a Content-Range that is not the rest from byte \(offset)") }
        let length = last - first + 1
        guard head.contentLength == nil || head.contentLength == length else {
            throw .badResponse(reason: "Content-Length and Content-Range contradict each other")
        }
        if let etag, let now = head.etag, now != etag {
            throw .badResponse(reason: "a range of another version")
        }
        return length
    }

    private var refusal: FetchError? {
        addressGuard.refused.map {
            .refused(option: .allowedNetworks, reason: "host \(url.host) is at a \($0) address")
        }
    }

    /// libcurl's codes in the words of this module.
    private func explain(_ code: CURLcode, _ text: String) -> FetchError {
        switch code {
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT, CURLE_UNKNOWN_OPTION, CURLE_NOT_BUILT_IN,
            CURLE_BAD_FUNCTION_ARGUMENT, CURLE_SSL_CACERT_BADFILE:
            return .unavailable(reason: text)
        default: break
        }
        if head.isComplete {
            return .interrupted(received: received, expected: bodyLength)
        }
        switch code {
        case CURLE_COULDNT_CONNECT:
            if !addressGuard.hasOpened, let refusal { return refusal }
            return .unreachable(reason: text)
        case CURLE_COULDNT_RESOLVE_PROXY:
            return .unreachable(reason: "the proxy's name can't be resolved")
        case CURLE_OPERATION_TIMEDOUT:
            return .unreachable(reason: "no connection to \(url.host) within \(limits.connectSeconds) seconds")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP_RETURNED_ERROR:
            return .badResponse(reason: text)
        default:
            return .unreachable(reason: text)
        }
    }
}
