import FoundationEssentials
import JSONText
import Testing

extension Journeys {
    /// Logging in, with what is right and with what is not.
    @Suite(.serialized, .sharingDaemons(Glimpse.Option.localIdentity)) struct IdentityLogins {
        private let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        private func basic(_ user: String, _ password: String) -> (String, String) {
            ("Authorization", "Basic " + Data("\(user):\(password)".utf8).base64EncodedString())
        }

        @Test func aTokenSaysWhoAndWhere() throws {
            let user = try glimpse.makeUser("log-ann")
            let answer = try glimpse.logIn(user.name, user.password)
            #expect(answer.status == 201)
            #expect(answer["Vary"] == "X-Auth-Token")
            let token = try #require(answer.json?["token"])
            #expect(token["user"]?["id"]?.string == user.id)
            #expect(token["user"]?["domain"]?["id"]?.string == "default")
            #expect(token["project"]?["id"]?.string == user.projectID)
            #expect(token["roles"]?.array?.compactMap { $0["name"]?.string } == ["member", "reader"])
            #expect(token["methods"]?.array?.compactMap(\.string) == ["password"])
            let secret = try #require(answer["X-Subject-Token"])
            #expect(!answer.text.contains(secret))
            let catalog = try #require(token["catalog"]?.array)
            let base = "http://127.0.0.1:\(glimpse.api.port)"
            for (type, url) in [("image", base), ("identity", base + "/identity/v3")] {
                let endpoints = try #require(catalog.first { $0["type"]?.string == type }?["endpoints"]?.array)
                #expect(endpoints.compactMap { $0["interface"]?.string } == ["public", "internal", "admin"])
                #expect(endpoints.allSatisfy { $0["url"]?.string == url && $0["region"]?.string == "RegionOne" })
            }
            let byID = try glimpse.logIn(
                [
                    "methods": .array([.string("password")]),
                    "password": ["user": ["id": .string(user.id), "password": .string(user.password)]],
                ], scope: ["project": ["name": .string(user.name), "domain": ["name": .string("Default")]]])
            #expect(byID.json?["token"]?["project"]?["name"]?.string == user.name)
        }

        @Test func versionTwo() throws {
            let user = try glimpse.makeUser("log-old")
            func logIn(_ auth: JSONValue) throws -> Answer {
                try glimpse.nobody.send(
                    "POST", "/identity/v2.0/tokens", body: .bytes((["auth": auth] as JSONValue).serialized))
            }
            let credentials: JSONValue = ["username": .string(user.name), "password": .string(user.password)]
            let answer = try logIn(["passwordCredentials": credentials, "tenantName": .string(user.name)])
            #expect(answer.status == 200, "\(answer.text)")
            let access = try #require(answer.json?["access"])
            #expect(access["token"]?["tenant"]?["id"]?.string == user.projectID)
            let image = access["serviceCatalog"]?.array?.first { $0["type"]?.string == "image" }
            #expect(
                image?["endpoints"]?.array?.first?["publicURL"]?.string == "http://127.0.0.1:\(glimpse.api.port)")
            let client = Client(port: glimpse.api.port, token: try #require(access["token"]?["id"]?.string))
            #expect(try client.send("GET", "/v1/images").status == 200)
            let tenants = try client.send("GET", "/identity/v2.0/tenants").json?["tenants"]?.array
            #expect(tenants?.compactMap { $0["name"]?.string } == [user.name])
            let wrong: JSONValue = ["username": .string(user.name), "password": .string("x")]
            #expect(try logIn(["passwordCredentials": wrong]).status == 401)
            #expect(try logIn(["passwordCredentials": credentials, "tenantName": .string("none")]).status == 401)
        }

        @Test func discovery() throws {
            let nobody = glimpse.nobody
            let base = "http://127.0.0.1:\(glimpse.api.port)/identity"
            for path in ["/identity", "/identity/"] {
                let all = try nobody.send("GET", path)
                #expect(all.status == 300)
                let values = try #require(all.json?["versions"]?["values"]?.array)
                #expect(values.compactMap { $0["id"]?.string } == ["v3.14", "v2.0"])
            }
            for (path, status) in [
                ("/v3", "stable"), ("/v3/", "stable"), ("/v2.0", "deprecated"), ("/v2.0/", "deprecated"),
            ] {
                let version = try nobody.send("GET", "/identity\(path)").json?["version"]
                #expect(version?["status"]?.string == status)
                let link = version?["links"]?.array?.first?["href"]?.string
                #expect(link == base + (path.hasSuffix("/") ? path : path + "/"))
            }
            let nothing = try nobody.send("GET", "/identity/v4")
            #expect(nothing.status == 404)
            #expect(nothing.json?["error"]?["code"]?.int == 404)
            #expect(try nobody.send("PUT", "/identity/v3/auth/tokens").status == 405)
        }

        @Test func wrongAndUnknownGetTheSameAnswer() throws {
            let user = try glimpse.makeUser("log-same")
            let disabled = try glimpse.makeUser("log-off")
            try glimpse.managed("user", "disable", disabled.name)
            let answers = [
                try glimpse.logIn(user.name, "wrong"), try glimpse.logIn("log-nobody", "wrong"),
                try glimpse.logIn(disabled.name, disabled.password), try glimpse.logIn(user.name, ""),
                try glimpse.logIn(user.name, user.password, scope: ["project": ["name": .string("nowhere")]]),
                try glimpse.logIn(user.name, String(repeating: "x", count: 5000)),
            ]
            for answer in answers {
                #expect(answer.status == 401)
                #expect(answer.text == answers[0].text)
                #expect(answer["WWW-Authenticate"]?.hasPrefix("Keystone uri=") == true)
            }
            #expect(try glimpse.logIn(user.name, user.password).status == 201)
            // All of them came to the end of the same way, behind the check of the password.
            let refusals = glimpse.api.log.split(separator: "\n").filter { $0.contains("login refused") }
            for who in [user.id, disabled.id, "(unknown)"] {
                #expect(refusals.contains { $0.contains(who) }, "\(who)")
            }
        }

        @Test func guessesAreSlowedDown() throws {
            let (user, other) = (try glimpse.makeUser("log-slow"), try glimpse.makeUser("log-free"))
            for name in [user.name, "log-ghost"] {
                var statuses: [Int] = []
                while statuses.last != 429, statuses.count < 20 {
                    statuses.append(try glimpse.logIn(name, "guess \(statuses.count)").status)
                }
                #expect(statuses == [401, 401, 401, 401, 401, 429])
            }
            let refused = try glimpse.logIn(user.name, user.password)
            // The wait is a second at first; a busy machine may have let it pass.
            #expect([429, 201].contains(refused.status))
            #expect(try glimpse.logIn(other.name, other.password).status == 201)
            #expect(try eventually { try glimpse.logIn(user.name, user.password).status == 201 })
        }

        @Test func httpBasic() throws {
            let user = try glimpse.makeUser("log-basic")
            let nobody = glimpse.nobody
            let right = basic(user.name, user.password)
            let made = try nobody.send("POST", "/v1/images", Client.newImage("x") + [right], body: .bytes([1, 2, 3]))
            #expect(made.status == 201, "\(made.text)")
            #expect(made.image?["owner"]?.string == user.projectID)
            for _ in 0..<3 { #expect(try nobody.send("GET", "/v1/images", [right]).status == 200) }
            for wrong in [
                basic(user.name, "x"), basic("", user.password), ("Authorization", "Basic"),
                ("Authorization", "Basic !!!"), ("Authorization", "Bearer x"),
                ("Authorization", "Basic " + Data(user.name.utf8).base64EncodedString()),
            ] {
                #expect(try nobody.send("GET", "/v1/images", [wrong]).status == 401, "\(wrong)")
            }
            #expect(try nobody.send("GET", "/v1/images", [right, right]).status == 401)
            let file = try glimpse.folder.write("new one", to: "basic.password")
            try glimpse.managed("user", "set-password", user.name, "--password-file", file)
            #expect(try eventually(within: 20) { try nobody.send("GET", "/v1/images", [right]).status == 401 })
            #expect(try nobody.send("GET", "/v1/images", [basic(user.name, "new one")]).status == 200)
        }

        @Test(
            "bodies that are no login",
            arguments: [
                ("", 400), ("{", 400), ("[]", 400), ("{}", 400), ("{\"auth\": 1}", 400),
                ("{\"auth\": {\"identity\": {}}}", 400), ("{\"auth\": {\"identity\": {\"methods\": []}}}", 400),
                ("{\"auth\": {\"identity\": {\"methods\": [\"password\"]}}}", 400),
                (
                    "{\"auth\": {\"identity\": {\"methods\": [\"password\"], \"password\": {\"user\": {\"name\": 1}}}}}",
                    400
                ),
                ("{\"auth\": {\"identity\": {\"methods\": [\"external\"]}}}", 401),
                ("{\"auth\": {\"identity\": {\"methods\": [\"password\", \"totp\"]}}}", 401),
                ("{\"auth\": {\"identity\": {\"methods\": [\"token\"], \"token\": {\"id\": \"x\"}}}}", 401),
            ])
        func malformed(body: String, status: Int) throws {
            let answer = try glimpse.nobody.send("POST", "/identity/v3/auth/tokens", body: .json(body))
            #expect(answer.status == status, "\(answer.text)")
            #expect(answer.json?["error"]?["code"]?.int == Int64(status))
        }

        @Test func aHugeLoginIsNotRead() throws {
            let body = "{\"auth\": \"\(String(repeating: "x", count: 100_000))\"}"
            #expect(try glimpse.nobody.send("POST", "/identity/v3/auth/tokens", body: .json(body)).status == 413)
        }

        @Test func whoMaySeeWhom() throws {
            let (ann, bob) = (try glimpse.makeUser("dir-ann"), try glimpse.makeUser("dir-bob"))
            let root = try glimpse.makeUser("dir-root", role: "admin")
            let (client, admin) = (try glimpse.client(ann), try glimpse.client(root))
            func names(_ client: Client, _ path: String, _ list: String) throws -> [String] {
                let answer = try client.send("GET", "/identity/v3\(path)")
                #expect(answer.status == 200, "\(path): \(answer.text)")
                return answer.json?[list]?.array?.compactMap { $0["name"]?.string } ?? []
            }
            #expect(try names(client, "/projects", "projects") == [ann.name])
            #expect(try names(client, "/auth/projects", "projects") == [ann.name])
            #expect(try names(client, "/projects?name=\(bob.name)", "projects") == [bob.name])
            #expect(try names(client, "/projects?name=nowhere", "projects") == [])
            #expect(try names(client, "/users", "users") == [ann.name])
            #expect(try names(client, "/users?name=\(bob.name)", "users") == [])
            #expect(try names(client, "/users/\(ann.id)/projects", "projects") == [ann.name])
            #expect(try names(client, "/domains", "domains") == ["Default"])
            #expect(try client.send("GET", "/identity/v3/projects/\(bob.projectID)").status == 200)
            #expect(try client.send("GET", "/identity/v3/projects/\(bob.name)").status == 404)
            #expect(try client.send("GET", "/identity/v3/users/\(bob.id)").status == 404)
            #expect(try client.send("GET", "/identity/v3/users/\(bob.id)/projects").status == 404)
            #expect(try names(admin, "/users?name=\(bob.name)", "users") == [bob.name])
            #expect(try names(admin, "/users/\(bob.id)/projects", "projects") == [bob.name])
            #expect(try names(admin, "/projects", "projects").contains(bob.name))
            func assignments(_ client: Client) throws -> Int {
                let path = "/identity/v3/role_assignments?include_names=True&user.id=\(bob.id)"
                return try client.send("GET", path).json?["role_assignments"]?.array?.count ?? -1
            }
            #expect(try assignments(client) == 0)
            #expect(try assignments(admin) == 1)
            #expect(try glimpse.nobody.send("GET", "/identity/v3/projects").status == 401)
            #expect(try glimpse.nobody.send("GET", "/identity/v3/users").status == 401)
        }
    }

    @Suite struct IdentitySecrets {
        @Test("no secret stands in a log at debug level, or in the database")
        func nothingIsTold() throws {
            try Glimpse.run(Glimpse.Option.localIdentity) { glimpse in
                let user = try glimpse.makeUser("ann", password: "Geheimnis-von-Ann")
                let wrong = "Falsches-Wort"
                #expect(try glimpse.logIn(user.name, wrong).status == 401)
                let client = try glimpse.client(user)
                _ = try client.createImage([1, 2, 3])
                let basic = Data("\(user.name):\(user.password)".utf8).base64EncodedString()
                let answer = try glimpse.nobody.send("GET", "/v1/images", [("Authorization", "Basic \(basic)")])
                #expect(answer.status == 200)
                _ = try client.send("GET", "/identity/v3/auth/tokens", [("X-Subject-Token", client.token)])
                _ = try Client(port: client.port, token: client.token + "x").send("GET", "/v1/images")
                let root = try glimpse.makeUser("root", role: "admin")
                let (made, changed) = ("Wort-eines-Neuen", "Wort-eines-Anderen")
                let admin = try glimpse.client(root)
                let zoe: JSONValue = ["user": ["name": "zoe", "password": .string(made)]]
                let created = try admin.send("POST", "/identity/v3/users", [Client.jsonType], body: .json(zoe))
                let zoeID = try #require(created.json?["user"]?["id"]?.string)
                let other: JSONValue = [
                    "user": ["original_password": .string(made), "password": .string(changed)]
                ]
                let path = "/identity/v3/users/\(zoeID)/password"
                #expect(try admin.send("POST", path, [Client.jsonType], body: .json(other)).status == 204)
                let credential: JSONValue = [
                    "application_credential": ["name": "mine", "secret": "Wort-fuer-Maschinen"]
                ]
                let keys = "/identity/v3/users/\(user.id)/application_credentials"
                #expect(try client.send("POST", keys, [Client.jsonType], body: .json(credential)).status == 201)
                let key = try glimpse.managed("api-key", "create", "k", "--user", "ann", "--project", "ann")
                let secret = String(try #require(key.split(separator: "=").last).dropLast())
                let files = ["glance.sqlite", "glance.sqlite-wal"].map { "\(glimpse.folder.path)/\($0)" }
                let stored = try files.flatMap { try contents(of: $0) }
                #expect(contains(stored, "identity_tokens"))
                for word in [
                    user.password, wrong, client.token, basic, secret, made, changed, "Wort-fuer-Maschinen",
                ] {
                    #expect(!glimpse.api.log.contains(word))
                    #expect(!glimpse.registry.log.contains(word))
                    #expect(!contains(stored, word), "in the database: \(word)")
                }
            }
        }

        private func contains(_ bytes: [UInt8], _ word: String) -> Bool {
            bytes.contains(Array(word.utf8))
        }
    }
}
