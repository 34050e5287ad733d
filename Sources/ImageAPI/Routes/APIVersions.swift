/// A version of the Image API that has handlers here.
enum APIVersion: String, Sendable {
    case v1
}

/// The versions that are served, by all the names that they have. The one place to change when one comes or goes.
enum APIVersions {
    /// What the versions document lists, in its order.
    static let listed: [(id: String, status: String, version: APIVersion)] = [
        ("v1.1", "DEPRECATED", .v1),
        ("v1.0", "DEPRECATED", .v1),
    ]

    /// What may stand as a path's first segment, or in an `Accept` of the vendor's type.
    static func version(named name: some StringProtocol) -> APIVersion? {
        switch name {
        case "v1", "v1.0", "v1.1": .v1
        default: nil
        }
    }
}
