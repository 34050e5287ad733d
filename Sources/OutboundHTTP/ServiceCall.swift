import CCurl

/// One request with a small answer to a service that the operator has named, such as Keystone: what the guard for
/// clients' URLs keeps out (private addresses, any port) is what is meant here. Redirects are not followed.
public struct ServiceCall: Sendable {
    /// How the service is reached.
    public struct Options: Sendable {
        /// A PEM file of authorities instead of those that the system trusts; nil: the system's.
        public var caFile: String?
        /// Take any certificate: for trials.
        public var isInsecure = false
        /// Seconds for resolving, connecting and TLS.
        public var connectSeconds = 10
        /// Seconds for all of it.
        public var totalSeconds = 30
        /// Bytes of the answer's body, and of its head.
        public var answerBytesMax = 1 << 20

        /// A service with a certificate that the system trusts.
        public init() {}
    }

    /// What came back.
    public struct Answer: Sendable {
        public let status: Int
        /// Names in lower case.
        public let fields: [(name: String, value: String)]
        public let body: [UInt8]

        /// The first value of a field; `name` in lower case.
        public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
    }

    /// Why there is no answer; without secrets.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    let method: String
    let url: String
    let fields: [String]
    let body: [UInt8]?

    /// - Parameters:
    ///   - method: GET or POST.
    ///   - url: absolute, of the operator's making.
    ///   - fields: header lines, without line ends.
    ///   - body: sent where it is not nil.
    public init(_ method: String, _ url: String, fields: [String], body: [UInt8]? = nil) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
    }

    /// Sends it, and blocks until the answer is there: for a thread that may.
    public func perform(_ options: Options) throws(Failure) -> Answer {
        guard fields.allSatisfy({ line in line.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }) else {
            throw Failure(description: "a header field has a control character")
        }
        return try ServiceHandle(self, options).perform()
    }
}

/// The libcurl handle of one `ServiceCall`. Lives on one thread.
private final class ServiceHandle {
    private let easy: UnsafeMutableRawPointer
    private let options: ServiceCall.Options
    private var list: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>
    private var head: [UInt8] = []
    private var body: [UInt8] = []

    private static let isReady = ccurl_global_init() == CURLE_OK

    init(_ call: ServiceCall, _ options: ServiceCall.Options) throws(ServiceCall.Failure) {
        guard Self.isReady, let easy = curl_easy_init() else {
            throw ServiceCall.Failure(description: "libcurl can't be initialised")
        }
        self.easy = easy
        self.options = options
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try text(CURLOPT_URL, call.url)
        try text(CURLOPT_PROTOCOLS_STR, "http,https")
        try number(CURLOPT_FOLLOWLOCATION, 0)
        try text(CURLOPT_PROXY, "")
        try number(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try number(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try number(CURLOPT_NOSIGNAL, 1)
        try number(CURLOPT_CONNECTTIMEOUT, options.connectSeconds)
        try number(CURLOPT_TIMEOUT, options.totalSeconds)
        try number(CURLOPT_SSL_VERIFYPEER, options.isInsecure ? 0 : 1)
        try number(CURLOPT_SSL_VERIFYHOST, options.isInsecure ? 0 : 2)
        try number(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let caFile = options.caFile {
            try text(CURLOPT_CAINFO, caFile)
            try check(ccurl_set_text(easy, CURLOPT_CAPATH, nil))
        }
        try check(ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText))
        if let body = call.body {
            try check(ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            // Copied by libcurl, as many bytes as the size says.
            let code = body.withUnsafeBytes { bytes in
                ccurl_set_pointer(
                    easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            }
            try check(code)
        }
        try text(CURLOPT_CUSTOMREQUEST, call.method)
        for line in call.fields + ["Expect:"] {
            guard let longer = curl_slist_append(list, line) else {
                throw ServiceCall.Failure(description: "out of memory")
            }
            list = longer
        }
        try check(ccurl_set_list(easy, CURLOPT_HTTPHEADER, list))
        try setCallbacks()
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(list)
        errorText.deallocate()
    }

    func perform() throws(ServiceCall.Failure) -> ServiceCall.Answer {
        // The callbacks reach this through a pointer only.
        let code = withExtendedLifetime(self) { curl_easy_perform(easy) }
        guard code == CURLE_OK else {
            var text = String(cString: errorText)
            if text.isEmpty { text = curl_easy_strerror(code).map { String(cString: $0) } ?? "code \(code.rawValue)" }
            throw ServiceCall.Failure(description: String(text.unicodeScalars.prefix(300).map(Self.printable)))
        }
        var status = 0
        try check(ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status))
        return ServiceCall.Answer(status: status, fields: fields(), body: body)
    }

    private static func printable(_ scalar: Unicode.Scalar) -> Character {
        (0x20...0x7e).contains(scalar.value) ? Character(scalar) : "?"
    }

    /// Those of the last head: 100 Continue has one of its own.
    private func fields() -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        for line in head.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self).filter { $0 != "\r" && $0 != "\r\n" }
            if text.hasPrefix("HTTP/") { fields = [] }
            guard let colon = text.firstIndex(of: ":") else { continue }
            let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            fields.append((text[..<colon].lowercased(), String(value)))
        }
        return fields
    }

    private func setCallbacks() throws(ServiceCall.Failure) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        // A count other than the one given ends the transfer.
        try check(
            ccurl_on_header(
                easy,
                { bytes, size, count, context in
                    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                    return ServiceHandle.from(context)?.took(head: line) == true ? line.count : line.count + 1
                }, context))
        try check(
            ccurl_on_body(
                easy,
                { bytes, size, count, context in
                    let bytes = UnsafeRawBufferPointer(start: bytes, count: size * count)
                    return ServiceHandle.from(context)?.took(body: bytes) == true ? bytes.count : bytes.count + 1
                }, context))
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> ServiceHandle? {
        context.map { Unmanaged<ServiceHandle>.fromOpaque($0).takeUnretainedValue() }
    }

    private func took(head line: UnsafeRawBufferPointer) -> Bool {
        guard head.count + line.count <= options.answerBytesMax else { return false }
        head.append(contentsOf: line)
        return true
    }

    private func took(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= options.answerBytesMax else { return false }
        body.append(contentsOf: bytes)
        return true
    }

    private func number(_ option: CURLoption, _ value: Int) throws(ServiceCall.Failure) {
        try check(ccurl_set_long(easy, option, value))
    }

    private func text(_ option: CURLoption, _ value: String) throws(ServiceCall.Failure) {
        try check(ccurl_set_text(easy, option, value))
    }

    private func check(_ code: CURLcode) throws(ServiceCall.Failure) {
        guard code == CURLE_OK else {
            throw ServiceCall.Failure(
                description: curl_easy_strerror(code).map { String(cString: $0) } ?? "code \(code.rawValue)")
        }
    }
}
