/// The head of a response, for the client side.
public struct ResponseHead: Sendable {
    /// The status code.
    public let status: Int
    /// All header fields.
    public let fields: HeaderFields
    /// How the body ends.
    public let framing: BodyFraming
    /// Whether the connection can be used again.
    public let keepsAlive: Bool
}

/// Reads response heads out of a stream of bytes.
public struct ResponseHeadParser: Sendable {
    private var lines: HeadLines

    public init(limits: HTTPLimits = HTTPLimits()) {
        lines = HeadLines(limits: limits)
    }

    /// Takes bytes up to the end of the head.
    ///
    /// - Returns: how many bytes were taken, and the head once it is whole.
    public mutating func consume(
        _ input: UnsafeRawBufferPointer
    ) throws(WireError) -> (consumed: Int, head: ResponseHead?) {
        let (consumed, isComplete) = try lines.consume(input)
        guard isComplete else { return (consumed, nil) }
        return (consumed, try ResponseHead(lines))
    }
}

extension ResponseHead {
    fileprivate init(_ lines: HeadLines) throws(WireError) {
        guard let startLine = lines.startLine else { throw .badRequest("No status line") }
        let line = Array(lines.bytes[startLine])
        guard line.count >= 12, line.starts(with: "HTTP/1.".utf8), line[8] == 0x20,
            let status = Int(String(decoding: line[9..<12], as: UTF8.self)), (100..<600).contains(status)
        else { throw .badRequest("Malformed status line") }
        let fields = HeaderFields(bytes: lines.bytes, entries: lines.entries)
        self.status = status
        self.fields = fields
        keepsAlive = line[7] != UInt8(ascii: "0") && !fields.contains("connection", token: "close")
        if status < 200 || status == 204 || status == 304 {
            framing = .none
        } else if fields.contains("transfer-encoding", token: "chunked") {
            framing = .chunked
        } else if let text = fields["content-length"] {
            guard let length = BodyFraming.length(text) else { throw .badRequest("Malformed Content-Length") }
            framing = length == 0 ? .none : .length(length)
        } else {
            framing = .untilClose
        }
    }
}
