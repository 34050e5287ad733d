/// A header field that says who asks, such as `X-Auth-Token`. It prints as nothing, and goes to one origin alone.
public struct SecretField: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let line: String

    /// nil where the value can't stand in a field: it must be visible ASCII, spaces within it as well.
    ///
    /// - Parameter name: of the program's making.
    public init?(_ name: String, _ value: String) {
        guard !value.isEmpty, value.utf8.count <= 8192, value.utf8.first != 0x20, value.utf8.last != 0x20,
            value.utf8.allSatisfy({ (0x20...0x7e).contains($0) })
        else { return nil }
        line = "\(name): \(value)"
    }

    public var description: String { "a secret field" }
    public var debugDescription: String { "a secret field" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// What only the first URL's origin may be sent: not who a redirect leads to (RFC 9110 §15.4).
struct RequestSecrets {
    var credentials: Credentials?
    var fields: [SecretField] = []
}
