/// What a source says of itself when it is asked by HEAD.
public struct SourceDescription: Equatable, Sendable {
    /// Bytes; nil when the source does not say. Not compared with `bytesMax`.
    public var size: Int64?
    /// With its quotes, and `W/` when it is weak.
    public var etag: String?
    /// The source says that it serves byte ranges.
    public var acceptsRanges: Bool
    /// Where the redirects ended, without credentials. Its query may hold a signature: do not log it.
    public var finalURL: String
}

/// The head of the answer whose body goes to the sink.
public struct FetchedResponse: Equatable, Sendable {
    /// Where in the source the body begins: the offset asked for, or 0 when the source sends all of it again.
    public var offset: Int64
    /// Bytes of this body; nil when the source does not say.
    public var length: Int64?
    /// With its quotes, and `W/` when it is weak.
    public var etag: String?
    /// The source says that it serves byte ranges, or has just served one.
    public var acceptsRanges: Bool
    /// Where the redirects ended, without credentials. Its query may hold a signature: do not log it.
    public var finalURL: String

    public init(offset: Int64, length: Int64?, etag: String?, acceptsRanges: Bool, finalURL: String) {
        self.offset = offset
        self.length = length
        self.etag = etag
        self.acceptsRanges = acceptsRanges
        self.finalURL = finalURL
    }

    /// Bytes of the whole source; nil when it does not say.
    public var bytesTotal: Int64? { length.map { offset + $0 } }
}
