import Glibc
import JSONText
import Posix
import Synchronization
import Testing

extension Journeys {
    /// glance-api gives an answer again without asking the registry while nobody has committed, and never longer.
    @Suite struct CommitsSeen {
        /// Another process commits.
        private func rename(_ id: String, _ name: String, in glimpse: Glimpse) throws {
            let command = try Command(
                "sqlite3",
                [
                    "\(glimpse.folder.path)/glance.sqlite", ".timeout 20000",
                    "UPDATE images SET name = '\(name)' WHERE id = '\(id)'",
                ])
            try #require(command.isSuccess, "\(command.errors)")
        }

        private func expectName(
            _ name: String, _ id: String, _ glimpse: Glimpse, sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let shown = try glimpse.client.v2Show(id).json
            #expect(shown?["name"] == .string(name), sourceLocation: sourceLocation)
            let list = try glimpse.client.send("GET", "/v2/images").json?["images"]?.array
            #expect(list?.map { $0["name"] } == [.string(name)], sourceLocation: sourceLocation)
            let old = try glimpse.client.send("HEAD", "/v1/images/\(id)")
            #expect(old["x-image-meta-name"] == name, sourceLocation: sourceLocation)
        }

        @Test(arguments: [false, true]) func theRegistryIsAskedOnceForEachCommit(registryOverTCP: Bool) throws {
            try Glimpse.run(registryOverTCP: registryOverTCP) { glimpse in
                let id = try glimpse.client.v2Make(["name": .string("first")])
                try expectName("first", id, glimpse)
                // It can't be asked: what is answered was known.
                glimpse.registry.process?.signal(SIGSTOP)
                defer { glimpse.registry.process?.signal(SIGCONT) }
                for _ in 0..<8 { try expectName("first", id, glimpse) }
                try rename(id, "second", in: glimpse)
                let client = glimpse.client
                let waiting = Background { try client.v2Show(id) }
                glimpse.registry.process?.signal(SIGCONT)
                #expect(try waiting.value().json?["name"] == "second")
                for round in 0..<20 {
                    try rename(id, "round \(round)", in: glimpse)
                    try expectName("round \(round)", id, glimpse)
                }
            }
        }

        /// Whoever asks after a change was answered sees that change or a later one, however many ask.
        @Test func nobodyIsShownThePast() throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let id = try client.v2Make(["name": .string("0")])
                let written = Locked(0)
                let isOver = Locked(false)
                let readers = (0..<16).map { _ in
                    Background { () throws -> Int in
                        var shown = 0
                        while !isOver.withLock({ $0 }) {
                            let before = written.withLock { $0 }
                            let name = try client.v2Show(id).json?["name"]?.string.flatMap { Int($0) }
                            #expect(try #require(name) >= before)
                            shown += 1
                        }
                        return shown
                    }
                }
                for round in 1...100 {
                    let operations: [JSONValue] = [
                        ["op": "replace", "path": "/name", "value": .string("\(round)")]
                    ]
                    try client.v2Patch(id, operations).expect(200)
                    written.withLock { $0 = round }
                }
                isOver.withLock { $0 = true }
                for reader in readers { #expect(try reader.value() > 0) }
            }
        }

        /// A registry that has ended in order takes its wal-index along; one that was killed leaves it to the next.
        @Test(arguments: [SIGTERM, SIGKILL]) func anotherRegistryIsFollowed(_ ending: CInt) throws {
            try Glimpse.run { glimpse in
                let id = try glimpse.client.v2Make(["name": .string("first")])
                try expectName("first", id, glimpse)
                for round in 0..<6 {
                    if ending == SIGKILL { try glimpse.registry.kill() } else { try glimpse.registry.stop() }
                    // Without it a killed registry's log and wal-index are as they were.
                    let commitsMeanwhile = round.isMultiple(of: 2)
                    if commitsMeanwhile { try rename(id, "round \(round)", in: glimpse) }
                    try glimpse.registry.start()
                    let name = commitsMeanwhile ? "round \(round)" : round == 0 ? "first" : "again \(round - 1)"
                    try expectName(name, id, glimpse)
                    try expectName(name, id, glimpse)
                    let operations: [JSONValue] = [
                        ["op": "replace", "path": "/name", "value": .string("again \(round)")]
                    ]
                    try glimpse.client.v2Patch(id, operations).expect(200)
                    try expectName("again \(round)", id, glimpse)
                }
            }
        }

        /// What a killed registry leaves behind says nothing of the database that the next one has.
        @Test func anotherDatabaseIsSeen() throws {
            try Glimpse.run { glimpse in
                let path = "\(glimpse.folder.path)/glance-registry.conf"
                let configuration = String(decoding: try contents(of: path), as: UTF8.self)
                let id = try glimpse.client.v2Make(["name": .string("first")])
                try expectName("first", id, glimpse)
                try glimpse.registry.kill()
                #expect(try glimpse.client.v2Show(id).status == 503)
                _ = try glimpse.folder.write(
                    configuration.replacing("glance.sqlite", with: "other.sqlite"), to: "glance-registry.conf")
                try glimpse.registry.start()
                #expect(try glimpse.client.v2Show(id).status == 404)
                #expect(try glimpse.client.v2Ids() == [])
                let other = try glimpse.client.v2Make(["name": .string("other")])
                try expectName("other", other, glimpse)
                try glimpse.registry.kill()
                _ = try glimpse.folder.write(configuration, to: "glance-registry.conf")
                try glimpse.registry.start()
                try expectName("first", id, glimpse)
            }
        }
    }
}
