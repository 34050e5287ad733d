import FoundationEssentials
import Testing

extension Journeys {
    /// The configuration of a Pike installation as it stands, but for paths and ports, which the environment overrides.
    @Suite struct PikeInstallation {
        private let folder: TemporaryFolder
        private let paths: [String: String]

        init() throws {
            folder = try TemporaryFolder()
            let fixtures = "\(Executables.checkout)/Tests/SettingsTests/Fixtures/pike"
            for name in try FileManager.default.contentsOfDirectory(atPath: fixtures) {
                _ = try folder.write(try contents(of: "\(fixtures)/\(name)"), to: name)
            }
            paths = [
                "OS_DEFAULT__BIND_HOST": "127.0.0.1", "OS_DEFAULT__BIND_PORT": "0",
                "OS_DATABASE__CONNECTION": "sqlite:///\(folder.path)/glance.sqlite",
                "OS_GLANCE_STORE__FILESYSTEM_STORE_DATADIR": "\(folder.path)/images",
            ]
        }

        /// Makes the database, starts both daemons, and stops them behind the journey.
        private func run(_ options: [String: String] = [:], _ journey: (Daemon) throws -> Void) throws {
            let registryFile = "\(folder.path)/glance-registry.conf"
            let sync = try Command(
                Executables.daemon("glance-manage"), ["--config-file", registryFile, "db", "sync"], environment: paths)
            #expect(sync.isSuccess, "\(sync.output)\(sync.errors)")

            let registry = try Daemon("glance-registry", configuration: registryFile, folder: folder)
            let api = try Daemon("glance-api", configuration: "\(folder.path)/glance-api.conf", folder: folder)
            func environment(_ daemon: Daemon, _ more: [String: String] = [:]) -> [String: String] {
                paths.merging(["OS_DEFAULT__LOG_FILE": "\(folder.path)/\(daemon.name).log"]) { $1 }
                    .merging(more) { $1 }
            }
            do {
                try registry.start(environment: environment(registry))
                let way = ["OS_DEFAULT__REGISTRY_PORT": "\(registry.port)"]
                try api.start(environment: environment(api, way.merging(options) { $1 }))
                try journey(api)
                try api.stop()
                try registry.stop()
            } catch {
                for daemon in [api, registry] { print("--- \(daemon.name):\n\(daemon.log.suffix(4000))") }
                throw error
            }
            for daemon in [api, registry] { #expect(daemon.reports == [], "\(daemon.log)") }
        }

        @Test func asItStandsEverybodyIsAnAdmin() throws {
            try run { api in
                let nobody = Client(port: api.port, token: "")
                let id = try nobody.createImage([1, 2, 3], [("x-image-meta-is_public", "True")])
                try nobody.expectImage(id, [1, 2, 3])
                #expect(try nobody.list() == [id])
                // Each option that means nothing here is named once.
                for name in ["rabbit_host", "swift_store_user", "metadata_encryption_key"] {
                    let lines = api.log.split(separator: "\n").filter { $0.contains("DEFAULT.\(name): ignored") }
                    #expect(lines.count == 1, "\(name): \(lines)")
                }
                #expect(!api.log.contains("s3cr3t"))
                #expect(api.log.contains("\(folder.path)/policy.json"))
            }
        }

        @Test func withTokensTheClientOfTodayDoesAllOfItsWork() throws {
            let options = [
                "OS_PASTE_DEPLOY__FLAVOR": "fakeauth", "OS_IMPORT_FILTERING_OPTS__ALLOWED_NETWORKS": "loopback",
                "OS_IMPORT_FILTERING_OPTS__ALLOWED_PORTS": "*",
            ]
            try run(options) { api in
                try ClientJourneys.ClientGenerations.everySubcommand(.today, port: api.port, folder: folder)
                // The rule for what the policy file does not name is for admins.
                let publish = [("x-image-meta-is_public", "True")]
                try Client(port: api.port, token: "me:lab:member").post([:], publish).expect(403)
                try Client(port: api.port, token: "me:lab:admin").post([:], publish).expect(201)
            }
        }

        @Test func aPolicyFileOfTheUsualNameMayBeMissing() throws {
            try FileManager.default.removeItem(atPath: "\(folder.path)/policy.json")
            try run { api in
                #expect(api.log.contains("there is no \(folder.path)/policy.json: the default rules count"))
                let images = try Client(port: api.port, token: "").list()
                #expect(images == [])
            }
        }

        @Test func withKeystoneItIsAskedAsTheFileSays() throws {
            let options = [
                "OS_PASTE_DEPLOY__FLAVOR": "keystone+cachemanagement",
                // Nobody listens there: the discard service.
                "OS_KEYSTONE_AUTHTOKEN__AUTH_URL": "http://127.0.0.1:9",
            ]
            try run(options) { api in
                let nobody = try Client(port: api.port, token: "").send("GET", "/v1/images")
                #expect(nobody.status == 401)
                #expect(nobody["WWW-Authenticate"] == "Keystone uri=\"http://controller1:5000\"")
                #expect(try Client(port: api.port, token: "x").send("GET", "/v1/images").status == 503)
                #expect(!api.log.contains("s3cr3t"))
            }
        }
    }
}
