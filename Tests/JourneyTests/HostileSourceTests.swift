import JSONText
import Testing

/// No patience, so that every trial is over soon.
private let hostileOptions = [
    Glimpse.Option("import_filtering_opts", "allowed_networks", "127.0.0.1/32"),
    Glimpse.Option("import_filtering_opts", "allowed_ports", "*"),
    Glimpse.Option("image_import_opts", "stall_timeout", "2"),
    Glimpse.Option("image_import_opts", "min_download_speed", "1KB"),
    Glimpse.Option("image_import_opts", "max_retries", "2"),
    Glimpse.Option("image_import_opts", "max_parallel_copies", "64"),
    Glimpse.Option("image_import_opts", "max_redirects", "3"),
    Glimpse.Option("DEFAULT", "image_size_cap", "2MB"),
]

extension Journeys {
    /// Web servers that do not mean well: whatever they do, the image ends in the status that its API knows for that, its
    /// task says why, and nothing is left: no byte, no reservation, no task that hangs.
    @Suite(.sharingDaemons(hostileOptions))
    struct HostileSources {
        private static let data = Sample.bytes(1_000_000)

        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        struct Trial: Sendable {
            let name: String
            let behaviour: WebSource.Behaviour
            /// What the task's message has; nil where the image becomes active.
            let message: String?

            init(_ name: String, _ behaviour: WebSource.Behaviour, _ message: String?) {
                self.name = name
                self.behaviour = behaviour
                self.message = message
            }
        }

        static let trials = [
            Trial("no length", .withoutLength, nil),
            Trial("a length that is too long", .announces(1_000_001), "the source stopped after"),
            Trial("a length that is too short", .announces(400_000), nil),
            Trial("drops at every tenth of the body", .breaks(afterBytes: 100_000), nil),
            Trial("drops after a few bytes each time", .breaks(afterBytes: 100), "the source stopped after"),
            Trial("drips a byte a second", .drips, "the source sent less than 1024 bytes a second"),
            Trial("stops sending", .pauses(afterBytes: 1000), "the source sent nothing for 2 seconds"),
            Trial("redirects to loopback", .redirects(to: "http://127.0.0.2/x"), "allowed_networks"),
            Trial("redirects to a metadata service", .redirects(to: "http://169.254.169.254/x"), "allowed_networks"),
            Trial("redirects to a file", .redirects(to: "file:///etc/passwd"), "allowed_schemes"),
            Trial("redirects for ever", .redirects(to: "/again"), "redirects more than 3 times"),
            Trial("sends all for a part", .ignoresRange(breaksAfter: 600_000), "the source stopped after"),
            Trial("changes in between", .changes(breaksAfter: 600_000), nil),
            Trial("chunks without an end", .chunksWithoutEnd, "the source stopped after"),
            Trial("codes what it sends", .codes, "Content-Encoding"),
            Trial("has more than image_size_cap", .announces(3_000_000), "larger than"),
            Trial("header fields without end", .fieldsWithoutEnd, "a head of more than"),
            Trial("interim answers without end", .interimAnswersWithoutEnd, "a head of more than"),
            Trial("answers with an error", .status(503), "status 503"),
        ]

        /// The length that the image has in the end.
        private static func expected(_ trial: Trial) -> [UInt8] {
            if case .announces(let bytes) = trial.behaviour { return Array(data.prefix(bytes)) }
            return data
        }

        @Test("v2's web-download")
        func webDownload() throws {
            try tryAll(failed: "queued") { owner, url in
                let id = try owner.reserveImage()
                try owner.v2WebDownload(id, url).expect(202)
                return id
            }
        }

        /// The size comes with the request, so that the source is asked in the background alone.
        @Test("v1's copy_from")
        func copyFrom() throws {
            try tryAll(failed: "killed") { owner, url in
                let answer = try owner.send(
                    "POST", "/v1/images",
                    Client.newImage("a copy") + [("x-glance-api-copy-from", url), ("x-image-meta-size", "7")])
                #expect(answer.status == 201, "\(answer.text)")
                return try answer.image().id
            }
        }

        /// Has images filled from all of them at one time, and looks how each ends.
        private func tryAll(failed: String, _ begin: (Client, String) throws -> String) throws {
            var running: [(trial: Trial, source: WebSource, owner: Client, id: String)] = []
            defer { for trial in running { trial.source.close() } }
            for trial in Self.trials {
                let source = try WebSource(Self.data, trial.behaviour)
                let owner = glimpse.newProject()
                running.append((trial, source, owner, try begin(owner, source.url)))
            }
            for (trial, source, owner, id) in running {
                try expectEnd(of: id, owner, trial, failed: failed, source)
            }
        }

        private func expectEnd(
            of id: String, _ owner: Client, _ trial: Trial, failed: String, _ source: WebSource
        ) throws {
            let name = Comment(rawValue: trial.name)
            let task = try expectTaskEnd(of: id, name)
            let message = task["message"]?.string ?? ""
            if let expected = trial.message {
                #expect(task["status"]?.string == "failure", name)
                #expect(message.contains(expected), "\(trial.name): \(message)")
                #expect(try owner.status(of: id) == failed, name)
                try glimpse.expectNoData(of: id)
                try expectUsage("0|0|0|0", of: owner, name)
            } else {
                #expect(task["status"]?.string == "success", "\(trial.name): \(message)")
                let data = Self.expected(trial)
                #expect(try owner.data(of: id) == data, name)
                try expectUsage("\(data.count)|0|0|0", of: owner, name)
            }
            if case .breaks(afterBytes: 100_000) = trial.behaviour {
                let parts = (1...9).map { "GET bytes=\($0 * 100_000)-" }
                #expect(source.requests.filter { $0.hasPrefix("GET ") } == parts)
                #expect(source.conditions == parts.map { _ in "\"one\"" })
            }
        }

        private func expectTaskEnd(
            of id: String, _ name: Comment
        ) throws -> JSONValue {
            let admin = glimpse.admin
            func ended() throws -> JSONValue? {
                try admin.v2Tasks(id).last { ["success", "failure"].contains($0["status"]?.string ?? "") }
            }
            _ = try eventually(within: 60) { try ended() != nil }
            return try #require(try ended(), "the task hangs: \(name)")
        }

        /// Bytes stored, reserved and staged, and uploads in flight.
        private func expectUsage(
            _ expected: String, of owner: Client, _ name: Comment
        ) throws {
            func usage() throws -> [String] {
                try glimpse.rows(
                    """
                    SELECT bytes_stored, bytes_reserved, bytes_staged, uploads_in_flight FROM usage
                    WHERE owner = '\(owner.project)'
                    """)
            }
            _ = try eventually { try usage() == [expected] }
            #expect(try usage() == [expected], name)
        }

        @Test("an image that is deleted while its source hangs")
        func deleted() throws {
            let source = try WebSource(Self.data, .pauses(afterBytes: 500_000))
            defer { source.close() }
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            try owner.v2WebDownload(id, source.url).expect(202)
            #expect(eventually { source.isPausing })
            try owner.v2Delete(id).expect(204)
            #expect(eventually { !source.isPausing }, "the source is still asked")
            try glimpse.expectNoData(of: id)
            try expectUsage("0|0|0|0", of: owner, "deleted")
        }
    }
}
