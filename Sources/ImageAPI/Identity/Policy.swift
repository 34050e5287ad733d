import GlanceHTTP

/// What a caller may do beyond the rules of ownership: the place that Glance's policy file will fill.
public struct Policy: Equatable, Sendable {
    /// Whether only admins may make an image public, as Pike's default policy has it. Here every tenant's users may:
    /// on a small site a shared catalogue is what people expect.
    public var publicizeNeedsAdmin: Bool

    /// The defaults, but for what is given.
    public init(publicizeNeedsAdmin: Bool = false) {
        self.publicizeNeedsAdmin = publicizeNeedsAdmin
    }

    /// `publicize_image`.
    func requirePublicize(_ caller: Caller) throws(APIError) {
        guard caller.isAdmin || !publicizeNeedsAdmin else { throw .forbidden }
    }
}
