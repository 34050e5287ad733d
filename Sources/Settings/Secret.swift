/// A value that does not show when it is printed, logged, interpolated, dumped or reflected upon.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The value itself. Every use of this name is a place where a secret may leak.
    public let exposed: String

    /// Wraps a value.
    public init(_ value: String) {
        exposed = value
    }

    /// `***`.
    public var description: String { "***" }
    /// `***`.
    public var debugDescription: String { "***" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
