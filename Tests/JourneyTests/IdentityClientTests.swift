import JSONText
import Testing

extension ClientJourneys {
    /// The glance and openstack commands as they come from PyPI, with no more than what an openrc or a clouds.yaml says.
    @Suite struct IdentityClients {
        /// The clients of one folder with the files that `glance-manage bootstrap` has written.
        private struct Shell {
            let glimpse: Glimpse
            private let terminal: Terminal

            init(_ glimpse: Glimpse) throws {
                self.glimpse = glimpse
                terminal = try Terminal()
                try glimpse.managed(
                    "bootstrap", "--openrc-dir", glimpse.folder.path, "--endpoint",
                    "http://127.0.0.1:\(glimpse.api.port)")
            }

            /// Runs a command of a shell that has sourced the file.
            func run(
                _ words: [String], openrc: String? = "demo-openrc", environment: [String: String] = [:],
                sourceLocation: SourceLocation = #_sourceLocation
            ) throws -> String {
                let command = try start(words, openrc: openrc, environment: environment)
                try #require(command.isSuccess, "\(words): \(command.errors)", sourceLocation: sourceLocation)
                return command.output
            }

            func start(
                _ words: [String], openrc: String? = "demo-openrc", environment: [String: String] = [:]
            ) throws -> Command {
                let script = (openrc.map { ". '\(glimpse.folder.path)/\($0)'; " } ?? "") + "exec \"$@\""
                var environment = environment
                environment["HOME"] = glimpse.folder.path
                environment["OS_CLIENT_CONFIG_FILE"] = "\(glimpse.folder.path)/clouds.yaml"
                return try Command(
                    "/bin/sh", ["-c", script, "sh", Executables.client(words[0])] + words.dropFirst(),
                    environment: environment, input: terminal.path)
            }

            func openstack(
                _ words: String..., openrc: String? = "demo-openrc", sourceLocation: SourceLocation = #_sourceLocation
            ) throws -> String {
                try run(["openstack"] + words, openrc: openrc, sourceLocation: sourceLocation)
                    .trimmingLineEnd
            }

            /// What an openrc exports.
            func value(_ name: String, in openrc: String = "demo-openrc") throws -> String {
                let text = String(decoding: try contents(of: "\(glimpse.folder.path)/\(openrc)"), as: UTF8.self)
                let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("export \(name)=") })
                return String(line.dropFirst("export \(name)=".count)).filter { $0 != "'" }
            }
        }

        @Test func glanceWithAnOpenRC() throws {
            try Glimpse.run(Glimpse.Option.localIdentity) { glimpse in
                let shell = try Shell(glimpse)
                let file = try glimpse.folder.write(Sample.bytes(300_000), to: "disk.raw")
                let made = try shell.run([
                    "glance", "--os-image-api-version", "1", "image-create", "--name", "one", "--disk-format", "raw",
                    "--container-format", "bare", "--is-public", "True", "--file", file,
                ])
                #expect(made.contains("active"), "\(made)")
                let list = ["glance", "--os-image-api-version", "1", "image-list"]
                #expect(try shell.run(list).contains("| one "))
                // Public for every tenant, as the shipped policy has it.
                #expect(try shell.run(list, openrc: "admin-openrc").contains("| one "))
                // As a command line of the time of v2.0 is set up.
                let old = [
                    "OS_AUTH_URL": "http://127.0.0.1:\(glimpse.api.port)/identity/v2.0", "OS_USERNAME": "demo",
                    "OS_PASSWORD": try shell.value("OS_PASSWORD"), "OS_TENANT_NAME": "demo",
                ]
                #expect(try shell.run(list, openrc: nil, environment: old).contains("| one "))
                var wrong = old
                wrong["OS_PASSWORD"] = "x"
                let refused = try shell.start(list, openrc: nil, environment: wrong)
                #expect(!refused.isSuccess)
            }
        }

        @Test func openstackWithAnOpenRC() throws {
            try Glimpse.run(Glimpse.Option.localIdentity) { glimpse in
                let shell = try Shell(glimpse)
                let token = try shell.openstack("token", "issue", "-f", "value", "-c", "id")
                let client = Client(port: glimpse.api.port, token: token)
                #expect(try client.send("GET", "/v1/images").status == 200)
                let catalog = try shell.openstack("catalog", "list")
                #expect(catalog.contains("public: http://127.0.0.1:\(glimpse.api.port)"), "\(catalog)")
                let project = try shell.openstack("project", "show", "admin", "-f", "value", "-c", "id")
                let users = try shell.openstack("user", "list", "-f", "value", "-c", "Name", openrc: "admin-openrc")
                #expect(users == "admin\ndemo")
                let roles = try shell.openstack(
                    "role", "assignment", "list", "--names", "--project", project, "-f", "value", "-c", "Role",
                    openrc: "admin-openrc")
                #expect(roles == "admin")
                let own = try shell.run(
                    ["openstack", "--os-cloud", "lab", "project", "list", "-f", "value", "-c", "Name"], openrc: nil)
                #expect(own == "demo\n")
                _ = try shell.openstack("token", "revoke", token)
                #expect(try client.send("GET", "/v1/images").status == 401)
            }
        }

        @Test func openstackImages() throws {
            try Glimpse.run(Glimpse.Option.localIdentity) { glimpse in
                let shell = try Shell(glimpse)
                let data = Sample.bytes(300_000)
                let file = try glimpse.folder.write(data, to: "disk.raw")
                let id = try shell.run(
                    [
                        "openstack", "--os-cloud", "lab", "image", "create", "--disk-format", "raw",
                        "--container-format", "bare", "--file", file, "-f", "value", "-c", "id", "one",
                    ], openrc: nil
                ).trimmingLineEnd
                #expect(
                    try shell.openstack("image", "list", "-f", "value", "-c", "Name", "-c", "Status") == "one active")
                _ = try shell.openstack("image", "set", "--shared", id)
                _ = try shell.openstack("image", "add", "project", "one", "admin")
                let project = try shell.openstack("project", "show", "admin", "-f", "value", "-c", "id")
                #expect(
                    try shell.openstack("image", "member", "list", id, "-f", "value", "-c", "Member ID") == project)
                _ = try shell.openstack("image", "set", "--accept", id, openrc: "admin-openrc")
                let given = try shell.openstack(
                    "image", "create", "--disk-format", "raw", "--container-format", "bare", "--project", "demo", "-f",
                    "value", "-c", "owner", "two", openrc: "admin-openrc")
                #expect(given == (try shell.openstack("project", "show", "demo", "-f", "value", "-c", "id")))
                let basic = try shell.run(
                    [
                        "openstack", "--os-auth-type", "http_basic", "--os-endpoint",
                        "http://127.0.0.1:\(glimpse.api.port)/v2", "--os-username", "demo", "--os-password",
                        try shell.value("OS_PASSWORD"), "image", "list", "-f", "value", "-c", "Name",
                    ], openrc: nil)
                #expect(basic.split(separator: "\n").contains("one"))
                let copy = "\(glimpse.folder.path)/copy"
                _ = try shell.openstack("image", "save", "--file", copy, "one")
                #expect(try contents(of: copy) == data, "the data differ")
            }
        }
    }
}

extension String {
    fileprivate var trimmingLineEnd: String {
        var text = self
        while text.last == "\n" { text.removeLast() }
        return text
    }
}
