import JSONText
import Testing

extension Journeys {
    /// What an attacker tries with tokens, and what ends them.
    @Suite(.serialized, .sharingDaemons(Glimpse.Option.localIdentity)) struct IdentityTokens {
        private let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[OT-0023] without a token the answer says where tokens come from")
        func noToken() throws {
            for path in ["/v1/images", "/v2/images"] {
                let answer = try glimpse.nobody.send("GET", path)
                #expect(answer.status == 401)
                let challenge = try #require(answer["WWW-Authenticate"])
                #expect(
                    challenge.hasPrefix("Keystone uri=\"http://127.0.0.1:\(glimpse.api.port)/identity/v3\""),
                    "\(challenge)")
                #expect(challenge.contains("Basic realm="))
            }
        }

        @Test("[OT-0024] what is no token is refused")
        func badTokens() throws {
            let user = try glimpse.makeUser("tok-bad")
            let good = try glimpse.client(user)
            #expect(try good.send("GET", "/v1/images").status == 200)
            let token = good.token
            let digest = try #require(
                try glimpse.rows(
                    "SELECT digest FROM identity_tokens AS t JOIN identity_users AS u ON u.id = t.user_id "
                        + "WHERE u.name = 'tok-bad'"
                ).first)
            for other in [
                String(token.dropLast()), String(token.dropFirst()), token + "A", token + token, token.uppercased(),
                digest, "me:lab:admin", "root:control:admin", "x", String(repeating: "t", count: 5000),
                "' OR '1'='1",
            ] {
                let answer = try Client(port: glimpse.api.port, token: other).send("GET", "/v1/images")
                #expect(answer.status == 401, "\(other)")
                #expect(answer["WWW-Authenticate"] != nil)
            }
            // Nobody knows which of two would count.
            let admin = try glimpse.client(glimpse.makeUser("tok-boss", role: "admin"))
            for second in [token, admin.token, "x"] {
                #expect(try good.send("GET", "/v1/images", [("X-Auth-Token", second)]).status == 401)
            }
        }

        @Test("[OT-0025] identity headers from outside count for nothing")
        func forgedHeaders() throws {
            let (ann, eve) = (try glimpse.makeUser("tok-ann"), try glimpse.makeUser("tok-eve"))
            let id = try glimpse.client(ann).createImage([1, 2, 3])
            let forged = [
                ("X-Identity-Status", "Confirmed"), ("X-User-Id", ann.id), ("X-Tenant-Id", ann.projectID),
                ("X-Project-Id", ann.projectID), ("X-Roles", "admin"), ("X-Is-Admin-Project", "True"),
                ("X-Service-Roles", "service"),
            ]
            for path in ["/v1/images", "/v2/images", "/identity/v3/users"] {
                #expect(try glimpse.nobody.send("GET", path, forged).status == 401)
            }
            let eves = try glimpse.client(eve)
            #expect(try eves.send("GET", "/v2/images/\(id)", forged).status == 404)
            #expect(try eves.send("DELETE", "/v2/images/\(id)", forged).status == 404)
            let user: JSONValue = ["user": ["name": "tok-forged"]]
            let made = try eves.send(
                "POST", "/identity/v3/users", forged + [Client.jsonType], body: .json(user))
            #expect(made.status == 403)
            #expect(try eves.send("GET", "/v1/images/\(id)", forged).status == 404)
            #expect(try eves.send("DELETE", "/v1/images/\(id)", forged).status == 404)
            let list = try eves.send("GET", "/v1/images", forged)
            #expect(list.status == 200)
            #expect(list.json?["images"]?.array?.isEmpty == true)
        }

        @Test func aTokenOfAnotherProjectSeesNothing() throws {
            let (ann, eve) = (try glimpse.makeUser("scope-ann"), try glimpse.makeUser("scope-eve"))
            let id = try glimpse.client(ann).createImage([1, 2, 3])
            #expect(try glimpse.client(eve).status(of: id) == "404")
            let scope: JSONValue = ["project": ["id": .string(ann.projectID)]]
            #expect(try glimpse.logIn(eve.name, eve.password, scope: scope).status == 401)
            let unscoped = try glimpse.client(ann, scope: .string("unscoped"))
            #expect(try unscoped.status(of: id) == "404")
            #expect(try unscoped.send("POST", "/v1/images", Client.newImage("x")).status == 403)
            try glimpse.managed("role", "add", "member", "--user", eve.name, "--project", ann.name)
            let shared = try glimpse.client(eve, scope: scope)
            try shared.expectImage(id, [1, 2, 3])
        }

        @Test func aRevokedTokenIsRefusedAtOnce() throws {
            let (user, other) = (try glimpse.makeUser("rev-ann"), try glimpse.makeUser("rev-eve"))
            let (client, stays) = (try glimpse.client(user), try glimpse.client(user))
            #expect(try client.send("GET", "/v1/images").status == 200)
            let subject = [("X-Subject-Token", client.token)]
            let path = "/identity/v3/auth/tokens"
            let eve = try glimpse.client(other)
            #expect(try eve.send("GET", path, subject).status == 403)
            #expect(try eve.send("DELETE", path, subject).status == 403)
            // Of two subjects nobody knows which is meant.
            #expect(try client.send("DELETE", path, subject + subject).status == 400)
            #expect(try client.send("HEAD", path, subject).status == 200)
            #expect(try client.send("GET", path, subject).json?["token"]?["user"]?["id"]?.string == user.id)
            #expect(try stays.send("DELETE", path, subject).status == 204)
            #expect(try client.send("GET", "/v1/images").status == 401)
            #expect(try stays.send("GET", path, subject).status == 404)
            #expect(try stays.send("GET", "/v1/images").status == 200)
        }

        @Test(
            "what ends tokens within seconds",
            arguments: ["disable", "password", "project", "role", "delete"])
        func endings(cause: String) throws {
            let user = try glimpse.makeUser("end-\(cause)")
            let client = try glimpse.client(user)
            #expect(try client.send("GET", "/v1/images").status == 200)
            switch cause {
            case "disable": try glimpse.managed("user", "disable", user.name)
            case "password":
                let file = try glimpse.folder.write("another one", to: "end.password")
                try glimpse.managed("user", "set-password", user.name, "--password-file", file)
            case "project": try glimpse.managed("project", "disable", user.name)
            case "role": try glimpse.managed("role", "remove", "member", "--user", user.name, "--project", user.name)
            default: try glimpse.managed("user", "delete", user.name)
            }
            #expect(try eventually(within: 20) { try client.send("GET", "/v1/images").status == 401 })
            if cause == "disable" || cause == "delete" || cause == "password" {
                #expect(try glimpse.logIn(user.name, user.password).status == 401)
            }
        }

        @Test func apiKeys() throws {
            let user = try glimpse.makeUser("key-ann")
            let made = try glimpse.managed("api-key", "create", "ci", "--user", user.name, "--project", user.name)
            var values: [Substring: Substring] = [:]
            for line in made.split(separator: "\n") {
                let sides = line.split(separator: "=", maxSplits: 1)
                if sides.count == 2 { values[sides[0]] = sides[1] }
            }
            let id = String(try #require(values["OS_APPLICATION_CREDENTIAL_ID"]))
            let secret = String(try #require(values["OS_APPLICATION_CREDENTIAL_SECRET"]))
            func logIn(_ key: JSONValue, scope: JSONValue? = nil) throws -> Answer {
                try glimpse.logIn(
                    ["methods": .array([.string("application_credential")]), "application_credential": key],
                    scope: scope)
            }
            let byID = try logIn(["id": .string(id), "secret": .string(secret)])
            #expect(byID.status == 201, "\(byID.text)")
            #expect(byID.json?["token"]?["project"]?["id"]?.string == user.projectID)
            let byName = try logIn([
                "name": .string("ci"), "secret": .string(secret), "user": ["id": .string(user.id)],
            ])
            #expect(byName.status == 201)
            #expect(try logIn(["id": .string(id), "secret": .string(secret + "x")]).status == 401)
            #expect(try logIn(["id": .string("none"), "secret": .string(secret)]).status == 401)
            let scope: JSONValue = ["project": ["id": .string(user.projectID)]]
            #expect(try logIn(["id": .string(id), "secret": .string(secret)], scope: scope).status == 401)
            let client = Client(port: glimpse.api.port, token: try #require(byID["X-Subject-Token"]))
            #expect(try client.send("GET", "/v1/images").status == 200)
            // A key's token does not become a token of the user's other projects.
            let again = try glimpse.logIn(
                ["methods": .array([.string("token")]), "token": ["id": .string(client.token)]], scope: scope)
            #expect(again.status == 401)
            try glimpse.managed("api-key", "delete", id)
            #expect(try eventually(within: 20) { try client.send("GET", "/v1/images").status == 401 })
        }
    }

    /// Tokens that count for some seconds only.
    @Suite struct IdentityExpiry {
        private static let options =
            Glimpse.Option.localIdentity + [
                Glimpse.Option("identity", "token_expiration_seconds", "3")
            ]

        @Test("a token expires; an upload that began with it goes on")
        func expiry() throws {
            try Glimpse.run(Self.options) { glimpse in
                let user = try glimpse.makeUser("ann")
                let data = Sample.bytes(200_000)
                let client = try glimpse.client(user)
                let connection = try client.connect()
                defer { connection.close() }
                let head = client.head("POST", "/v1/images", Client.newImage("slow"))
                try connection.send(head + "Transfer-Encoding: chunked\r\n\r\n")
                try connection.sendChunks(Array(data[..<100_000]), pieceBytes: 10_000)
                #expect(try eventually { try client.send("GET", "/v1/images").status == 401 })
                try connection.sendChunks(Array(data[100_000...]), pieceBytes: 10_000)
                try connection.sendLastChunk()
                let answer = try connection.receiveAnswer(toHead: false)
                #expect(answer.status == 201, "\(answer.text)")
                let id = try #require(answer.image?["id"]?.string)
                try glimpse.client(user).expectImage(id, data)
                // A token from a token ends with it.
                let first = try glimpse.logIn(user.name, user.password)
                let token = try #require(first["X-Subject-Token"])
                let second = try glimpse.logIn([
                    "methods": .array([.string("token")]), "token": ["id": .string(token)],
                ])
                #expect(second.status == 201)
                #expect(
                    second.json?["token"]?["expires_at"]?.string == first.json?["token"]?["expires_at"]?.string)
            }
        }
    }
}
