import Glibc
import Testing

extension Journeys {
    /// What an operator does with users and projects, while no daemon runs.
    @Suite struct ManageUsers {
        private let folder: TemporaryFolder
        private let configuration: String

        init() throws {
            folder = try TemporaryFolder()
            configuration = try folder.write(
                "[database]\nconnection = sqlite:///\(folder.path)/glance.sqlite\n", to: "glance-registry.conf")
        }

        private func manage(_ arguments: String..., input: String = "/dev/null") throws -> Command {
            try Command(
                Executables.daemon("glance-manage"), ["--config-file", configuration] + arguments, input: input)
        }

        private func text(_ name: String) throws -> String {
            String(decoding: try contents(of: "\(folder.path)/\(name)"), as: UTF8.self)
        }

        @Test func bootstrapMakesUsersOnce() throws {
            let files = ["admin-openrc", "demo-openrc", "clouds.yaml"]
            let first = try manage("bootstrap", "--openrc-dir", folder.path, "--endpoint", "https://images.lab/")
            #expect(first.isSuccess, "\(first.errors)")
            for name in files {
                var status = stat()
                #expect(stat("\(folder.path)/\(name)", &status) == 0)
                #expect(status.st_mode & 0o777 == 0o600, "\(name)")
                #expect(try text(name).contains("https://images.lab/identity/v3"))
            }
            let before = try files.map(text)
            #expect(try manage("bootstrap", "--openrc-dir", folder.path).isSuccess)
            #expect(try files.map(text) == before)
            let users = try manage("user", "list").output.split(separator: "\n").dropFirst().map {
                $0.split(separator: " ").dropFirst().joined(separator: " ")
            }
            #expect(users == ["admin yes admin", "demo yes demo"])
            let roles = try manage("role", "list").output.split(separator: "\n").dropFirst().map {
                $0.split(separator: " ").joined(separator: " ")
            }
            #expect(roles == ["admin admin admin", "demo demo member"])
            let again = try manage("bootstrap", "--openrc-dir", folder.path, "--reset-passwords")
            #expect(again.isSuccess)
            #expect(try text("demo-openrc") != before[1])
        }

        @Test(arguments: ["http://:9292", "https://", "images.lab:9292", "http://a b", "ftp://images.lab"])
        func bootstrapRefusesAnEndpointThatIsNone(endpoint: String) throws {
            let command = try manage("bootstrap", "--openrc-dir", folder.path, "--endpoint", endpoint)
            #expect(!command.isSuccess && command.errors.contains("--endpoint"), "\(command.errors)")
            #expect(access("\(folder.path)/demo-openrc", F_OK) != 0)
        }

        @Test func bootstrapWithoutAFolderPrintsThePasswords() throws {
            let output = try manage("bootstrap").output
            #expect(output.contains("user demo, password ") && output.contains("user admin, password "))
            let entries = try Command("/bin/ls", [folder.path]).output
            #expect(!entries.contains("openrc"))
        }

        @Test func passwordsComeFromFilesAndStandardInput() throws {
            let good = try folder.write("secret one\nsecond line\n", to: "good")
            let empty = try folder.write("\n", to: "empty")
            #expect(try manage("user", "create", "ann", "--password-file", good).isSuccess)
            #expect(try manage("user", "create", "bob", input: good).isSuccess)
            #expect(try manage("user", "create", "cat", "--password-file", "-", input: good).isSuccess)
            let random = try manage("user", "create", "dan", "--random-password")
            #expect(random.output.hasPrefix("password: "))
            for arguments in [
                ["--password-file", empty], ["--password-file", "\(folder.path)/none"],
                ["--password-file", good, "--random-password"], ["--password", "x"], [],
            ] {
                let refused = try Command(
                    Executables.daemon("glance-manage"),
                    ["--config-file", configuration, "user", "create", "eve"] + arguments)
                #expect(!refused.isSuccess, "\(arguments)")
            }
            #expect(try manage("user", "list").output.split(separator: "\n").count == 5)
        }

        @Test func slipsAreNamed() throws {
            #expect(try manage("project", "create", "lab").isSuccess)
            let cases: [(words: [String], text: String)] = [
                (["project", "create", "lab"], "the name is taken"),
                (["project", "create", " lab"], "no blank at either end"),
                (["project", "create", "a\u{1b}b"], "no control characters"),
                (["user", "create", "ann", "--random-password", "--project", "nowhere"], "no project nowhere"),
                (["user", "create", "ann", "--random-password", "--role", "member"], "--role needs --project"),
                (["user", "disable", "nobody"], "no user nobody"),
                (["role", "add", "a b", "--user", "x", "--project", "lab"], "1 to 64 letters"),
                (["role", "add", "member", "--user", "nobody", "--project", "lab"], "no user nobody"),
                (["api-key", "delete", "none"], "no such thing"),
                (["project", "disable", "nowhere"], "no project nowhere"),
            ]
            for (words, text) in cases {
                let command = try Command(
                    Executables.daemon("glance-manage"), ["--config-file", configuration] + words)
                #expect(!command.isSuccess, "\(words)")
                #expect(command.errors.contains(text), "\(words): \(command.errors)")
            }
            // A role that no rule names by default is taken, with a warning.
            #expect(try manage("user", "create", "ann", "--random-password").isSuccess)
            let odd = try manage("role", "add", "curator", "--user", "ann", "--project", "lab")
            #expect(odd.isSuccess)
            #expect(odd.errors.contains("Warning"))
        }
    }
}
