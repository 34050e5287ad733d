import JSONText

/// The versions documents, as keystoneauth's discovery reads them.
enum IdentityVersions {
    enum Version: CaseIterable {
        case v3, v2
    }

    /// Of `/identity`.
    static func documents(base: String) -> JSONValue {
        ["versions": ["values": .array(Version.allCases.map { description($0, base: base) })]]
    }

    /// Of a version's own root.
    static func document(_ version: Version, base: String) -> JSONValue {
        ["version": description(version, base: base)]
    }

    private static func description(_ version: Version, base: String) -> JSONValue {
        let (id, status, updated, path, type) =
            switch version {
            case .v3: ("v3.14", "stable", "2020-04-07T00:00:00Z", "v3", "v3")
            case .v2: ("v2.0", "deprecated", "2016-08-04T00:00:00Z", "v2.0", "v2.0")
            }
        return [
            "id": .string(id), "status": .string(status), "updated": .string(updated),
            "links": .array([["rel": .string("self"), "href": .string("\(base)/identity/\(path)/")]]),
            "media-types": .array([
                [
                    "base": .string("application/json"),
                    "type": .string("application/vnd.openstack.identity-\(type)+json"),
                ]
            ]),
        ]
    }
}
