import JSONText
import Testing

extension Answer {
    /// The entries of a versions document.
    fileprivate var versions: [JSONValue] {
        get throws {
            #expect(self["content-type"] == "application/json")
            return try #require(json?["versions"]?.array, "\(text)")
        }
    }

    /// Where the versions document's v1 entries point to.
    fileprivate var v1Links: [String] {
        get throws {
            try versions.filter { $0["id"]?.string?.hasPrefix("v1") == true }.compactMap {
                $0["links"]?.array?.first?["href"]?.string
            }
        }
    }
}

extension Journeys.ImageRows {
    /// The versions document, and how a version is chosen.
    @Suite struct Versions {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[OT-0001, OT-0002, OT-0003] the root offers the versions, to any method and to everybody")
        func root() throws {
            #expect(try !glimpse.nobody.send("GET", "/").versions.isEmpty)
            #expect(try glimpse.nobody.send("GET", "/").status == 300)
            let posted = try glimpse.nobody.send("POST", "/", body: .json("{}"))
            #expect(posted.status == 300)
            #expect(try !posted.versions.isEmpty)
            let connection = try glimpse.nobody.connect()
            defer { connection.close() }
            try connection.send(glimpse.nobody.head("HEAD", "/", [("Connection", "close")]) + "\r\n")
            let head = try connection.receiveHead()
            #expect(head.status == 300 && head["content-type"] == "application/json")
            #expect(try connection.receiveToEnd() == [])
        }

        @Test(
            "[OT-0011, OT-0012, OT-0014] what fits no version gets them offered",
            arguments: [
                ("/images", nil), ("/images", "application/json"),
                ("/images", "application/vnd.openstack.images-v9"), ("/v3/x", nil),
            ] as [(String, String?)])
        func choices(path: String, accept: String?) throws {
            let answer = try glimpse.newProject().send("GET", path, accept.map { [("Accept", $0)] } ?? [])
            #expect(answer.status == 300)
            #expect(try !answer.versions.isEmpty)
        }

        @Test("[OT-0010] Accept names the version instead of the path")
        func accept() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            let fields = [("Accept", "application/vnd.openstack.images-v1")]
            let answer = try owner.send("GET", "/images?limit=1000", fields)
            let byPath = try owner.send("GET", "/v1/images?limit=1000")
            #expect(answer.status == 200 && answer.body == byPath.body)
            let image = try #require(answer.json?["images"]?.array?.first { $0["id"]?.string == id })
            // The six members of v1's short list.
            #expect(image.object?.members.count == 6)
        }

        @Test(
            "[OT-0015, OT-0016] /versions and what is below it list the versions to everybody",
            arguments: ["/versions", "/versions/", "/versions/x", "/versions/x/y"])
        func versions(path: String) throws {
            let expected = try glimpse.nobody.send("GET", "/").versions
            for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "FOO"] {
                let answer = try glimpse.nobody.send(method, path)
                #expect(answer.status == 200)
                #expect(try answer.versions == expected)
            }
            #expect(try glimpse.nobody.send("HEAD", path).status == 200)
        }

        @Test("[OT-0017, OT-0022] each entry says what it is; v1 comes last and is deprecated")
        func entries() throws {
            // What a proxy might say does not count as long as it is not to be believed.
            let entries = try glimpse.nobody.send(
                "GET", "/versions", [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example")]
            ).versions
            let base = "http://127.0.0.1:\(glimpse.api.port)"
            for entry in entries {
                #expect(entry.object?.members.map(\.name).sorted() == ["id", "links", "status"])
                let id = try #require(entry["id"]?.string)
                #expect(["CURRENT", "SUPPORTED", "DEPRECATED", "EXPERIMENTAL"].contains(entry["status"]?.string))
                let links = try #require(entry["links"]?.array)
                #expect(links == [["rel": .string("self"), "href": .string("\(base)/\(id.prefix(2))/")]])
                #expect(["v1", "v2"].contains(id.prefix(2)))
            }
            let last = entries.suffix(2)
            #expect(last.map { $0["id"]?.string } == ["v1.1", "v1.0"])
            #expect(last.map { $0["status"]?.string } == ["DEPRECATED", "DEPRECATED"])
        }

        @Test("[OT-0020, OT-0007] links begin with public_endpoint; a file takes the API out of its balancer")
        func endpoint() throws {
            let folder = try TemporaryFolder()
            let options = [
                Glimpse.Option("DEFAULT", "public_endpoint", "https://images.example/glance"),
                Glimpse.Option("healthcheck", "disable_by_file_path", "\(folder.path)/disabled"),
            ]
            try Glimpse.run(options) { glimpse in
                for path in ["/", "/versions"] {
                    let links = try glimpse.nobody.send("GET", path).v1Links
                    #expect(links == ["https://images.example/glance/v1/", "https://images.example/glance/v1/"])
                }
                try glimpse.nobody.send("GET", "/healthcheck").expect(200, "OK")
                _ = try folder.write("", to: "disabled")
                let answer = try glimpse.nobody.send("GET", "/healthcheck")
                #expect(answer.status == 503 && answer.text == "DISABLED BY FILE")
                #expect(try glimpse.nobody.send("HEAD", "/healthcheck").status == 503)
            }
        }

        @Test("[OT-0005, OT-0006, OT-0008] the health check needs no identity")
        func health() throws {
            let plain = try glimpse.nobody.send("GET", "/healthcheck")
            #expect(plain.status == 200 && plain.text == "OK")
            #expect(plain["content-type"]?.hasPrefix("text/plain") == true)
            let json = try glimpse.nobody.send("GET", "/healthcheck", [("Accept", "application/json")])
            #expect(json.status == 200 && json["content-type"]?.hasPrefix("application/json") == true)
            #expect(json.json == ["detailed": .bool(false), "reasons": .array([.string("OK")])])
            for fields in [[], [("Accept", "application/json")]] {
                #expect(try glimpse.nobody.send("HEAD", "/healthcheck", fields).status == 204)
            }
        }
    }
}

extension Journeys.SettingRows {
    @Suite struct Versions {
        @Test("[OT-0021] links honour what the proxy in front says")
        func proxied() throws {
            let client = try Glimpse.shared.nobody
            let fields = [
                ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "images.example"),
                ("X-Forwarded-Prefix", "/glance"),
            ]
            #expect(
                try client.send("GET", "/versions", fields).v1Links
                    == ["https://images.example/glance/v1/", "https://images.example/glance/v1/"])
            let one = try client.send("GET", "/versions", [("X-Forwarded-Proto", "https")]).v1Links
            #expect(one.first == "https://127.0.0.1:\(client.port)/v1/")
            #expect(try client.send("GET", "/versions").v1Links.first == "http://127.0.0.1:\(client.port)/v1/")
        }
    }
}
