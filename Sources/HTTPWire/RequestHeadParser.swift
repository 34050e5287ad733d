import HTTPTypes

/// Reads request heads out of a stream of bytes (RFC 9112). A pure value: bytes in, heads out.
public struct RequestHeadParser: Sendable {
    private let limits: HTTPLimits
    private var lines: HeadLines

    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
        lines = HeadLines(limits: limits)
    }

    /// Whether a head has begun and is not complete: closing now would cut a request off.
    public var isInsideHead: Bool { !lines.isEmpty }

    /// Takes bytes up to the end of a head.
    ///
    /// - Returns: how many bytes were taken; with a head, the rest belongs to its body or to the next request.
    /// - Throws: `WireError`, after which the connection must be closed.
    public mutating func consume(
        _ input: UnsafeRawBufferPointer
    ) throws(WireError) -> (consumed: Int, head: RequestHead?) {
        let (consumed, isComplete) = try lines.consume(input)
        guard isComplete else { return (consumed, nil) }
        defer { lines = HeadLines(limits: limits) }
        return (consumed, try RequestHead(lines))
    }
}

extension RequestHead {
    fileprivate init(_ lines: HeadLines) throws(WireError) {
        guard let startLine = lines.startLine else { throw .badRequest("No request line") }
        let parts = lines.bytes[startLine].split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .badRequest("Malformed request line") }
        guard !parts[0].isEmpty, parts[0].allSatisfy(FieldLine.isTokenByte),
            let method = HTTPRequest.Method(String(decoding: parts[0], as: UTF8.self))
        else { throw .badRequest("Malformed method") }
        let minorVersion = try Self.minorVersion(parts[2])
        let fields = HeaderFields(bytes: lines.bytes, entries: lines.entries)
        let target = try RequestTarget(parts[1], method: method)

        let hosts = fields.values("host")
        // RFC 9112 §3.2: an HTTP/1.1 request has exactly one Host field.
        guard hosts.count <= 1, hosts.count == 1 || minorVersion == 0 else {
            throw .badRequest("One Host header is required")
        }
        if let host = hosts.first, !host.isEmpty, !Authority.isValid(host.utf8) {
            throw .badRequest("Malformed Host header")
        }
        var expectsContinue = false
        for expectation in fields.values("expect") {
            guard FieldLine.isEqual(expectation.utf8, toLowerCase: "100-continue".utf8) else {
                throw WireError(status: 417, reason: "Unknown expectation")
            }
            expectsContinue = minorVersion > 0
        }
        self.init(
            method: method, path: target.path, query: target.query, authority: target.authority ?? hosts.first ?? "",
            fields: fields, framing: try BodyFraming(requestFields: fields, minorVersion: minorVersion),
            keepsAlive: !fields.contains("connection", token: "close")
                && (minorVersion > 0 || fields.contains("connection", token: "keep-alive")),
            expectsContinue: expectsContinue, minorVersion: minorVersion)
    }

    private static func minorVersion(_ text: ArraySlice<UInt8>) throws(WireError) -> Int {
        let bytes = Array(text)
        let isDigit: (UInt8) -> Bool = { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard bytes.count == 8, bytes.starts(with: "HTTP/".utf8), isDigit(bytes[5]), bytes[6] == UInt8(ascii: "."),
            isDigit(bytes[7])
        else { throw .badRequest("Malformed HTTP version") }
        guard bytes[5] == UInt8(ascii: "1") else { throw WireError(status: 505, reason: "HTTP Version Not Supported") }
        return bytes[7] == UInt8(ascii: "0") ? 0 : 1
    }
}

extension BodyFraming {
    /// How the body of a request ends (RFC 9112 §6.3). What two recipients could understand in two ways is refused.
    init(requestFields fields: HeaderFields, minorVersion: Int) throws(WireError) {
        let lengths = fields.values("content-length")
        let codings = fields.values("transfer-encoding")
        guard codings.isEmpty else {
            guard lengths.isEmpty else { throw .badRequest("Content-Length with Transfer-Encoding") }
            guard minorVersion > 0 else { throw .badRequest("Transfer-Encoding in HTTP/1.0") }
            guard codings.count == 1, let coding = codings.first else {
                throw .badRequest("More than one Transfer-Encoding")
            }
            guard FieldLine.isEqual(coding.utf8, toLowerCase: "chunked".utf8) else {
                throw WireError(status: 501, reason: "Transfer-Encoding other than chunked")
            }
            self = .chunked
            return
        }
        guard lengths.count <= 1 else { throw .badRequest("More than one Content-Length") }
        guard let text = lengths.first else {
            self = .none
            return
        }
        guard let length = Self.length(text) else { throw .badRequest("Malformed Content-Length") }
        self = length == 0 ? .none : .length(length)
    }

    /// Digits alone: no sign, no list, nothing that passes Int64.
    static func length(_ text: String) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int64(text)
    }
}
