/// A version of the Image API that has handlers here.
enum APIVersion: String, Sendable {
    case v1, v2
}

/// The versions that are served, by all the names that they have. The one place to change when one comes or goes.
struct APIVersions: Sendable {
    /// What the versions document lists, in its order.
    let listed: [(id: String, status: String, version: APIVersion)]
    private let named: [String: APIVersion]

    /// - Parameters:
    ///   - servesV1: `enable_v1_api`.
    ///   - servesV2: `enable_v2_api`.
    init(servesV1: Bool = true, servesV2: Bool = true) {
        var listed: [(id: String, status: String, version: APIVersion)] = []
        if servesV2 {
            // Glance's own order: its list begins with what does not depend on the configuration.
            for id in ["v2.15", "v2.9", "v2.17", "v2.7", "v2.6", "v2.5", "v2.4", "v2.3", "v2.2", "v2.1", "v2.0"] {
                listed.append((id, id == "v2.17" ? "CURRENT" : "SUPPORTED", .v2))
            }
        }
        if servesV1 {
            listed.append(("v1.1", "DEPRECATED", .v1))
            listed.append(("v1.0", "DEPRECATED", .v1))
        }
        self.listed = listed
        var named = Dictionary(listed.map { ($0.id, $0.version) }, uniquingKeysWith: { first, _ in first })
        if servesV2 { named["v2"] = .v2 }
        if servesV1 { named["v1"] = .v1 }
        self.named = named
    }

    /// What may stand as a path's first segment, or in an `Accept` of the vendor's type.
    func version(named name: some StringProtocol) -> APIVersion? { named[String(name)] }
}
