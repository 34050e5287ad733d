import JSONText
import Testing

extension Journeys.ImageRows {
    /// Who a caller is.
    @Suite struct Identity {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        private static let forged = [
            ("X-Identity-Status", "Confirmed"), ("X-User-Id", "root"), ("X-Tenant-Id", "control"),
            ("X-Project-Id", "control"), ("X-Roles", "admin"), ("X-Service-Roles", "admin"),
        ]

        @Test("[OT-0024] a token that names nobody is refused", arguments: ["::", ":", "a:b:c:d"])
        func badToken(token: String) throws {
            let client = Client(port: glimpse.api.port, token: token)
            for path in ["/v1/images", "/v1/nothing"] { try client.send("GET", path).expect(401) }
        }

        @Test("[OT-0025] identity headers from outside say nothing")
        func forged() throws {
            for path in ["/v1/images", "/v1/images/detail", "/v1/nothing"] {
                try glimpse.nobody.send("GET", path, Self.forged).expect(401)
            }
            let hidden = try glimpse.newProject().createImage([1])
            let other = glimpse.newProject()
            try other.send("GET", "/v1/images/\(hidden)", Self.forged).expect(404)
            try other.send("DELETE", "/v1/images/\(hidden)", Self.forged).expect(404)
            let made = try other.send("POST", "/v1/images", Self.forged)
            #expect(made.image?["owner"]?.string == other.project)
        }

        @Test("[OT-0036, OT-0037] an admin, in whatever letters, has the images of every project")
        func admin() throws {
            let owner = glimpse.newProject()
            for roles in ["admin", "ADMIN", "member,Admin"] {
                let admin = Client(port: glimpse.api.port, token: "root:\(glimpse.newProject().project):\(roles)")
                let id = try owner.createImage([1, 2, 3])
                #expect(try admin.list("?is_public=none&limit=1") == [id], "\(roles)")
                try admin.expectImage(id, [1, 2, 3])
                try admin.update(id, [("name", "theirs")]).expect(200)
                #expect(try owner.show(id).metadata["name"] == "theirs")
                try admin.send("PUT", "/v1/images/\(id)/members/m").expect(204)
                try admin.delete(id).expect(200)
            }
            let id = try owner.createImage([1, 2, 3])
            let almost = Client(port: glimpse.api.port, token: "root:control:administrator")
            try almost.get(id).expect(404)
        }
    }

    /// `x-openstack-request-id`.
    @Suite struct RequestIDs {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[OT-0027] each answer behind the identity has an id of its own")
        func all() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1], [("x-image-meta-protected", "True")])
            var seen: Set<String> = []
            for (method, path, fields, status) in [
                ("GET", "/v1/images", [], 200), ("GET", "/v1/images/\(id)", [], 200),
                ("HEAD", "/v1/images/\(id)", [], 200), ("HEAD", "/v1/images/\(freshID())", [], 404),
                ("POST", "/v1/images", [], 201), ("POST", "/v1/images", [("x-image-meta-id", id)], 409),
                ("POST", "/v1/images", [("x-image-meta-bogus", "1")], 400), ("DELETE", "/v1/images/\(id)", [], 403),
                ("PATCH", "/v1/images", [], 405), ("FOO", "/v1/nothing", [], 501), ("GET", "/v1", [], 302),
                ("PUT", "/v1/images/\(id)/members/m", [], 204),
            ] {
                let answer = try owner.send(method, path, fields)
                #expect(answer.status == status, "\(method) \(path)")
                let requestID = try #require(answer["x-openstack-request-id"], "\(method) \(path)")
                #expect(requestID.hasPrefix("req-") && requestID.count == 40)
                #expect(seen.insert(requestID).inserted)
            }
        }

        @Test(
            "[OT-0028, OT-0029] a client's own id is taken, with the prefix",
            arguments: [("abc", "req-abc"), ("req-x", "req-x"), (String(repeating: "a", count: 64), nil)])
        func own(sent: String, back: String?) throws {
            for path in ["/v1/images", "/v1/nothing"] {
                let answer = try glimpse.newProject().send("GET", path, [("X-Openstack-Request-ID", sent)])
                #expect(answer["x-openstack-request-id"] == back ?? "req-\(sent)")
            }
        }

        // The reference answers 500, by accident.
        @Test("[OT-0030] an id longer than 64 is refused")
        func tooLong() throws {
            let owner = glimpse.newProject()
            let long = String(repeating: "a", count: 65)
            let id = freshID()
            let answer = try owner.send(
                "POST", "/v1/images", [("X-Openstack-Request-ID", long), ("x-image-meta-id", id)])
            answer.expect(400)
            #expect(answer["x-openstack-request-id"]?.contains(long) != true)
            #expect(try owner.status(of: id) == "404")
        }

        @Test("[OT-0031] versions and refused callers have none")
        func none() throws {
            for (path, status) in [("/", 300), ("/versions", 200), ("/v1/images", 401), ("/v1/nothing", 401)] {
                for fields in [[], [("X-Openstack-Request-ID", "abc")]] {
                    let answer = try glimpse.nobody.send("GET", path, fields)
                    #expect(answer.status == status && answer["x-openstack-request-id"] == nil)
                }
            }
        }
    }

    /// Error bodies after `Accept`.
    @Suite struct ErrorBodies {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[OT-0032, OT-0033, OT-0034] text, HTML or JSON with the reason on a line of its own")
        func bodies() throws {
            let id = freshID()
            let reason = "Image with identifier \(id) not found"
            let client = glimpse.newProject()
            func answer(_ accept: String?) throws -> Answer {
                let answer = try client.send("GET", "/v1/images/\(id)", accept.map { [("Accept", $0)] } ?? [])
                #expect(answer.status == 404)
                return answer
            }
            func lines(_ answer: Answer) -> [String] {
                answer.text.split(separator: "\n", omittingEmptySubsequences: false).map {
                    String($0.drop { $0 == " " })
                }
            }
            let plain = try answer(nil)
            #expect(plain["content-type"] == "text/plain; charset=UTF-8")
            #expect(lines(plain).prefix(3) == ["404 Not Found", "", reason])
            let html = try answer("*/*")
            #expect(html["content-type"] == "text/html; charset=UTF-8")
            for line in ["<title>404 Not Found</title>", "<h1>404 Not Found</h1>", "\(reason)<br /><br />"] {
                #expect(lines(html).contains(line), "\(html.text)")
            }
            let json = try answer("application/json")
            #expect(json["content-type"]?.hasPrefix("application/json") == true)
            #expect(json.json?.object?.members.map(\.name).sorted() == ["code", "message", "title"])
            #expect(json.json?["code"]?.string == "404 Not Found" && json.json?["title"]?.string == "Not Found")
            #expect(json.json?["message"]?.string?.contains(reason) == true)
        }

        @Test("[OT-0035] an error on HEAD has no body", arguments: ["*/*", "application/json"])
        func head(accept: String) throws {
            let client = glimpse.newProject()
            let connection = try client.connect()
            defer { connection.close() }
            let fields = [("Accept", accept), ("Connection", "close")]
            try connection.send(client.head("HEAD", "/v1/images/\(freshID())", fields) + "\r\n")
            #expect(try connection.receiveHead().status == 404)
            #expect(try connection.receiveToEnd() == [])
        }
    }
}
