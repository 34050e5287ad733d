import HTTPTypes

/// What a handler answers.
public struct Response {
    /// The status with its reason phrase.
    public var status: HTTPResponse.Status
    /// Header fields, without those that the connection writes itself (Date, Content-Length, Connection, …).
    /// Names and values may hold UTF-8, see `HeaderFields`.
    public var fields: [(name: String, value: String)]
    /// The body.
    public var body: ResponseBody
    /// Whether the connection must end with this answer.
    public var closesConnection = false

    public init(
        status: HTTPResponse.Status, fields: [(name: String, value: String)] = [], body: ResponseBody = .none
    ) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}

/// The body of a response.
public enum ResponseBody {
    /// Nothing; `Content-Length: 0` where the status allows a body.
    case none
    /// Bytes that are at hand.
    case bytes([UInt8])
    /// A stretch of an open file, sent by the kernel.
    case file(any FileRange)
    /// Bytes that come from elsewhere: of a known length, or chunked.
    case stream(length: Int64?, write: (ResponseWriter) async throws -> Void)

    /// Whether an HTTP/1.0 client, which knows no chunks, sees the end of it only by the connection's.
    var endsWithConnection: Bool {
        if case .stream(length: nil, _) = self { true } else { false }
    }
}

/// A stretch of a file that stays open until it is sent.
public protocol FileRange: AnyObject, Sendable {
    /// For sendfile(2).
    var fileDescriptor: CInt { get }
    /// The first byte.
    var offset: Int64 { get }
    /// How many.
    var bytes: Int64 { get }
}
