import Glibc
import JSONText
import Testing

extension ClientJourneys {
    /// `use_keystone_limits`: a real Keystone says what a project may have, and the ledger holds it to that.
    @Suite struct UnifiedLimits {
        private let keystone: Keystone
        private let folder: TemporaryFolder
        private let lab: String

        init() throws {
            keystone = try Keystone(tokenSeconds: 3600)
            folder = try TemporaryFolder()
            let service = try keystone.make("project", ["name": "service"], at: "/projects")
            lab = try keystone.make("project", ["name": "lab"], at: "/projects")
            let other = try keystone.make("project", ["name": "other"], at: "/projects")
            _ = try keystone.makeUser("glance", role: "admin", projectID: service)
            // Who reads in the whole system, and may do nothing else, is enough for limits.
            _ = try keystone.makeUser("watcher", role: "member", projectID: service)
            _ = try keystone.makeUser("ann", role: "member", projectID: lab)
            _ = try keystone.makeUser("eve", role: "member", projectID: other)
        }

        /// Types a command as Keystone's admin; what it prints.
        @discardableResult
        private func openstack(
            _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
        ) throws -> String {
            let command = try Command(
                Executables.client("openstack"), words,
                environment: [
                    "HOME": folder.path, "OS_AUTH_URL": "\(keystone.url)/v3", "OS_USERNAME": "admin",
                    "OS_PASSWORD": "secret-of-admin", "OS_PROJECT_NAME": "admin", "OS_USER_DOMAIN_ID": "default",
                    "OS_PROJECT_DOMAIN_ID": "default", "OS_IDENTITY_API_VERSION": "3",
                ])
            try #require(command.isSuccess, "\(words): \(command.errors)", sourceLocation: sourceLocation)
            return command.output.trimmingSuffix("\n")
        }

        private func options(_ limits: [Glimpse.Option]) -> [Glimpse.Option] {
            [
                Glimpse.Option("paste_deploy", "flavor", "keystone"), Glimpse.Option("DEFAULT", "debug", "true"),
                Glimpse.Option("DEFAULT", "use_keystone_limits", "true"),
                Glimpse.Option("keystone_authtoken", "auth_url", keystone.url),
                Glimpse.Option("keystone_authtoken", "username", "glance"),
                Glimpse.Option("keystone_authtoken", "password", "secret-of-glance"),
                Glimpse.Option("keystone_authtoken", "project_name", "service"),
                // Keystone alone says how much: neither the file nor glance-manage does.
                Glimpse.Option("quota", "image_count_total", "1"),
            ] + limits
        }

        private func client(_ glimpse: Glimpse, _ user: String, _ project: String) throws -> Client {
            Client(
                port: glimpse.api.port, token: try keystone.token(user, "secret-of-\(user)", project: project))
        }

        /// Makes images in both versions, all at one time.
        private static func createAtOnce(_ count: Int, by client: Client) throws -> [Answer] {
            let requests = (0..<count).map { number in
                Background {
                    try number.isMultiple(of: 2)
                        ? client.send("POST", "/v1/images", Client.newImage("image \(number)"))
                        : client.v2Create(["name": .string("image \(number)")])
                }
            }
            return try requests.map { try $0.value() }
        }

        @Test("limits are registered and set with the openstack command")
        func limits() throws {
            let service = try openstack("service", "create", "--name", "glance", "image", "-f", "value", "-c", "id")
            let endpoint = try openstack(
                "endpoint", "create", "--region", "RegionOne", "glance", "public", "http://127.0.0.1:9292", "-f",
                "value", "-c", "id")
            func register(_ name: String, _ limit: Int) throws -> String {
                try openstack(
                    "registered", "limit", "create", "--service", service, "--region", "RegionOne", "--default-limit",
                    "\(limit)", name, "-f", "value", "-c", "id")
            }
            _ = try register("image_count_total", 3)
            _ = try register("image_size_total", 2)
            _ = try register("image_count_uploading", -1)
            try openstack(
                "limit", "create", "--service", service, "--region", "RegionOne", "--project", "lab",
                "--resource-limit", "6", "image_count_total")

            let byID = [Glimpse.Option("oslo_limit", "endpoint_id", endpoint)]
            try Glimpse.run(options(byID)) { glimpse in
                try glimpse.managed("quota", "set", lab, "--image-count-total", "2")
                let token = try client(glimpse, "ann", "lab")
                let answers = try Self.createAtOnce(16, by: token)
                #expect(answers.count { $0.status == 201 } == 6, "\(answers.map(\.status))")
                let refused = answers.filter { $0.status == 413 }
                #expect(refused.count == 10, "\(answers.map(\.status))")
                #expect(refused.allSatisfy { $0.text.contains("the limit of image_count_total is 6") })
                // Another project has what is registered for all.
                let eve = try client(glimpse, "eve", "other")
                var ids: [String] = []
                for _ in 0..<3 {
                    ids.append(try eve.v2Make(["disk_format": "raw", "container_format": "bare"]))
                }
                try eve.v2Create().expect(413)

                // Two MiB, to the byte, of known length and of unknown length.
                let mebibyte = [UInt8](repeating: 7, count: 1 << 20)
                let data = try client(glimpse, "eve", "other")
                try data.v2Upload(ids[0], mebibyte).expect(204)
                let path = "/v2/images/\(ids[1])/file"
                try data.send("PUT", path, [Client.octetStream], body: .bytes(mebibyte + [1])).expect(413)
                let chunks = Body.chunks(mebibyte, pieceBytes: 1 << 16)
                try data.send("PUT", path, [Client.octetStream], body: chunks).expect(204)
                try data.v2Upload(ids[2], [1]).expect(413)
                // Nothing is registered for what is staged: 0, as in oslo.limit.
                try data.send("PUT", "/v2/images/\(ids[2])/stage", [Client.octetStream], body: .bytes([1])).expect(413)
                let usage = try data.send("GET", "/v2/info/usage").json?["usage"]
                #expect(usage?["image_count_total"] == ["usage": 3, "limit": 3], "\(usage as Any)")
                #expect(usage?["image_size_total"] == ["usage": 2, "limit": 2])
                #expect(usage?["image_stage_total"] == ["usage": 0, "limit": 0])
                #expect(usage?["image_count_uploading"] == ["usage": 0, "limit": -1])

                // A new limit counts as soon as the old one is forgotten.
                try openstack(
                    "limit", "create", "--service", service, "--region", "RegionOne", "--project", "other",
                    "--resource-limit", "4", "image_count_total")
                #expect(
                    try eventually(within: 60) { try client(glimpse, "eve", "other").v2Create().status == 201 })
                try client(glimpse, "eve", "other").v2Create().expect(413)
                #expect(!glimpse.api.log.contains("secret-of-glance"))
            }

            try openstack("role", "add", "--user", "watcher", "--system", "all", "reader")
            let byService = [
                Glimpse.Option("oslo_limit", "endpoint_service_type", "image"),
                Glimpse.Option("oslo_limit", "endpoint_region_name", "RegionOne"),
                Glimpse.Option("oslo_limit", "auth_url", "\(keystone.url)/v3"),
                Glimpse.Option("oslo_limit", "username", "watcher"),
                Glimpse.Option("oslo_limit", "password", "secret-of-watcher"),
                Glimpse.Option("oslo_limit", "system_scope", "all"),
            ]
            try Glimpse.run(options(byService)) { glimpse in
                let eve = try client(glimpse, "eve", "other")
                for _ in 0..<4 { try eve.v2Create().expect(201) }
                try eve.v2Create().expect(413)
                // While Keystone is away nothing is given out on an old limit; what needs none goes on.
                let late = try client(glimpse, "ann", "lab")
                #expect(try late.send("GET", "/v2/images").status == 200)
                try keystone.stop()
                let away = try late.v2Create()
                #expect(away.status == 503, "\(away.text)")
                #expect(away["Retry-After"] != nil)
                #expect(eventually { glimpse.api.log.contains("Keystone's limits") })
                #expect(try late.send("GET", "/v2/images").json?["images"] == [])
                #expect(!glimpse.api.log.contains("secret-of-watcher"))
            }
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: Character) -> String {
        var text = self
        while text.last == suffix { text.removeLast() }
        return text
    }
}
