/// Removes the data of deleted images (stub until the blob store lands).
public final class Reclaimer: Sendable {
    public init() {}
    /// Has the worker look now.
    public func wake() {}
}
