import Testing

extension ClientJourneys {
    /// Today's clients from PyPI on v2, each with every subcommand or call that needs no other service.
    @Suite struct TodaysClients {
        private static let options =
            Glimpse.Option.copiesFromLoopback + [Glimpse.Option("DEFAULT", "show_multiple_locations", "True")]

        /// Runs a script of Tests/Journeys with the API's endpoint, a folder, a file with data, and a URL of the same.
        static func run(
            _ script: String, _ glimpse: Glimpse, sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let data = Sample.bytes(300_000)
            let source = try WebSource(data)
            defer { source.close() }
            let folder = glimpse.folder
            let file = try folder.write(data, to: "disk.raw")
            let environment = ["HOME": folder.path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore"]
            let command = try Command(
                Executables.client("python"),
                [
                    "\(Executables.checkout)/Tests/Journeys/\(script)", "http://127.0.0.1:\(glimpse.api.port)",
                    folder.path, file, source.url,
                ], environment: environment, seconds: 300)
            #expect(command.isSuccess, "\(command.output)\(command.errors)", sourceLocation: sourceLocation)
        }

        @Test func everySubcommandOfGlance() throws {
            try Glimpse.run(Self.options) { glimpse in
                try Self.run("glance_v2.py", glimpse)
                try glimpse.expectBlobs([])
            }
        }

        /// By the embedded identity, with no more than the clouds.yaml that bootstrap writes.
        @Test func everySubcommandOfOpenStack() throws {
            let identity = [Glimpse.Option("paste_deploy", "flavor", "local")]
            try Glimpse.run(Self.options + identity) { glimpse in
                try glimpse.managed(
                    "bootstrap", "--openrc-dir", glimpse.folder.path, "--endpoint",
                    "http://127.0.0.1:\(glimpse.api.port)")
                try Self.run("openstack_images.py", glimpse)
                try glimpse.expectBlobs([])
            }
        }

        /// An admin keeps users, projects and roles with the openstack command.
        @Test func identityByOpenStack() throws {
            try Glimpse.run(Glimpse.Option.localIdentity) { glimpse in
                try glimpse.managed(
                    "bootstrap", "--openrc-dir", glimpse.folder.path, "--endpoint",
                    "http://127.0.0.1:\(glimpse.api.port)")
                try Self.run("openstack_identity.py", glimpse)
                for secret in ["geheim-eins", "geheim-zwei", "geheim-drei", "of my own"] {
                    #expect(!glimpse.api.log.contains(secret) && !glimpse.registry.log.contains(secret))
                }
            }
        }

        @Test func everyCallOfTheSDK() throws {
            try Glimpse.run(Self.options) { glimpse in
                try Self.run("sdk_images.py", glimpse)
                try glimpse.expectBlobs([])
            }
        }
    }
}
