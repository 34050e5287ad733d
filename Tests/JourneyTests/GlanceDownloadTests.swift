import JSONText
import Testing

extension ClientJourneys {
    /// `glance-download`: images from another Glance, which is one of ours here.
    @Suite struct GlanceDownloads {
        private static let region = "RegionTwo"
        private static let section = "remote_glance:\(region)"

        private static func options(_ there: Glimpse, _ more: [Glimpse.Option]) -> [Glimpse.Option] {
            [
                Glimpse.Option("DEFAULT", "enabled_import_methods", "web-download, glance-download"),
                Glimpse.Option("DEFAULT", "remote_glances", region),
                Glimpse.Option(section, "endpoint", "http://127.0.0.1:\(there.api.port)/v2"),
                Glimpse.Option("image_import_opts", "max_retries", "1"),
            ] + more
        }

        private static let sendsToken = [Glimpse.Option(section, "send_caller_token", "true")]

        private func download(_ client: Client, _ id: String, of remoteID: String) throws -> JSONValue {
            try client.v2Import(
                id, method: "glance-download",
                "\"glance_region\": \"regiontwo\", \"glance_image_id\": \"\(remoteID)\""
            ).expect(202)
            return try client.v2EndedTask(id)
        }

        @Test func dataAndSomePropertiesComeOver() throws {
            let data = Sample.bytes(3_000_000)
            try Glimpse.run { there in
                let original = try there.client.createImage(
                    data,
                    [
                        ("x-image-meta-property-hw_disk_bus", "scsi"), ("x-image-meta-property-os_distro", "debian"),
                        ("x-image-meta-property-other", "x"),
                    ])
                let foreign = try there.stranger.createImage([1, 2, 3])
                let empty = try there.client.reserveImage()
                // The default filter: neither this port nor this network; the operator's own list does not ask it.
                try Glimpse.run(Self.options(there, Self.sendsToken)) { glimpse in
                    let client = glimpse.client
                    let methods = try client.send("GET", "/v2/info/import").json?["import-methods"]?["value"]?.array
                    #expect(methods?.compactMap(\.string) == ["web-download", "glance-download"])
                    let id = try client.reserveImage([
                        ("x-image-meta-property-os_distro", "unknown"), ("x-image-meta-property-mine", "y"),
                    ])
                    let task = try download(client, id, of: original)
                    #expect(task["status"]?.string == "success", "\(task)")
                    #expect(task["type"]?.string == "api_image_import")
                    #expect(task["input"]?["import_req"]?["method"]?["glance_region"]?.string == "regiontwo")
                    #expect(!"\(task)".contains(client.token))
                    try client.expectImage(id, data)
                    let image = try client.v2Image(id)
                    #expect(image["hw_disk_bus"]?.string == "scsi" && image["os_distro"]?.string == "debian")
                    #expect(image["mine"]?.string == "y" && image["other"] == nil)
                    #expect(image["owner"]?.string == "lab" && image["os_glance_import_task"] == nil)
                    #expect(try image["checksum"] == there.client.v2Image(original)["checksum"])

                    for (remoteID, reason) in [
                        (foreign, "has no such image"), (Sample.newID(), "has no such image"),
                        (empty, "has to be active"),
                    ] {
                        let failed = try client.reserveImage()
                        let task = try download(client, failed, of: remoteID)
                        #expect(task["message"]?.string?.contains(reason) == true, "\(task)")
                        try client.v2ExpectQueued(failed)
                    }
                    // Formats of there.
                    let typed = try client.reserveImage()
                    try client.update(typed, [("disk_format", "iso")]).expect(200)
                    #expect(try download(client, typed, of: original)["status"]?.string == "success")
                    #expect(try client.v2Image(typed)["disk_format"]?.string == "raw")
                    #expect(
                        try glimpse.rows("SELECT count(*) FROM tasks WHERE credential IS NOT NULL") == ["0"])
                    try client.v2Import(
                        id, method: "glance-download",
                        "\"glance_region\": \"RegionThree\", \"glance_image_id\": \"\(original)\""
                    ).expect(409)
                    let other = try client.reserveImage()
                    try client.v2Import(
                        other, method: "glance-download",
                        "\"glance_region\": \"RegionThree\", \"glance_image_id\": \"\(original)\""
                    ).expect(400, "No image service is known in the region 'RegionThree'.")
                }
            }
        }

        /// A login of the operator's stands for everybody; without one, what is shown is nobody's token.
        @Test func whoAsksThere() throws {
            try Glimpse.run(Glimpse.Option.localIdentity) { there in
                let mirror = try there.makeUser("mirror", password: "a p@ss:word/é")
                let owner = try there.client(mirror)
                let original = try owner.createImage(Sample.bytes(50_000))
                let login = [
                    Glimpse.Option(Self.section, "username", "mirror"),
                    Glimpse.Option(Self.section, "password", "a p@ss:word/é"),
                ]
                try Glimpse.run(Self.options(there, login)) { glimpse in
                    let id = try glimpse.client.reserveImage()
                    let task = try download(glimpse.client, id, of: original)
                    #expect(task["status"]?.string == "success", "\(task)")
                    try glimpse.client.expectImage(id, Sample.bytes(50_000))
                    let rows = try glimpse.rows("SELECT source_url, credential FROM tasks")
                    #expect(rows == ["http://127.0.0.1:\(there.api.port)/v2/images/\(original)/file|"])
                    #expect(!glimpse.api.log.contains("p@ss"))
                }
                try Glimpse.run(Self.options(there, [])) { glimpse in
                    let id = try glimpse.client.reserveImage()
                    let task = try download(glimpse.client, id, of: original)
                    #expect(task["message"]?.string == "the other Glance refuses who asks: status 401", "\(task)")
                    try glimpse.client.v2ExpectQueued(id)
                }
                #expect(!there.api.log.contains("me:lab:member"))
            }
        }

        /// What the task shows there is sealed in the database, outlives the process, and goes with the task.
        @Test func goesOnAfterACrash() throws {
            let data = Sample.bytes(6_000_000)
            try Glimpse.run { there in
                let original = try there.client.createImage(data)
                try Glimpse.run(Self.options(there, Self.sendsToken)) { glimpse in
                    let id = try glimpse.client.reserveImage()
                    try there.registry.stop()
                    try glimpse.client.v2Import(
                        id, method: "glance-download",
                        "\"glance_region\": \"RegionTwo\", \"glance_image_id\": \"\(original)\""
                    ).expect(202)
                    #expect(
                        try eventually {
                            try glimpse.rows("SELECT credential IS NOT NULL, status FROM tasks") == ["1|processing"]
                        })
                    let sealed = try glimpse.rows("SELECT credential FROM tasks")[0]
                    #expect(!sealed.contains("lab"))
                    try glimpse.api.kill()
                    try there.registry.start()
                    try glimpse.api.start()
                    let again = Client(port: glimpse.api.port, token: glimpse.client.token)
                    try again.v2Expect("active", id)
                    try again.expectImage(id, data)
                    #expect(try glimpse.rows("SELECT credential IS NULL FROM tasks") == ["1"])
                }
            }
        }

        /// Another region of the caller's cloud, which the catalogue of the token names.
        @Test func regionsOfAKeystone() throws {
            let keystone = try Keystone()
            let service = try keystone.make("project", ["name": .string("service")], at: "/projects")
            let lab = try keystone.make("project", ["name": .string("lab")], at: "/projects")
            _ = try keystone.makeUser("glance", role: "service", projectID: service)
            _ = try keystone.makeUser("ann", role: "member", projectID: lab)
            let flavor = [
                Glimpse.Option("paste_deploy", "flavor", "keystone"), Glimpse.Option("DEFAULT", "debug", "true"),
                Glimpse.Option("keystone_authtoken", "auth_url", keystone.url),
                Glimpse.Option("keystone_authtoken", "username", "glance"),
                Glimpse.Option("keystone_authtoken", "password", "secret-of-glance"),
                Glimpse.Option("keystone_authtoken", "project_name", "service"),
                Glimpse.Option("keystone_authtoken", "http_connect_timeout", "20"),
                Glimpse.Option("DEFAULT", "enabled_import_methods", "glance-download"),
            ]
            let data = Sample.bytes(200_000)
            try Glimpse.run(flavor) { there in
                let images = try keystone.make(
                    "service", ["type": .string("image"), "name": .string("glance")], at: "/services")
                for (interface, port) in [("public", there.api.port), ("internal", 9)] {
                    try keystone.make(
                        "endpoint",
                        [
                            "service_id": .string(images), "interface": .string(interface),
                            "region": .string("RegionTwo"), "url": .string("http://127.0.0.1:\(port)/"),
                        ], at: "/endpoints")
                }
                // They end after a few seconds.
                func login(at glimpse: Glimpse) throws -> Client {
                    Client(port: glimpse.api.port, token: try keystone.token("ann", "secret-of-ann", project: "lab"))
                }
                let original = try login(at: there).createImage(data)
                func order(_ more: String = "") -> String {
                    "\"glance_region\": \"RegionTwo\", \"glance_image_id\": \"\(original)\"\(more)"
                }
                try Glimpse.run(flavor) { glimpse in
                    let ann = try login(at: glimpse)
                    let id = try ann.reserveImage()
                    try ann.v2Import(id, method: "glance-download", order()).expect(400, "does not pass filtering")
                    try ann.v2Import(
                        id, method: "glance-download",
                        "\"glance_region\": \"RegionNine\", \"glance_image_id\": \"\(original)\""
                    ).expect(400, "No image service is known in the region 'RegionNine'.")
                    try ann.v2ExpectQueued(id)
                }
                let options =
                    Glimpse.Option.copiesFromLoopback + [
                        Glimpse.Option("image_import_opts", "max_retries", "0")
                    ]
                try Glimpse.run(flavor + options) { glimpse in
                    let first = try login(at: glimpse)
                    let id = try first.reserveImage()
                    try first.v2Import(id, method: "glance-download", order()).expect(202)
                    let task = try first.v2EndedTask(id)
                    #expect(task["status"]?.string == "success", "\(task)")
                    try first.expectImage(id, data)
                    let ann = try login(at: glimpse)
                    let other = try ann.reserveImage()
                    let internalOne = ", \"glance_service_interface\": \"internal\""
                    try ann.v2Import(other, method: "glance-download", order(internalOne)).expect(202)
                    let failed = try ann.v2EndedTask(other)
                    #expect(failed["message"]?.string?.contains("cannot be reached") == true, "\(failed)")
                    for token in [first.token, ann.token] { #expect(!glimpse.api.log.contains(token)) }
                }
            }
            try keystone.stop()
        }

        /// The commands of today, as somebody types them.
        @Test func theClients() throws {
            let data = Sample.bytes(20_000)
            let source = try WebSource(data)
            defer { source.close() }
            try Glimpse.run { there in
                let original = try there.client.createImage(data)
                let options = Self.options(there, Self.sendsToken) + Glimpse.Option.copiesFromLoopback
                try Glimpse.run(options) { glimpse in
                    let remote = ["--remote-region", Self.region]
                    // The SDK sends region and image only where an interface is named too.
                    let interface = ["--remote-service-interface", "public"]
                    try expectCreated(
                        glimpse, ["glance-download"] + remote + ["--remote-image-id", original], data)
                    try expectCreated(glimpse, ["web-download", "--uri", source.url], data)
                    try expectImported(
                        glimpse, glance: ["glance-download"] + remote + ["--remote-image-id", original],
                        openstack: ["glance-download"] + remote + ["--remote-image", original] + interface, data)
                    try expectImported(
                        glimpse, glance: ["web-download", "--uri", source.url],
                        openstack: ["web-download", "--uri", source.url], data)
                }
            }
        }

        private func command(_ name: String, _ glimpse: Glimpse, _ arguments: [String]) throws -> Command {
            let endpoint = "http://127.0.0.1:\(glimpse.api.port)"
            let login =
                name == "glance"
                ? ["--os-image-url", endpoint, "--os-auth-token", glimpse.client.token]
                : [
                    "--os-auth-type", "admin_token", "--os-endpoint", "\(endpoint)/v2", "--os-token",
                    glimpse.client.token,
                ]
            // From what is no terminal, the command would read an image.
            let terminal = try Terminal()
            let command = try Command(
                Executables.client(name), login + arguments, environment: ["HOME": glimpse.folder.path],
                input: terminal.path)
            try #require(command.isSuccess, "\(arguments): \(command.output)\(command.errors)")
            return command
        }

        /// `glance image-create-via-import --import-method …`
        private func expectCreated(_ glimpse: Glimpse, _ method: [String], _ data: [UInt8]) throws {
            let before = Set(try glimpse.client.list())
            _ = try command(
                "glance", glimpse,
                [
                    "image-create-via-import", "--name", "made", "--disk-format", "raw", "--container-format", "bare",
                    "--import-method",
                ] + method)
            let id = try #require(Set(try glimpse.client.list()).subtracting(before).first)
            try glimpse.client.v2Expect("active", id)
            try glimpse.client.expectImage(id, data)
        }

        /// `glance image-import --import-method …` and `openstack image import --method …`
        private func expectImported(
            _ glimpse: Glimpse, glance: [String], openstack: [String], _ data: [UInt8]
        ) throws {
            let ids = [try glimpse.client.reserveImage(), try glimpse.client.reserveImage()]
            _ = try command("glance", glimpse, ["image-import", ids[0], "--import-method"] + glance)
            _ = try command("openstack", glimpse, ["image", "import", "--method"] + openstack + [ids[1]])
            for id in ids {
                try glimpse.client.v2Expect("active", id)
                try glimpse.client.expectImage(id, data)
            }
        }
    }
}
