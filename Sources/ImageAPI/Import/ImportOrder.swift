import ImageModel

/// What a request asks the task engine to do for an image.
public struct ImportOrder: Sendable {
    /// Which kind of work.
    public var kind: ImageTask.Kind
    /// Where the data are, in the order in which the places are tried; empty for staged data.
    public var urls: [String] = []
    /// What the data must hash to; nil: whatever they do.
    public var claim: DigestClaim?
    /// Which image of another Glance it is.
    public var remote: RemoteImage?
    /// Where the data go, of several stores; nil: the default one.
    public var stores: StoreTargets?
    /// The caller's token, where the source is to see it.
    public var token: String?

    public init(_ kind: ImageTask.Kind, from urls: [String] = []) {
        self.kind = kind
        self.urls = urls
    }
}
