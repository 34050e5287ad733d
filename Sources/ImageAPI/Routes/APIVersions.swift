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
    ///   - hasStores: whether there are several stores, which a client tells by the minor version.
    ///   - hasCache: whether the cache is managed.
    init(servesV1: Bool = true, servesV2: Bool = true, hasStores: Bool = false, hasCache: Bool = false) {
        var listed: [(id: String, status: String, version: APIVersion)] = []
        if servesV2 {
            // Glance's own order: its list begins with what depends on the configuration.
            let minors =
                switch (hasStores, hasCache) {
                case (false, false): [15, 9, 17]
                case (false, true): [18, 17, 16, 15, 14, 9]
                case (true, false): [15, 13, 12, 11, 10, 9, 8, 17]
                case (true, true): [18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8]
                }
            let current = minors.max()
            for minor in minors + (0...7).reversed() {
                listed.append(("v2.\(minor)", minor == current ? "CURRENT" : "SUPPORTED", .v2))
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
