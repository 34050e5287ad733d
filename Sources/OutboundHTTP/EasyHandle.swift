import CCurl

/// A libcurl easy handle, set up for one request and used once: nothing (connection, cookie, credential) is carried
/// over from one to the next.
final class EasyHandle {
    private let easy: UnsafeMutableRawPointer
    private var fields: UnsafeMutablePointer<curl_slist>?
    private var addresses: UnsafeMutablePointer<curl_slist>?
    private let transfer: Transfer
    /// libcurl writes its words on a failure here.
    private let errorText: UnsafeMutablePointer<CChar>

    /// libcurl is initialised once a process. It is never cleaned up: its threads may outlive any moment to do so.
    private static let isReady = ccurl_global_init() == CURLE_OK

    init(
        _ transfer: Transfer, _ secrets: RequestSecrets, userAgent: String, caFile: String?
    ) throws(FetchError) {
        guard Self.isReady, let easy = curl_easy_init() else {
            throw .unavailable(reason: "it cannot be initialised")
        }
        self.easy = easy
        self.transfer = transfer
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try setConnection(caFile: caFile)
        try setProxy(transfer.proxy)
        try setRequest(secrets, userAgent: userAgent)
        try setCallbacks()
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(fields)
        curl_slist_free_all(addresses)
        errorText.deallocate()
    }

    /// Blocks until the answer is over. The text is libcurl's explanation of a failure, printable and bounded.
    func perform() -> (code: CURLcode, text: String) {
        // The callbacks reach the transfer, and libcurl the URL, through pointers only.
        let code = withExtendedLifetime((self, transfer)) { curl_easy_perform(easy) }
        var text = String(cString: errorText)
        if text.isEmpty { text = curl_easy_strerror(code).map { String(cString: $0) } ?? "code \(code.rawValue)" }
        return (code, String(text.unicodeScalars.map { (0x20...0x7e).contains($0.value) ? Character($0) : "?" }))
    }

    private func setConnection(caFile: String?) throws(FetchError) {
        let limits = transfer.limits
        try check(ccurl_set_url(easy, transfer.url.handle))
        // Whatever the policy says. Redirects are followed by the fetcher, which checks each.
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try set(CURLOPT_FRESH_CONNECT, 1)
        try set(CURLOPT_FORBID_REUSE, 1)
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try set(CURLOPT_HTTP09_ALLOWED, 0)
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_CONNECTTIMEOUT, limits.connectSeconds)
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let caFile {
            // The file instead of what the system trusts, not in addition to it.
            try set(CURLOPT_CAINFO, caFile)
            try check(ccurl_set_text(easy, CURLOPT_CAPATH, nil))
        }
        if let address = transfer.address {
            addresses = curl_slist_append(nil, "\(transfer.url.host):\(transfer.url.port):\(address)")
            try check(ccurl_set_list(easy, CURLOPT_RESOLVE, addresses))
        }
        try set(CURLOPT_BUFFERSIZE, 256 * 1024)
        try check(ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText))
    }

    private func setProxy(_ proxy: ProxyServer?) throws(FetchError) {
        guard let proxy else {
            // An empty proxy keeps http_proxy and its like in the environment out: a proxy would connect unguarded.
            try set(CURLOPT_PROXY, "")
            try set(CURLOPT_NOPROXY, "*")
            return
        }
        try set(CURLOPT_PROXY, proxy.url)
        try set(CURLOPT_NOPROXY, "")
        try set(CURLOPT_PROXYAUTH, Int(1))  // CURLAUTH_BASIC
        if let credentials = proxy.credentials {
            try set(CURLOPT_PROXYUSERNAME, credentials.user)
            try set(CURLOPT_PROXYPASSWORD, credentials.password)
        }
        try set(CURLOPT_PROXY_SSL_VERIFYPEER, 1)
        try set(CURLOPT_PROXY_SSL_VERIFYHOST, 2)
        // What the proxy says to CONNECT is not the source's head, and what is for the source is not the proxy's.
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try set(CURLOPT_HEADEROPT, 1)  // CURLHEADER_SEPARATE
    }

    private func setRequest(_ secrets: RequestSecrets, userAgent: String) throws(FetchError) {
        try set(CURLOPT_USERAGENT, userAgent)
        if let credentials = secrets.credentials {
            try set(CURLOPT_HTTPAUTH, Int(1))  // CURLAUTH_BASIC
            try set(CURLOPT_USERNAME, credentials.user)
            try set(CURLOPT_PASSWORD, credentials.password)
        }
        for field in secrets.fields { try add(field.line) }
        // A coded body could be a bomb, and its offsets would not be the image's.
        try add("Accept-Encoding: identity")
        switch transfer.method {
        case .head:
            try set(CURLOPT_NOBODY, 1)
        case .get(let offset, let etag):
            try set(CURLOPT_HTTPGET, 1)
            if offset > 0 {
                try set(CURLOPT_RANGE, "\(offset)-")
                if let etag { try add("If-Range: \(etag)") }
            }
        }
        try check(ccurl_set_list(easy, CURLOPT_HTTPHEADER, fields))
    }

    private func setCallbacks() throws(FetchError) {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        try check(
            ccurl_on_open_socket(
                easy,
                { context, purpose, about in
                    guard let about else { return curl_socket_t(CURL_SOCKET_BAD) }
                    return EasyHandle.transfer(context)?.openSocket(purpose, about) ?? curl_socket_t(CURL_SOCKET_BAD)
                }, context))
        try check(
            ccurl_on_connected(
                easy,
                { context, peer, _, port, _ in
                    guard let peer,
                        EasyHandle.transfer(context)?.connected(peer: String(cString: peer), port: port) == true
                    else { return CURL_PREREQFUNC_ABORT }
                    return CURL_PREREQFUNC_OK
                }, context))
        // A count other than the one given ends the transfer.
        try check(
            ccurl_on_header(
                easy,
                { bytes, size, count, context in
                    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                    return EasyHandle.transfer(context)?.headLine(line) == true ? line.count : line.count + 1
                }, context))
        try check(
            ccurl_on_body(
                easy,
                { bytes, size, count, context in
                    let bytes = UnsafeRawBufferPointer(start: bytes, count: size * count)
                    return EasyHandle.transfer(context)?.body(bytes) == true ? bytes.count : bytes.count + 1
                }, context))
        try check(
            ccurl_on_progress(
                easy, { context, _, _, _, _ in EasyHandle.transfer(context)?.progress() == true ? 0 : 1 }, context))
    }

    private static func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func set(_ option: CURLoption, _ value: Int) throws(FetchError) {
        try check(ccurl_set_long(easy, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) throws(FetchError) {
        try check(ccurl_set_text(easy, option, value))
    }

    private func add(_ field: String) throws(FetchError) {
        guard let longer = curl_slist_append(fields, field) else { throw .unavailable(reason: "out of memory") }
        fields = longer
    }

    /// An option that libcurl does not take leaves a guard open, so nothing is fetched then.
    private func check(_ code: CURLcode) throws(FetchError) {
        guard code == CURLE_OK else {
            throw .unavailable(reason: curl_easy_strerror(code).map { String(cString: $0) } ?? "code \(code.rawValue)")
        }
    }
}
