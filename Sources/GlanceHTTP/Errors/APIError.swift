/// An answer that is no success. Handlers throw it and build no error response; `ErrorBody` renders it after the
/// request's `Accept`.
///
/// The errors that v1 knows by name stand in one table: `V1Errors.swift`; those that v1 and the registry share in
/// `SharedErrors.swift`.
public struct APIError: Error, Equatable, Sendable {
    /// The HTTP status code; its title is `StatusText`'s.
    public var status: Int
    /// What is said of it.
    public var reason: Reason
    /// Further header fields: Allow, Retry-After, WWW-Authenticate.
    public var fields: [String: String]
    /// Whether the explanation alone is the body, as plain text, whatever the client accepts.
    public var isBare = false
    /// Whether the connection can't be used any longer, because nobody knows where its next request begins.
    public var closesConnection = false
    /// What lies behind it: for the log, never for the client.
    public var cause: String?

    /// The text of an error: which of the two forms an error has is fixed, as clients read them apart.
    public enum Reason: Equatable, Sendable {
        /// The status's own sentence.
        case stock
        /// Replaces the stock sentence.
        case explanation(String)
        /// Follows the stock sentence.
        case detail(String)
    }

    /// An error; most are made by name, in `V1Errors.swift`.
    public init(_ status: Int, _ reason: Reason = .stock, fields: [String: String] = [:], cause: String? = nil) {
        self.status = status
        self.reason = reason
        self.fields = fields
        self.cause = cause
    }

    /// With an explanation that replaces the stock sentence.
    public init(_ status: Int, _ explanation: String, cause: String? = nil) {
        self.init(status, .explanation(explanation), cause: cause)
    }
}
