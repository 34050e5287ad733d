import Testing

extension Answer {
    /// The fields that browsers look at, by name in lower case.
    fileprivate var corsFields: [String: String] {
        let pairs = fields.map { ($0.name.lowercased(), $0.value) }
        return Dictionary(
            pairs.filter { $0.0.hasPrefix("access-control-") || $0.0 == "vary" },
            uniquingKeysWith: { "\($0) and \($1)" })
    }
}

extension Journeys.ImageRows {
    /// Pages of other origins in a browser.
    @Suite struct CrossOrigin {
        private static let origin = "http://dash.example"
        private static let paths = ["/", "/v1/images", "/v1/images/x", "/v2/images", "/nothing", "/healthcheck"]

        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        private func preflight(
            _ origin: String, _ method: String, _ headers: String?, path: String = "/v1/images"
        ) throws -> Answer {
            let fields = [("Origin", origin), ("Access-Control-Request-Method", method)]
            let answer = try glimpse.nobody.send(
                "OPTIONS", path, fields + (headers.map { [("Access-Control-Request-Headers", $0)] } ?? []))
            #expect(answer.status == 200 && answer.body == [])
            return answer
        }

        @Test("[OT-0038] OPTIONS is answered to everybody on every path")
        func options() throws {
            for path in Self.paths {
                let answer = try glimpse.nobody.send("OPTIONS", path)
                #expect(answer.status == 200 && answer.body == [] && answer.corsFields == [:])
            }
        }

        @Test("[OT-0039] a preflight that asks for what is allowed gets it")
        func allowed() throws {
            let common = [
                "access-control-allow-origin": Self.origin, "access-control-allow-credentials": "true",
                "access-control-max-age": "3600", "vary": "Origin",
            ]
            for path in Self.paths {
                let answer = try preflight(Self.origin, "PUT", "X-Auth-Token", path: path)
                let asked = [
                    "access-control-allow-methods": "PUT", "access-control-allow-headers": "X-Auth-Token",
                ]
                #expect(answer.corsFields == common.merging(asked) { $1 })
            }
            for method in ["GET", "POST", "DELETE", "PATCH"] {
                #expect(
                    try preflight(Self.origin, method, nil).corsFields
                        == common.merging(["access-control-allow-methods": method]) { $1 })
            }
            let all =
                "content-md5, X-Image-Meta-Checksum,x-storage-token, Accept-Encoding, x-auth-token, X-Identity-Status, "
                + "X-Roles, X-Service-Catalog, X-User-Id, X-Tenant-Id, X-OpenStack-Request-ID, Content-Type, Accept"
            let headers = try preflight("https://desk.example", "GET", all).corsFields
            #expect(headers["access-control-allow-origin"] == "https://desk.example")
            #expect(headers["access-control-allow-headers"] == all.filter { $0 != " " })
        }

        @Test(
            "[OT-0040, OT-0041, OT-0042] one that asks for more gets nothing",
            arguments: [
                (origin, "FOO", nil), (origin, "HEAD", nil), (origin, "put", nil),
                (origin, "PUT", "X-Evil"), (origin, "PUT", "X-Auth-Token, X-Evil"),
                ("http://evil.example", "PUT", "X-Auth-Token"), ("http://dash.example.evil.example", "PUT", nil),
                ("https://dash.example", "PUT", nil), ("null", "PUT", nil), ("*", "PUT", nil),
            ] as [(String, String, String?)])
        func refused(origin: String, method: String, headers: String?) throws {
            #expect(try preflight(origin, method, headers).corsFields == [:])
        }

        @Test("[OT-0043, OT-0044] an answer may be read by the pages of allowed origins alone")
        func simple() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            let expected = [
                "access-control-allow-origin": Self.origin, "access-control-allow-credentials": "true",
                "access-control-expose-headers":
                    "X-Image-Meta-Checksum,X-Auth-Token,X-Subject-Token,X-Service-Token,X-OpenStack-Request-ID",
                "vary": "Origin",
            ]
            for (client, path, status) in [
                (owner, "/v1/images/\(id)", 200), (owner, "/v1/images", 200), (owner, "/v1/nothing", 404),
                (glimpse.nobody, "/v1/images", 401), (glimpse.nobody, "/", 300),
            ] {
                let plain = try client.send("GET", path)
                #expect(plain.status == status && plain.corsFields == [:])
                for (origin, fields) in [(Self.origin, expected), ("http://evil.example", [:])] {
                    let answer = try client.send("GET", path, [("Origin", origin)])
                    #expect(answer.status == status && answer.body == plain.body)
                    #expect(answer.corsFields == fields, "\(path)")
                }
            }
        }
    }
}
