import JSONText
import Testing

extension ClientJourneys {
    /// python-glanceclient as it comes from PyPI, unmodified.
    @Suite struct GlanceClient {
        /// The `glance` command, as somebody of the project `lab` types it.
        private struct Shell {
            let glimpse: Glimpse
            /// From what is no terminal, the command would read an image.
            private let terminal: Terminal

            init(_ glimpse: Glimpse) throws {
                self.glimpse = glimpse
                terminal = try Terminal()
            }

            func run(_ arguments: [String], input: String? = nil, token: String? = nil) throws -> Command {
                let client = glimpse.client
                return try Command(
                    Executables.client("glance"),
                    [
                        "--os-image-api-version", "1", "--os-image-url", "http://127.0.0.1:\(client.port)",
                        "--os-auth-token", token ?? client.token,
                    ] + arguments, environment: ["HOME": glimpse.folder.path], input: input ?? terminal.path)
            }

            func run(_ arguments: String..., token: String? = nil) throws -> Command {
                try run(arguments, token: token)
            }

            /// Runs what has to succeed; the rows of the table that it prints.
            func rows(
                _ arguments: String..., input: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
            ) throws -> [[String]] {
                let command = try run(arguments, input: input)
                try #require(command.isSuccess, "\(arguments): \(command.errors)", sourceLocation: sourceLocation)
                return command.output.split(separator: "\n").filter { $0.hasPrefix("|") }.map { row in
                    row.split(separator: "|").map { String($0.trimming(" ")) }
                }
            }
        }

        @Test func theCommandLine() throws {
            let data = Sample.bytes(3_000_000)
            let source = try WebSource(data)
            defer { source.close() }
            try Glimpse.run(Glimpse.Option.copiesFromLoopback) { glimpse in
                let shell = try Shell(glimpse)
                let raw = try glimpse.folder.write(data, to: "disk.raw")
                let qcow2 = "\(glimpse.folder.path)/disk.qcow2"
                let made = try Command("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", raw, qcow2])
                try #require(made.isSuccess, "\(made.errors)")
                let disk = try contents(of: qcow2)

                // From a file, from standard input, and from a web server.
                let created = try shell.rows(
                    "image-create", "--name", "cirros", "--disk-format", "qcow2", "--container-format", "bare",
                    "--file", qcow2, "--property", "os_distro=cirros", "--min-ram", "64")
                #expect(created.value("status") == "active")
                #expect(created.value("size") == "\(disk.count)")
                #expect(try created.value("checksum") == Sample.md5(ofFile: qcow2))
                let id = try #require(created.value("id"))

                let piped = try shell.rows(
                    "image-create", "--name", "piped", "--disk-format", "raw", "--container-format", "bare", input: raw)
                #expect(piped.value("status") == "active")
                let pipedID = try #require(piped.value("id"))
                try glimpse.client.expectImage(pipedID, data)

                let copied = try shell.rows(
                    "image-create", "--name", "copied", "--disk-format", "raw", "--container-format", "bare",
                    "--copy-from", source.url)
                let copiedID = try #require(copied.value("id"))
                try glimpse.client.expectStatus("active", of: copiedID)
                try glimpse.client.expectImage(copiedID, data)

                // Lists and details, by id and by name.
                let list = try shell.rows("image-list").dropFirst()
                #expect(Set(list.compactMap(\.first)) == [id, pipedID, copiedID])
                let shown = try shell.rows("image-show", "cirros")
                #expect(shown.value("id") == id)
                #expect(shown.value("Property 'os_distro'") == "cirros")
                #expect(shown.value("min_ram") == "64")

                // Out again, bit for bit.
                let copy = "\(glimpse.folder.path)/copy"
                let downloaded = try shell.run("image-download", "cirros", "--file", copy)
                #expect(downloaded.isSuccess, "\(downloaded.errors)")
                #expect(try contents(of: copy) == disk, "the data differ")
                let compared = try Command("qemu-img", ["compare", copy, raw])
                #expect(compared.isSuccess, "\(compared.output)\(compared.errors)")

                // Properties, and data for what was only reserved.
                let updated = try shell.rows("image-update", "cirros", "--name", "cirros2", "--property", "arch=x86_64")
                #expect(updated.value("name") == "cirros2")
                #expect(updated.value("Property 'arch'") == "x86_64")
                #expect(updated.value("Property 'os_distro'") == "cirros")
                let reserved = try shell.rows(
                    "image-create", "--name", "later", "--disk-format", "raw", "--container-format", "bare")
                #expect(reserved.value("status") == "queued")
                let filled = try shell.rows("image-update", "later", "--file", raw)
                #expect(filled.value("status") == "active")
                try glimpse.client.expectImage(try #require(filled.value("id")), data)

                // Members.
                let shared = try shell.run("member-create", id, "friends")
                #expect(shared.isSuccess, "\(shared.errors)")
                let members = try shell.rows("member-list", "--image-id", id)
                #expect(members.contains { $0.starts(with: [id, "friends"]) })
                let friend = try shell.run("image-show", id, token: "she:friends:member")
                #expect(friend.isSuccess, "\(friend.errors)")
                let stranger = try shell.run("image-show", id, token: "you:other:member")
                #expect(!stranger.isSuccess)

                // What is protected stays.
                _ = try shell.rows("image-update", id, "--is-protected", "True")
                let refused = try shell.run("image-delete", id)
                #expect((refused.output + refused.errors).contains("protected"), "\(refused.output)\(refused.errors)")
                #expect(try glimpse.client.status(of: id) == "active")
                _ = try shell.rows("image-update", id, "--is-protected", "False")
                let deleted = try shell.run("image-delete", id, pipedID, copiedID, "later")
                #expect(deleted.isSuccess, "\(deleted.errors)")
                #expect(try shell.rows("image-list").count == 1)
                try glimpse.expectBlobs([])
            }
        }

        @Test func theTextOfARefusal() throws {
            try Glimpse.run { glimpse in
                let shell = try Shell(glimpse)
                let command = try shell.run(
                    "image-create", "--name", "x", "--disk-format", "raw", "--container-format", "bare",
                    "--copy-from", "http://127.0.0.1/disk.img")
                #expect(!command.isSuccess)
                #expect(command.errors.contains("allowed_networks"), "\(command.output)\(command.errors)")
            }
        }

        @Test func thePythonOfOldTutorials() throws {
            try Glimpse.run { glimpse in
                let file = try glimpse.folder.write(Sample.bytes(2_000_000), to: "data")
                let client = glimpse.client
                let script = "\(Executables.checkout)/Tests/Journeys/old_tutorial.py"
                let command = try Command(
                    Executables.client("python"), [script, "http://127.0.0.1:\(client.port)", client.token, file])
                #expect(command.isSuccess, "\(command.errors)")
                try glimpse.expectBlobs([])
            }
        }
    }
}

extension [[String]] {
    /// The value beside a name in a table of two columns.
    fileprivate func value(_ name: String) -> String? {
        first { $0.first == name }?.last
    }
}

extension StringProtocol {
    fileprivate func trimming(_ character: Character) -> SubSequence {
        let start = drop { $0 == character }
        guard let end = start.lastIndex(where: { $0 != character }) else { return start }
        return start[...end]
    }
}
