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
        let isDigit: (UInt8) -> Bool = { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard line.count >= 12, line.starts(with: "HTTP/1.".utf8), isDigit(line[7]), line[8] == 0x20,
            line.count == 12 || line[12] == 0x20, line[9..<12].allSatisfy(isDigit),
            let status = Int(String(decoding: line[9..<12], as: UTF8.self)), (100..<600).contains(status)
        else { throw .badRequest("Malformed status line") }
        let fields = HeaderFields(bytes: lines.bytes, entries: lines.entries)
        self.status = status
        self.fields = fields
        framing = try BodyFraming(responseFields: fields, status: status)
        keepsAlive =
            line[7] != UInt8(ascii: "0") && framing != .untilClose && !fields.contains("connection", token: "close")
    }
}

extension BodyFraming {
    /// How the body of a response ends (RFC 9112 §6.3), of one to anything but HEAD and CONNECT. What could be understood
    /// in two ways is refused here as well: the rest of it would be taken for the next answer.
    fileprivate init(responseFields fields: HeaderFields, status: Int) throws(WireError) {
        let lengths = fields.values("content-length")
        let codings = fields.values("transfer-encoding")
        guard lengths.count <= 1, codings.count <= 1, lengths.isEmpty || codings.isEmpty else {
            throw .badRequest("More than one length")
        }
        if status < 200 || status == 204 || status == 304 {
            self = .none
        } else if let coding = codings.first {
            guard FieldLine.isEqual(coding.utf8, toLowerCase: "chunked".utf8) else {
                throw .badRequest("Transfer-Encoding other than chunked")
            }
            self = .chunked
        } else if let text = lengths.first {
            guard let length = BodyFraming.length(text) else { throw .badRequest("Malformed Content-Length") }
            self = length == 0 ? .none : .length(length)
        } else {
            self = .untilClose
        }
    }
}
