/// What one fetch may cost. There is no limit on its total time: a large image over a thin line is legitimate.
public struct FetchLimits: Sendable {
    /// Redirects followed; 0 follows none.
    public var redirectsMax: Int
    /// The largest source in bytes, counted with what stands before the offset of a resumed fetch.
    public var bytesMax: Int64
    /// Seconds for resolving, connecting and the TLS handshake together, anew after each redirect; at least 1.
    public var connectSeconds: Int
    /// Seconds without a byte of the body, and from the request to the end of the answer's head; at least 1.
    public var stallSeconds: Int
    /// The slowest source that is put up with, in bytes a second over `stallSeconds`; 0: any that sends at all.
    public var bytesPerSecondMin: Int64
    /// Bytes of all heads and trailers of one answer.
    public var headBytesMax: Int

    /// Glance's `image_size_cap` and defaults that suit it.
    public init(
        redirectsMax: Int = 5, bytesMax: Int64 = 1_099_511_627_776, connectSeconds: Int = 10, stallSeconds: Int = 60,
        bytesPerSecondMin: Int64 = 0, headBytesMax: Int = 65536
    ) {
        precondition(
            redirectsMax >= 0 && bytesMax >= 0 && headBytesMax > 0 && bytesPerSecondMin >= 0, "limits are not negative")
        precondition(connectSeconds > 0 && stallSeconds > 0, "a time limit is at least a second")
        self.redirectsMax = redirectsMax
        self.bytesMax = bytesMax
        self.connectSeconds = connectSeconds
        self.stallSeconds = stallSeconds
        self.bytesPerSecondMin = bytesPerSecondMin
        self.headBytesMax = headBytesMax
    }
}
