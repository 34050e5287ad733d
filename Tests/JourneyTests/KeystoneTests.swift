import JSONText
import Testing

extension ClientJourneys {
    /// The flavor `keystone`, with a real one.
    @Suite struct WithKeystone {
        @Test("[OT-0026] tokens of a Keystone, and what ends them")
        func tokens() throws {
            let keystone = try Keystone()
            let service = try keystone.make("project", ["name": .string("service")], at: "/projects")
            let lab = try keystone.make("project", ["name": .string("lab")], at: "/projects")
            let other = try keystone.make("project", ["name": .string("other")], at: "/projects")
            _ = try keystone.makeUser("glance", role: "service", projectID: service)
            let ann = try keystone.makeUser("ann", role: "member", projectID: lab)
            _ = try keystone.makeUser("eve", role: "member", projectID: other)
            // Keystone lets admins and services validate tokens.
            let options = [
                Glimpse.Option("paste_deploy", "flavor", "keystone"), Glimpse.Option("DEFAULT", "debug", "true"),
                Glimpse.Option("keystone_authtoken", "auth_url", keystone.url),
                Glimpse.Option("keystone_authtoken", "www_authenticate_uri", "http://keystone.example.org:5000"),
                Glimpse.Option("keystone_authtoken", "username", "glance"),
                Glimpse.Option("keystone_authtoken", "password", "secret-of-glance"),
                Glimpse.Option("keystone_authtoken", "project_name", "service"),
                Glimpse.Option("keystone_authtoken", "token_cache_time", "1"),
                Glimpse.Option("keystone_authtoken", "http_connect_timeout", "20"),
            ]
            try Glimpse.run(options) { glimpse in
                func client(_ token: String) -> Client { Client(port: glimpse.api.port, token: token) }
                let token = try keystone.token("ann", "secret-of-ann", project: "lab")
                let made = try client(token).send(
                    "POST", "/v1/images", Client.newImage("one"), body: .bytes([1, 2, 3]))
                #expect(made.status == 201, "\(made.text)")
                #expect(made.image?["owner"]?.string == lab)
                let id = try #require(made.image?["id"]?.string)

                // Another project; no token; none that Keystone knows; headers that claim to be ann.
                let stranger = client(try keystone.token("eve", "secret-of-eve", project: "other"))
                let forged = [
                    ("X-Identity-Status", "Confirmed"), ("X-User-Id", ann), ("X-Tenant-Id", lab), ("X-Roles", "admin"),
                ]
                #expect(try stranger.send("GET", "/v1/images/\(id)", forged).status == 404)
                for bad in ["", String(token.dropLast(2)), "x", "me:lab:admin", String(repeating: "x", count: 9000)] {
                    let answer = try client(bad).send("GET", "/v1/images", forged)
                    #expect(answer.status == 401, "\(bad)")
                    #expect(answer["WWW-Authenticate"] == "Keystone uri=\"http://keystone.example.org:5000\"")
                }

                // Nobody knows which of two would count, be they the same.
                for second in [token, stranger.token] {
                    let answer = try client(token).send("GET", "/v1/images", [("X-Auth-Token", second)])
                    #expect(answer.status == 401)
                }

                // Revoked: for the time of the cache, a second here, it may go on.
                let revoked = try keystone.token("ann", "secret-of-ann", project: "lab")
                #expect(try client(revoked).send("GET", "/v1/images").status == 200)
                let admin = Client(
                    port: keystone.port, token: try keystone.token("admin", "secret-of-admin", project: "admin"))
                #expect(
                    try admin.send("DELETE", "/v3/auth/tokens", [("X-Subject-Token", revoked)]).status == 204)
                #expect(try eventually(within: 60) { try client(revoked).send("GET", "/v1/images").status == 401 })

                // Expired, as our own is by then; a service may finish what it does for the user.
                #expect(try eventually(within: 60) { try client(token).send("GET", "/v1/images").status == 401 })
                let path = "/v1/images/\(id)"
                let services = [
                    ("X-Service-Token", try keystone.token("glance", "secret-of-glance", project: "service"))
                ]
                #expect(try client(token).send("GET", path, services).status == 200)
                let users = [("X-Service-Token", try keystone.token("eve", "secret-of-eve", project: "other"))]
                #expect(try client(token).send("GET", path, users).status == 401)

                try glance(glimpse, keystone)

                let late = try keystone.token("ann", "secret-of-ann", project: "lab")
                try keystone.stop()
                let away = try client(late).send("GET", "/v1/images")
                #expect(away.status == 503)
                #expect(away["Retry-After"] != nil)
                for secret in ["secret-of-glance", token, late, services[0].1, users[0].1] {
                    #expect(!glimpse.api.log.contains(secret))
                }
            }
        }

        /// The command line with what Keystone's catalogue says.
        private func glance(_ glimpse: Glimpse, _ keystone: Keystone) throws {
            let service = try keystone.make(
                "service", ["type": .string("image"), "name": .string("glance")], at: "/services")
            try keystone.make(
                "endpoint",
                [
                    "service_id": .string(service), "interface": .string("public"), "region_id": .string("RegionOne"),
                    "url": .string("http://127.0.0.1:\(glimpse.api.port)"),
                ], at: "/endpoints")
            let terminal = try Terminal()
            let list = try Command(
                Executables.client("glance"), ["--os-image-api-version", "1", "image-list"],
                environment: [
                    "HOME": glimpse.folder.path, "OS_AUTH_URL": "\(keystone.url)/v3", "OS_USERNAME": "ann",
                    "OS_PASSWORD": "secret-of-ann", "OS_PROJECT_NAME": "lab", "OS_USER_DOMAIN_ID": "default",
                    "OS_PROJECT_DOMAIN_ID": "default", "OS_IDENTITY_API_VERSION": "3",
                ], input: terminal.path)
            #expect(list.isSuccess, "\(list.errors)")
            #expect(list.output.contains("| one "), "\(list.output)")
        }
    }
}
