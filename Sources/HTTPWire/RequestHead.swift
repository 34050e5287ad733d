import HTTPTypes

/// How the end of a message's body is known (RFC 9112 §6).
public enum BodyFraming: Equatable, Sendable {
    /// There is no body.
    case none
    /// That many bytes, more than 0.
    case length(Int64)
    /// Chunked transfer coding.
    case chunked
    /// Until the connection closes: responses only.
    case untilClose
}

/// The head of a request, understood and checked.
public struct RequestHead: Sendable {
    /// The method; it may be one that nobody knows.
    public let method: HTTPRequest.Method
    /// The path as it was sent, percent-encoded, beginning with `/`; `*` for `OPTIONS *`.
    public let path: String
    /// What stands behind the `?`, as it was sent.
    public let query: String?
    /// Where the client believes it is talking to: the target's authority, or the `Host` field.
    public let authority: String
    /// All header fields.
    public let fields: HeaderFields
    /// How the body ends.
    public let framing: BodyFraming
    /// Whether the client lets the connection live on after the answer.
    public let keepsAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1).
    public let expectsContinue: Bool
    /// 1 for HTTP/1.1, 0 for HTTP/1.0.
    public let minorVersion: Int
}
