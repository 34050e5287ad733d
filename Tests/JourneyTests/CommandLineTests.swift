import Testing

extension Journeys {
    /// What an operator types.
    @Suite struct CommandLine {
        private static let daemons = ["glance-api", "glance-registry"]

        /// A good configuration of the daemon, which listens on a free port.
        private static func configuration(_ daemon: String, in folder: TemporaryFolder) throws -> String {
            let text =
                daemon == "glance-api"
                ? """
                [DEFAULT]
                bind_host = 127.0.0.1
                bind_port = 0
                [glance_store]
                filesystem_store_datadir = \(folder.path)/images
                [paste_deploy]
                flavor = fakeauth

                """
                : """
                [DEFAULT]
                bind_port = 0
                [database]
                connection = sqlite:///\(folder.path)/glance.sqlite

                """
            return try folder.write(text, to: "\(daemon).conf")
        }

        @Test("--version and --help", arguments: daemons)
        func versionAndHelp(daemon: String) throws {
            let version = try Command(Executables.daemon(daemon), ["--version"])
            #expect(version.isSuccess)
            let numbers = version.output.split(separator: "\n").first?.split(separator: ".").map { Int($0) }
            #expect(numbers?.count == 3 && numbers?.contains(nil) == false, "\(version.output)")
            let help = try Command(Executables.daemon(daemon), ["--help"])
            #expect(help.isSuccess)
            for option in ["--config-file", "--check-config", "--version"] { #expect(help.output.contains(option)) }
            let unknown = try Command(Executables.daemon(daemon), ["--nonsense"])
            #expect(!unknown.isSuccess)
            #expect(unknown.errors.contains("--nonsense"))
        }

        @Test("--check-config", arguments: daemons)
        func checkConfig(daemon: String) throws {
            let folder = try TemporaryFolder()
            let good = try Self.configuration(daemon, in: folder)
            let passed = try Command(Executables.daemon(daemon), ["--config-file", good, "--check-config"])
            #expect(passed.isSuccess, "\(passed.output)\(passed.errors)")

            let bad = try folder.write(
                "# a comment\n[DEFAULT]\nbind_port = many\nno_such_option = 1\nbacklog = 10\n", to: "bad.conf")
            let failed = try Command(
                Executables.daemon(daemon), ["--config-file", good, "--config-file", bad, "--check-config"])
            #expect(failed.ending == .exit(1))
            for text in ["\(bad):3", "bind_port", "\(bad):4", "no_such_option"] {
                #expect(failed.output.contains(text), "\(failed.output)\(failed.errors)")
            }
            #expect(!failed.output.contains("\(bad):5"))
            let missing = try Command(
                Executables.daemon(daemon), ["--config-file", "\(folder.path)/none.conf", "--check-config"])
            #expect(!missing.isSuccess)
            #expect((missing.output + missing.errors).contains("none.conf"))
        }

        @Test("the sample configurations are good", arguments: daemons)
        func samples(daemon: String) throws {
            let file = "\(Executables.checkout)/config/\(daemon).conf"
            let check = try Command(Executables.daemon(daemon), ["--config-file", file, "--check-config"])
            #expect(check.isSuccess, "\(check.output)\(check.errors)")
        }

        @Test("a bad option keeps a daemon from starting", arguments: daemons)
        func badOption(daemon: String) throws {
            let folder = try TemporaryFolder()
            let file = try folder.write("[DEFAULT]\nbind_port = many\n", to: "bad.conf")
            let start = try Command(Executables.daemon(daemon), ["--config-file", file])
            #expect(!start.isSuccess)
            #expect(start.errors.contains("\(file):2"), "\(start.errors)")
        }

        @Test("the environment counts before the file", arguments: daemons)
        func environment(daemon: String) throws {
            let folder = try TemporaryFolder()
            let file = try Self.configuration(daemon, in: folder)
            let bad = try Command(
                Executables.daemon(daemon), ["--config-file", file, "--check-config"],
                environment: ["OS_DEFAULT__BIND_PORT": "many"])
            #expect(bad.ending == .exit(1))
            #expect(bad.output.contains("OS_DEFAULT__BIND_PORT"), "\(bad.output)\(bad.errors)")
            // The port of a socket that listens already: the daemon must try it, and fail.
            let taken = try WebSource([])
            defer { taken.close() }
            if daemon == "glance-registry" {
                let start = try Command(
                    Executables.daemon(daemon), ["--config-file", file],
                    environment: ["OS_DEFAULT__BIND_PORT": "\(taken.port)"], seconds: 30)
                #expect(!start.isSuccess)
                #expect(start.errors.contains("\(taken.port)"), "\(start.errors)")
            }
        }

        @Test("every caller an admin, but on this machine only", arguments: ["fakeauth", "trusted-auth", ""])
        func insecureFlavors(flavor: String) throws {
            let folder = try TemporaryFolder()
            let good = try Self.configuration("glance-api", in: folder)
            let open = try folder.write(
                "[DEFAULT]\nbind_host = 0.0.0.0\n[paste_deploy]\nflavor = \(flavor)\n", to: "open.conf")
            let start = try Command(
                Executables.daemon("glance-api"), ["--config-file", good, "--config-file", open], seconds: 30)
            #expect(!start.isSuccess)
            #expect(start.errors.contains("force_insecure_identity"), "\(start.errors)")
        }
    }
}
