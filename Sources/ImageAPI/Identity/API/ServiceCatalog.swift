import JSONText

/// The catalogue that comes with a scoped token: where the Image API is, and where this is.
struct ServiceCatalog {
    let base: String
    let region: String

    private struct Service {
        let id: String
        let type: String
        let name: String
        let path: String
    }

    /// - Parameter identityPath: of the identity API's version that shows the catalogue.
    private func services(identityPath: String) -> [Service] {
        [
            Service(id: "image", type: "image", name: "glance", path: ""),
            Service(id: "identity", type: "identity", name: "keystone", path: identityPath),
        ]
    }

    /// As v3 shows it.
    var v3: JSONValue {
        .array(
            services(identityPath: "/identity/v3").map { service in
                [
                    "id": .string(service.id), "type": .string(service.type), "name": .string(service.name),
                    "endpoints": .array(
                        ["public", "internal", "admin"].map { interface in
                            [
                                "id": .string("\(service.id)-\(interface)"), "interface": .string(interface),
                                "region": .string(region), "region_id": .string(region),
                                "url": .string(base + service.path),
                            ]
                        }),
                ]
            })
    }

    /// As v2.0 shows it.
    var v2: JSONValue {
        .array(
            services(identityPath: "/identity/v2.0").map { service in
                let url = JSONValue.string(base + service.path)
                return [
                    "type": .string(service.type), "name": .string(service.name), "endpoints_links": .array([]),
                    "endpoints": .array([
                        [
                            "id": .string(service.id), "region": .string(region), "publicURL": url,
                            "internalURL": url, "adminURL": url,
                        ]
                    ]),
                ]
            })
    }
}
