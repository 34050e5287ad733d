import JSONText
import Testing

extension Journeys {
    /// Users, projects, roles and API keys, changed over `/identity/v3`.
    @Suite(.serialized, .sharingDaemons(Glimpse.Option.localIdentity)) struct IdentityChanges {
        private let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        private func send(
            _ client: Client, _ method: String, _ path: String, _ kind: String = "", _ value: JSONValue? = nil
        ) throws -> Answer {
            guard let value else { return try client.send(method, "/identity/v3\(path)") }
            var body = JSONObject()
            body.append(kind, value)
            return try client.send(
                method, "/identity/v3\(path)", [Client.jsonType], body: .bytes(JSONValue.object(body).serialized))
        }

        private func make(
            _ admin: Client, _ kind: String, _ value: JSONValue, sourceLocation: SourceLocation = #_sourceLocation
        ) throws -> String {
            let made = try send(admin, "POST", "/\(kind)s", kind, value)
            try #require(made.status == 201, "\(made.text)", sourceLocation: sourceLocation)
            return try #require(made.json?[kind]?["id"]?.string, sourceLocation: sourceLocation)
        }

        private func admin(_ name: String) throws -> Client {
            try glimpse.client(glimpse.makeUser(name, role: "admin"))
        }

        @Test func aUserFromTheFirstDayToTheLast() throws {
            let admin = try admin("chg-root")
            let lab = try make(admin, "project", ["name": "chg-lab", "description": "for trials"])
            let zoe = try make(
                admin, "user",
                [
                    "name": "chg-zoe", "password": "first", "default_project_id": .string(lab), "email": "zoe@lab",
                    "description": "new here", "domain_id": "default", "options": [:],
                ])
            let shown = try send(admin, "GET", "/users/\(zoe)").json?["user"]
            #expect(shown?["email"] == "zoe@lab" && shown?["description"] == "new here")
            #expect(shown?["default_project_id"]?.string == lab && shown?["enabled"] == true)
            #expect(shown?["password"] == nil)

            // Without a role there is no scope.
            let grant = "/projects/\(lab)/users/\(zoe)/roles/member"
            let scope: JSONValue = ["project": ["id": .string(lab)]]
            #expect(try glimpse.logIn("chg-zoe", "first", scope: scope).status == 401)
            #expect(try send(admin, "HEAD", grant).status == 404)
            #expect(try send(admin, "PUT", grant).status == 204)
            #expect(try send(admin, "PUT", grant).status == 204)
            #expect(try send(admin, "HEAD", grant).status == 204)
            let roles = try send(admin, "GET", "/projects/\(lab)/users/\(zoe)/roles").json?["roles"]?.array
            #expect(roles?.compactMap { $0["name"]?.string } == ["member"])
            let user = LocalUser(name: "chg-zoe", password: "first", id: zoe, projectID: lab)
            let client = try glimpse.client(user)
            let image = try client.createImage([1, 2, 3])

            // The role is gone, and what it allowed, at once; and comes back.
            #expect(try send(admin, "DELETE", grant).status == 204)
            #expect(try send(admin, "DELETE", grant).status == 404)
            #expect(try client.send("GET", "/v1/images").status == 401)
            #expect(try send(admin, "PUT", grant).status == 204)
            try client.expectImage(image, [1, 2, 3])

            // Disabled, and so out at once; the token does not come back.
            let disabled = try send(admin, "PATCH", "/users/\(zoe)", "user", ["enabled": false])
            #expect(disabled.status == 200 && disabled.json?["user"]?["enabled"] == false)
            #expect(try client.send("GET", "/v1/images").status == 401)
            #expect(try glimpse.logIn("chg-zoe", "first").status == 401)
            let changes: JSONValue = [
                "enabled": true, "name": "chg-zoë", "email": .null, "default_project_id": .null,
            ]
            let changed = try send(admin, "PATCH", "/users/\(zoe)", "user", changes).json?["user"]
            #expect(changed?["name"] == "chg-zoë" && changed?["email"] == "")
            #expect(changed?["default_project_id"] == .null && changed?["description"] == "new here")
            #expect(try client.send("GET", "/v1/images").status == 401)
            #expect(try glimpse.logIn("chg-zoe", "first").status == 401)

            // The project is disabled with whoever is in it.
            let again = try glimpse.client(
                LocalUser(name: "chg-zoë", password: "first", id: zoe, projectID: lab), scope: scope)
            #expect(try again.status(of: image) == "active")
            #expect(try send(admin, "PATCH", "/projects/\(lab)", "project", ["enabled": false]).status == 200)
            #expect(try again.send("GET", "/v1/images").status == 401)
            let renamed = try send(
                admin, "PATCH", "/projects/\(lab)", "project", ["enabled": true, "name": "chg-lab-2"])
            #expect(renamed.json?["project"]?["name"] == "chg-lab-2")
            #expect(renamed.json?["project"]?["description"] == "for trials")
            #expect(try again.status(of: image) == "active")

            #expect(try send(admin, "DELETE", "/users/\(zoe)").status == 204)
            #expect(try again.send("GET", "/v1/images").status == 401)
            #expect(try send(admin, "DELETE", "/users/\(zoe)").status == 404)
            #expect(try send(admin, "DELETE", "/projects/\(lab)").status == 204)
            #expect(try send(admin, "GET", "/projects/\(lab)").status == 404)
            // Images belong to the project's id, and stay.
            #expect(try admin.status(of: image) == "active")
        }

        @Test func passwords() throws {
            let admin = try admin("pw-root")
            let ann = try glimpse.makeUser("pw-ann")
            let client = try glimpse.client(ann)
            func change(_ old: JSONValue, _ new: JSONValue, by client: Client) throws -> Int {
                try send(
                    client, "POST", "/users/\(ann.id)/password", "user", ["original_password": old, "password": new]
                ).status
            }
            let old = JSONValue.string(ann.password)
            #expect(try change("wrong", "second", by: client) == 401)
            #expect(try change(old, "", by: client) == 400)
            #expect(try change(old, 7, by: client) == 400)
            #expect(try client.send("GET", "/v1/images").status == 200)
            #expect(try change(old, "second", by: client) == 204)
            // All tokens end with the old password.
            #expect(try client.send("GET", "/v1/images").status == 401)
            #expect(try glimpse.logIn(ann.name, ann.password).status == 401)
            // The old password is the proof, as in Keystone: a token is not asked for.
            #expect(try change("second", "third", by: glimpse.nobody) == 204)
            let patch: JSONValue = ["password": "fourth"]
            #expect(try send(admin, "PATCH", "/users/\(ann.id)", "user", patch).status == 200)
            #expect(try glimpse.logIn(ann.name, "third").status == 401)
            #expect(try glimpse.logIn(ann.name, "fourth").status == 201)
            #expect(try send(admin, "PATCH", "/users/\(ann.id)", "user", ["password": .null]).status == 400)
            #expect(try glimpse.logIn(ann.name, "fourth").status == 201)
            for word in ["second", "third", "fourth", "wrong"] { #expect(!glimpse.api.log.contains("\"\(word)\"")) }
        }

        @Test func changesAreForAdmins() throws {
            let (ann, bob) = (try glimpse.makeUser("adm-ann"), try glimpse.makeUser("adm-bob"))
            let client = try glimpse.client(ann)
            let grant = "/projects/\(bob.projectID)/users/\(ann.id)/roles/admin"
            let calls: [(method: String, path: String, kind: String, body: JSONValue?)] = [
                ("POST", "/users", "user", ["name": "adm-eve"]), ("POST", "/projects", "project", ["name": "adm-x"]),
                ("POST", "/roles", "role", ["name": "adm-role"]), ("DELETE", "/roles/member", "", nil),
                ("PATCH", "/users/\(ann.id)", "user", ["name": "adm-root"]),
                ("PATCH", "/users/\(bob.id)", "user", ["enabled": false]), ("DELETE", "/users/\(bob.id)", "", nil),
                ("PATCH", "/projects/\(ann.projectID)", "project", ["name": "adm-y"]),
                ("DELETE", "/projects/\(bob.projectID)", "", nil), ("PUT", grant, "", nil), ("HEAD", grant, "", nil),
                ("DELETE", "/projects/\(bob.projectID)/users/\(bob.id)/roles/member", "", nil),
                ("GET", "/projects/\(bob.projectID)/users/\(bob.id)/roles", "", nil),
            ]
            for (method, path, kind, body) in calls {
                #expect(try send(client, method, path, kind, body).status == 403, "\(method) \(path)")
                #expect(try send(glimpse.nobody, method, path, kind, body).status == 401, "\(method) \(path)")
            }
            #expect(try glimpse.logIn(bob.name, bob.password).status == 201)
            let users = try glimpse.managed("user", "list")
            #expect(users.contains("adm-ann") && !users.contains("adm-eve") && !users.contains("adm-root"))
        }

        @Test func whatCanNotBeKeptIsRefused() throws {
            let admin = try admin("bad-root")
            let ann = try glimpse.makeUser("bad-ann")
            let long = JSONValue.string(String(repeating: "x", count: 256))
            let calls: [(method: String, path: String, kind: String, body: JSONValue?, status: Int)] = [
                ("POST", "/users", "user", ["name": "bad-ann"], 409),
                ("POST", "/users", "user", ["name": ""], 400), ("POST", "/users", "user", ["name": long], 400),
                ("POST", "/users", "user", ["name": "a\u{7}"], 400), ("POST", "/users", "user", [:], 400),
                ("POST", "/users", "user", ["name": "u", "password": ""], 400),
                ("POST", "/users", "user", ["name": "u", "enabled": "yes"], 400),
                ("POST", "/users", "user", ["name": "u", "shoe_size": 44], 400),
                ("POST", "/users", "user", ["name": "u", "options": ["lock_password": true]], 400),
                ("POST", "/users", "user", ["name": "u", "domain_id": "other"], 404),
                ("POST", "/users", "user", ["name": "u", "default_project_id": "none"], 404),
                ("POST", "/users", "project", ["name": "u"], 400),
                ("PATCH", "/users/\(ann.id)", "user", ["name": "bad-root"], 409),
                ("PATCH", "/users/\(ann.id)", "user", ["id": "other"], 400),
                ("PATCH", "/users/\(ann.id)", "user", ["default_project_id": "none"], 404),
                ("PATCH", "/users/none", "user", ["enabled": false], 404),
                ("POST", "/projects", "project", ["name": "bad-ann"], 409),
                ("POST", "/projects", "project", ["name": long], 400),
                ("POST", "/projects", "project", ["name": "p", "parent_id": .string(ann.projectID)], 400),
                ("POST", "/projects", "project", ["name": "p", "is_domain": true], 400),
                ("POST", "/projects", "project", ["name": "p", "tags": .array(["t"])], 400),
                ("PATCH", "/projects/none", "project", ["enabled": false], 404),
                ("POST", "/roles", "role", ["name": "member"], 409), ("POST", "/roles", "role", ["name": "a b"], 400),
                ("DELETE", "/roles/admin", "", nil, 403), ("DELETE", "/roles/none", "", nil, 404),
                ("PUT", "/projects/\(ann.projectID)/users/\(ann.id)/roles/none", "", nil, 404),
                ("PUT", "/projects/none/users/\(ann.id)/roles/member", "", nil, 404),
                ("PUT", "/projects/\(ann.projectID)/users/none/roles/member", "", nil, 404),
                ("PUT", "/users", "user", ["name": "u"], 405),
            ]
            let before = try glimpse.managed("user", "list") + glimpse.managed("project", "list")
            for (method, path, kind, body, status) in calls {
                let answer = try send(admin, method, path, kind, body)
                #expect(answer.status == status, "\(method) \(path) \(answer.text)")
                #expect(answer.json?["error"]?["message"]?.string?.isEmpty == false, "\(answer.text)")
            }
            #expect(try glimpse.managed("user", "list") + glimpse.managed("project", "list") == before)
        }

        @Test func rolesOfOnesOwn() throws {
            let admin = try admin("role-root")
            let ann = try glimpse.makeUser("role-ann")
            #expect(try make(admin, "role", ["name": "curator", "description": "keeps"]) == "curator")
            #expect(
                try send(admin, "PUT", "/projects/\(ann.projectID)/users/\(ann.id)/roles/curator").status == 204)
            let query = "/role_assignments?include_names=True&user.id=\(ann.id)&scope.project.id=\(ann.projectID)"
            func roles() throws -> [String] {
                try send(admin, "GET", query).json?["role_assignments"]?.array?
                    .compactMap { $0["role"]?["name"]?.string } ?? []
            }
            #expect(try roles() == ["curator", "member"])
            #expect(try send(admin, "GET", "/role_assignments?scope.system=all").json?["role_assignments"] == [])
            let token = try glimpse.logIn(ann.name, ann.password).json?["token"]
            #expect(token?["roles"]?.array?.compactMap { $0["name"]?.string } == ["curator", "member", "reader"])
            #expect(try send(admin, "DELETE", "/roles/curator").status == 204)
            #expect(try roles() == ["member"])
        }

        @Test func applicationCredentials() throws {
            let (ann, eve) = (try glimpse.makeUser("key-ann"), try glimpse.makeUser("key-eve"))
            try glimpse.managed("role", "add", "admin", "--user", ann.name, "--project", ann.name)
            let (client, stranger) = (try glimpse.client(ann), try glimpse.client(eve))
            let admin = try admin("key-root")
            let path = "/users/\(ann.id)/application_credentials"
            let kind = "application_credential"
            func logIn(_ id: String, _ secret: String) throws -> Answer {
                try glimpse.logIn([
                    "methods": .array([.string(kind)]), kind: ["id": .string(id), "secret": .string(secret)],
                ])
            }
            func token(_ key: JSONValue) throws -> Client {
                let id = try #require(key["id"]?.string), secret = try #require(key["secret"]?.string)
                let answer = try logIn(id, secret)
                try #require(answer.status == 201, "\(answer.text)")
                return Client(port: glimpse.api.port, token: try #require(answer["X-Subject-Token"]))
            }
            let made = try send(
                client, "POST", path, kind, ["name": "ci", "description": "builds", "roles": .array([])])
            #expect(made.status == 201, "\(made.text)")
            let key = try #require(made.json?[kind])
            #expect(key["project_id"]?.string == ann.projectID && key["unrestricted"] == false)
            #expect(key["roles"]?.array?.compactMap { $0["name"]?.string } == ["admin", "member", "reader"])
            let ofKey = try token(key)
            #expect(try ofKey.send("GET", "/v1/images").status == 200)
            // It is restricted, and makes no more of its kind.
            #expect(try send(ofKey, "POST", path, kind, ["name": "more"]).status == 403)
            #expect(try send(ofKey, "DELETE", "\(path)/\(key["id"]?.string ?? "")").status == 403)

            // One that only reads, one that a person has thought up, and one that makes others, within its own roles.
            let reader = try send(client, "POST", path, kind, ["name": "reader", "roles": [["name": "reader"]]])
            let reading = try token(try #require(reader.json?[kind]))
            #expect(try reading.send("GET", "/v1/images").status == 200)
            #expect(try reading.send("POST", "/v1/images", Client.newImage("x"), body: .bytes([1])).status == 403)
            let chosen = try send(
                client, "POST", path, kind,
                ["name": "own", "secret": "my own words", "expires_at": "2999-12-31T23:59:59.000000"])
            #expect(chosen.json?[kind]?["expires_at"] == "2999-12-31T23:59:59.000000Z", "\(chosen.text)")
            #expect(chosen.json?[kind]?["secret"] == "my own words")
            #expect(try token(try #require(chosen.json?[kind])).send("GET", "/v1/images").status == 200)
            let ownID = try #require(chosen.json?[kind]?["id"]?.string)
            var statuses: [Int] = []
            while statuses.last != 429, statuses.count < 20 { statuses.append(try logIn(ownID, "guess").status) }
            #expect(statuses == [401, 401, 401, 401, 401, 429])
            let open = try send(
                client, "POST", path, kind, ["name": "open", "unrestricted": true, "roles": [["id": "member"]]])
            let opening = try token(try #require(open.json?[kind]))
            #expect(try send(opening, "POST", path, kind, ["name": "boss", "roles": [["id": "admin"]]]).status == 400)
            let child = try send(opening, "POST", path, kind, ["name": "child"])
            #expect(child.json?[kind]?["roles"]?.array?.compactMap { $0["name"]?.string } == ["member", "reader"])

            func names(_ client: Client, _ query: String = "") throws -> [String] {
                let listed = try send(client, "GET", path + query)
                #expect(!listed.text.contains("secret"))
                return listed.json?["application_credentials"]?.array?.compactMap { $0["name"]?.string } ?? []
            }
            #expect(try names(client) == ["child", "ci", "open", "own", "reader"])
            #expect(try names(admin, "?name=ci") == ["ci"])
            #expect(try glimpse.managed("api-key", "list", "--user", ann.name).contains("child"))
            #expect(try send(stranger, "GET", path).status == 404)
            #expect(try send(stranger, "POST", path, kind, ["name": "x"]).status == 403)
            #expect(try send(admin, "POST", path, kind, ["name": "x"]).status == 403)
            for (body, status) in [
                (["name": "ci"], 409), (["name": "x", "roles": [["name": "none"]]], 400), ([:], 400),
                (["name": "x", "expires_at": "soon"], 400), (["name": "x", "expires_at": "2001-01-01T00:00:00"], 400),
                (["name": "x", "access_rules": [["path": "/v2/images"]]], 400),
                (["name": "x", "project_id": .string(eve.projectID)], 403),
            ] as [(JSONValue, Int)] {
                #expect(try send(client, "POST", path, kind, body).status == status, "\(body)")
            }
            #expect(try names(client).count == 5)

            let keyPath = "\(path)/\(key["id"]?.string ?? "")"
            #expect(try send(client, "GET", keyPath).json?[kind]?["name"] == "ci")
            #expect(try send(stranger, "DELETE", keyPath).status == 404)
            #expect(try send(client, "DELETE", keyPath).status == 204)
            #expect(try ofKey.send("GET", "/v1/images").status == 401)
            #expect(try send(client, "GET", keyPath).status == 404)
            // A role that the user loses is lost to its keys.
            #expect(
                try send(admin, "DELETE", "/projects/\(ann.projectID)/users/\(ann.id)/roles/member").status == 204)
            #expect(try reading.send("GET", "/v1/images").status == 200)
            #expect(
                try send(admin, "DELETE", "/projects/\(ann.projectID)/users/\(ann.id)/roles/admin").status == 204)
            #expect(try reading.send("GET", "/v1/images").status == 401)
        }
    }
}
