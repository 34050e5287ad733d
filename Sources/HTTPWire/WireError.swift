/// A message that can't be understood or is not allowed. The connection can't be used any longer: nobody knows where
/// the next message begins.
public struct WireError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The status of the answer: 400, 414, 417, 431, 501 or 505.
    public let status: Int
    /// What is wrong with it.
    public let reason: String

    public init(status: Int, reason: String) {
        self.status = status
        self.reason = reason
    }

    public var description: String { "\(status) \(reason)" }

    static func badRequest(_ reason: String) -> WireError {
        WireError(status: 400, reason: reason)
    }
}
