import CCurl

/// Credentials out of a URL. They print as nothing.
struct Credentials: CustomStringConvertible, CustomDebugStringConvertible {
    let user: String
    let password: String

    var description: String { "credentials" }
    var debugDescription: String { "credentials" }
}

/// Scheme, host and port: what credentials belong to (RFC 6454 §4).
struct Origin: Equatable {
    let scheme: String
    let host: String
    let port: UInt16
}

/// A URL as libcurl reads it. The transfer gets this very handle, so that what was checked is what is fetched.
final class TargetURL {
    static let bytesMax = 2048

    /// The CURLU, without credentials and fragment.
    let handle: OpaquePointer
    /// In lower case.
    let scheme: String
    /// In lower case, without brackets and without a dot at the end; an address in its shortest spelling.
    let host: String
    let explicitPort: UInt16?
    /// Where the connection goes: the explicit port or the scheme's own. 0 for schemes that are refused anyway.
    let port: UInt16
    let credentials: Credentials?
    /// Without credentials and fragment, with the query.
    let text: String

    var origin: Origin { Origin(scheme: scheme, host: host, port: port) }

    /// - Throws: `.malformed`, with a reason that repeats nothing of the URL.
    init(_ source: String) throws(FetchError) {
        try Self.checkCharacters(source)
        // libcurl forgives one or three slashes, where other readers see another host or none.
        guard let colon = source.utf8.firstIndex(of: UInt8(ascii: ":")), colon > source.startIndex else {
            throw .malformed(reason: "it has no scheme")
        }
        let rest = source.utf8[colon...].dropFirst()
        let isFile = source.utf8[..<colon].elementsEqual("file".utf8)
        guard rest.starts(with: "//".utf8), isFile || rest.dropFirst(2).first != UInt8(ascii: "/") else {
            throw .malformed(reason: "it has no host")
        }
        guard let handle = curl_url() else { throw .unavailable(reason: "out of memory") }
        do throws(FetchError) {
            try Self.set(handle, CURLUPART_URL, source, UInt32(CURLU_NON_SUPPORT_SCHEME))
            let user = try Self.get(handle, CURLUPART_USER, UInt32(CURLU_URLDECODE))
            let password = try Self.get(handle, CURLUPART_PASSWORD, UInt32(CURLU_URLDECODE))
            credentials = user == nil && password == nil ? nil : Credentials(user: user ?? "", password: password ?? "")
            for part in [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_FRAGMENT] {
                try Self.set(handle, part, nil, 0)
            }
            scheme = (try Self.get(handle, CURLUPART_SCHEME, 0) ?? "").lowercased()
            let host = try Self.get(handle, CURLUPART_HOST, 0) ?? ""
            if scheme == "http" || scheme == "https" { try Self.checkHost(host) }
            guard try Self.get(handle, CURLUPART_ZONEID, 0) == nil else {
                throw .malformed(reason: "its address has a zone")
            }
            self.host = Self.canonicalHost(host)
            let port = try Self.get(handle, CURLUPART_PORT, 0)
            explicitPort = port.flatMap { UInt16($0) }
            if port != nil && (explicitPort ?? 0) == 0 { throw .malformed(reason: "its port is out of range") }
            self.port = explicitPort ?? (scheme == "https" ? 443 : scheme == "http" ? 80 : 0)
            text = try Self.get(handle, CURLUPART_URL, 0) ?? ""
        } catch {
            curl_url_cleanup(handle)
            throw error
        }
        self.handle = handle
    }

    deinit {
        curl_url_cleanup(handle)
    }

    /// The URL that a redirect from here leads to (RFC 9110 §10.2.2); the policy is not asked.
    ///
    /// - Throws: `.badResponse` when it is malformed or carries credentials, `.refused` when it gives TLS up.
    func redirected(to location: String) throws(FetchError) -> TargetURL {
        let next: TargetURL
        do throws(FetchError) {
            try Self.checkCharacters(location)
            guard let copy = curl_url_dup(handle) else { throw .unavailable(reason: "out of memory") }
            defer { curl_url_cleanup(copy) }
            try Self.set(copy, CURLUPART_URL, location, UInt32(CURLU_NON_SUPPORT_SCHEME))
            next = try TargetURL(Self.get(copy, CURLUPART_URL, 0) ?? "")
        } catch .malformed(let reason) {
            throw .badResponse(reason: "redirect to a malformed URL: \(reason)")
        }
        if scheme == "https", next.scheme == "http" {
            throw .refused(option: nil, reason: "a redirect from https to http is not followed")
        }
        guard next.credentials == nil else { throw .badResponse(reason: "a redirect with credentials") }
        return next
    }

    /// The form in which hosts are compared.
    static func canonicalHost(_ host: String) -> String {
        var host = host.lowercased()
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host.hasSuffix(".") { host.removeLast() }
        return NetworkAddress(host)?.description ?? host
    }

    private static func checkCharacters(_ text: String) throws(FetchError) {
        guard !text.isEmpty else { throw .malformed(reason: "it is empty") }
        guard text.utf8.count <= bytesMax else { throw .malformed(reason: "it is longer than \(bytesMax) bytes") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") }) else {
            throw .malformed(reason: "it has spaces, backslashes, control characters or bytes beyond ASCII")
        }
    }

    /// libcurl decodes `%41` in a host: what comes out must be a plain name or address.
    private static func checkHost(_ host: String) throws(FetchError) {
        guard !host.isEmpty, host != "." else { throw .malformed(reason: "it has no host") }
        if host.hasPrefix("[") {
            guard host.hasSuffix("]"), NetworkAddress.parseV6(String(host.dropFirst().dropLast())) != nil else {
                throw .malformed(reason: "its host is no IPv6 address")
            }
            return
        }
        let isPlain = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isPlain, host.utf8.count <= 255 else { throw .malformed(reason: "its host is no name or address") }
    }

    private static func set(
        _ handle: OpaquePointer, _ part: CURLUPart, _ value: String?, _ flags: UInt32
    ) throws(FetchError) {
        let code = curl_url_set(handle, part, value, flags)
        guard code == CURLUE_OK else { throw failure(code) }
    }

    /// Nil when the URL has no such part.
    private static func get(
        _ handle: OpaquePointer, _ part: CURLUPart, _ flags: UInt32
    ) throws(FetchError) -> String? {
        var value: UnsafeMutablePointer<CChar>?
        let code = curl_url_get(handle, part, &value, flags)
        defer { curl_free(value) }
        switch code {
        case CURLUE_OK: return value.map { String(cString: $0) }
        case CURLUE_NO_SCHEME, CURLUE_NO_USER, CURLUE_NO_PASSWORD, CURLUE_NO_OPTIONS, CURLUE_NO_HOST, CURLUE_NO_PORT,
            CURLUE_NO_QUERY, CURLUE_NO_FRAGMENT, CURLUE_NO_ZONEID:
            return nil
        default: throw failure(code)
        }
    }

    private static func failure(_ code: CURLUcode) -> FetchError {
        if code == CURLUE_OUT_OF_MEMORY { return .unavailable(reason: "out of memory") }
        return .malformed(reason: curl_url_strerror(code).map { String(cString: $0) } ?? "code \(code.rawValue)")
    }
}
