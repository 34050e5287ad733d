/// Everything about a message that a peer can make grow, with a bound for each.
public struct HTTPLimits: Sendable {
    /// Bytes of the request line; longer is 414.
    public var requestLineBytesMax = 16_384
    /// Bytes of one header line; longer is 400, as Glance's `max_header_line` has it.
    public var headerLineBytesMax = 16_384
    /// Bytes of all header lines together; more is 431.
    public var headerBytesMax = 262_144
    /// Header lines; more is 431. An image may have 128 properties, each in a header of its own.
    public var headerCountMax = 1024
    /// Bytes of the extension behind a chunk's size; more is 400.
    public var chunkExtensionBytesMax = 256
    /// Bytes of the trailer section of a chunked body; more is 431.
    public var trailerBytesMax = 8192

    public init() {}
}
