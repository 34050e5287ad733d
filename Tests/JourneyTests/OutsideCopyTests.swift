import JSONText
import Testing

extension Journeys {
    /// copy-image of images whose data lie outside alone.
    @Suite struct OutsideCopies {
        private static let options = Glimpse.Option.severalStores + Glimpse.Option.copiesFromLoopback

        private static func copy(_ id: String, _ rest: String, _ glimpse: Glimpse) throws {
            try glimpse.admin.v2Import(id, #"{"method": {"name": "copy-image"}, \#(rest)}"#).expect(202)
        }

        /// Waits until the image's last task has that status, and returns it.
        private static func expectTask(_ status: String, of id: String, _ client: Client) throws -> JSONValue? {
            _ = try eventually { try client.v2Tasks(id).last?["status"]?.string == status }
            let last = try client.v2Tasks(id).last
            #expect(last?["status"]?.string == status, "\(String(describing: last))")
            return last
        }

        /// Expects that neither a byte nor a reservation is left of a copy.
        private static func expectNothing(of id: String, _ glimpse: Glimpse) throws {
            try glimpse.expectNoData(of: id)
            #expect(try eventually { try glimpse.cheapBlobs() == [] })
            #expect(
                try glimpse.rows("SELECT SUM(bytes_stored), SUM(bytes_reserved), SUM(uploads_in_flight) FROM usage")
                    == ["0|0|0"])
        }

        @Test(
            "into one store, and into two of which all must succeed or not",
            arguments: [
                #""stores": ["cheap"]"#, #""stores": ["cheap", "fast"]"#,
                #""stores": ["cheap", "fast"], "all_stores_must_succeed": false"#,
            ])
        func copies(rest: String) throws {
            let data = Sample.bytes(3_000_000)
            let source = try WebSource(data)
            defer { source.close() }
            try Glimpse.run(Self.options) { glimpse in
                let id = try glimpse.client.reserveImage([("x-image-meta-location", source.url)])
                #expect(try glimpse.client.v2Stores(of: id) == "web")
                try Self.copy(id, rest, glimpse)
                let task = try Self.expectTask("success", of: id, glimpse.client)
                let stores = rest.contains("fast") ? "web,cheap,fast" : "web,cheap"
                let image = try glimpse.client.v2Image(id)
                #expect(image["stores"]?.string == stores && image["status"]?.string == "active", "\(image)")
                #expect(image["os_glance_failed_import"]?.string == "" && image["os_glance_import_task"] == nil)
                #expect(source.requests.filter { $0.hasPrefix("GET") } == ["GET"], "it is fetched once")
                #expect(try contents(of: "\(glimpse.folder.path)/cheap/\(id)") == data)
                #expect(try glimpse.blobs() == (rest.contains("fast") ? [id] : []))
                let count = rest.contains("fast") ? 2 : 1
                #expect(try glimpse.rows("SELECT SUM(bytes_stored) FROM usage") == ["\(count * data.count)"])
                #expect(task?["result"]?["bytes"]?.int == Int64(count * data.count), "\(String(describing: task))")
                source.behave(.status(404))
                try glimpse.client.expectImage(id, data)
            }
        }

        @Test func whatTheSourceDoesNotTellIsFoundOut() throws {
            let data = Sample.bytes(300_000)
            let source = try WebSource(data, .withoutLength)
            defer { source.close() }
            try Glimpse.run(Self.options) { glimpse in
                let id = try glimpse.client.reserveImage([("x-image-meta-location", source.url)])
                try glimpse.changeRows("UPDATE images SET size = 0 WHERE id = '\(id)'")
                try Self.copy(id, #""stores": ["fast", "cheap"]"#, glimpse)
                _ = try Self.expectTask("success", of: id, glimpse.client)
                #expect(try glimpse.client.v2Image(id)["size"]?.int == Int64(data.count))
                source.behave(.status(404))
                try glimpse.client.expectImage(id, data)
            }
        }

        /// The length is what the place outside has said when the image was made.
        @Test func moreThanAnImageMayHaveIsNotAskedFor() throws {
            let source = try WebSource([1, 2, 3])
            defer { source.close() }
            try Glimpse.run(Self.options) { glimpse in
                let id = try glimpse.client.reserveImage([("x-image-meta-location", source.url)])
                try glimpse.changeRows("UPDATE images SET size = \(Int64.max) WHERE id = '\(id)'")
                let asked = source.requests.count
                try Self.copy(id, #""stores": ["fast", "cheap"]"#, glimpse)
                let task = try Self.expectTask("failure", of: id, glimpse.client)
                let message = task?["message"]?.string ?? ""
                #expect(message.contains("larger than image_size_cap"), "\(message)")
                #expect(source.requests.count == asked)
                try Self.expectNothing(of: id, glimpse)
            }
        }

        @Test func dataThatAreSomethingElseAreRefused() throws {
            let data = Sample.bytes(100_000)
            let source = try WebSource(data)
            defer { source.close() }
            let zeros = String(repeating: "0", count: 128)
            try Glimpse.run(Self.options) { glimpse in
                let client = glimpse.client
                for (columns, reason) in [
                    ("checksum = '\(zeros.prefix(32))'", "the checksum should be \(zeros.prefix(32))"),
                    ("os_hash_algo = 'sha512', os_hash_value = '\(zeros)'", "the checksum should be \(zeros)"),
                    ("os_hash_algo = 'sha256', os_hash_value = '\(zeros.prefix(64))'", "the checksum should be"),
                    ("size = 99999", "99999 bytes were announced, 100000 came"),
                ] {
                    let id = try client.reserveImage([("x-image-meta-location", source.url)])
                    try glimpse.changeRows("UPDATE images SET \(columns) WHERE id = '\(id)'")
                    for rest in [
                        #""stores": ["cheap", "fast"]"#, #""stores": ["cheap"], "all_stores_must_succeed": false"#,
                    ] {
                        try Self.copy(id, rest, glimpse)
                        let task = try Self.expectTask("failure", of: id, client)
                        #expect(task?["message"]?.string?.contains(reason) == true, "\(String(describing: task))")
                        #expect(try client.v2Status(of: id) == "active" && client.v2Stores(of: id) == "web")
                        try Self.expectNothing(of: id, glimpse)
                    }
                }
            }
        }

        @Test func aStoreThatFailsLeavesTheDataToTheNext() throws {
            let data = Sample.bytes(100_000)
            let source = try WebSource(data)
            defer { source.close() }
            try Glimpse.run(Self.options) { glimpse in
                let id = try glimpse.client.reserveImage([("x-image-meta-location", source.url)])
                _ = try glimpse.folder.write([0], to: "cheap/\(id)")
                try Self.copy(id, #""stores": ["cheap", "fast"], "all_stores_must_succeed": false"#, glimpse)
                _ = try Self.expectTask("success", of: id, glimpse.client)
                let image = try glimpse.client.v2Image(id)
                #expect(image["stores"]?.string == "web,fast" && image["os_glance_failed_import"]?.string == "cheap")
                #expect(try contents(of: "\(glimpse.imagesPath)/\(id)") == data)
            }
        }

        /// The rules for places to fetch from are those of the day of the copy.
        @Test func whereNothingMayBeFetchedFromNothingIsCopied() throws {
            let source = try WebSource([1, 2, 3])
            defer { source.close() }
            try Glimpse.run(Self.options) { glimpse in
                let id = try glimpse.client.reserveImage([("x-image-meta-location", source.url)])
                let requests = source.requests
                try glimpse.api.stop()
                try glimpse.api.start(environment: ["OS_IMPORT_FILTERING_OPTS__ALLOWED_NETWORKS": "public"])
                try Self.copy(id, #""stores": ["cheap"]"#, glimpse)
                let task = try Self.expectTask("failure", of: id, glimpse.client)
                #expect(task?["message"]?.string?.contains("allowed_networks") == true, "\(String(describing: task))")
                #expect(source.requests == requests, "it was asked")
                try Self.expectNothing(of: id, glimpse)
            }
        }

        @Test func afterAKillItGoesOnWhereItStood() throws {
            let data = Sample.bytes(4_000_000)
            let source = try WebSource(data, .pauses(afterBytes: 2_000_000))
            defer { source.close() }
            try Glimpse.run(Self.options) { glimpse in
                let id = try glimpse.client.reserveImage([("x-image-meta-location", source.url)])
                try Self.copy(id, #""stores": ["cheap", "fast"]"#, glimpse)
                #expect(eventually { source.isPausing })
                #expect(try eventually { try glimpse.rows("SELECT source_tag FROM tasks") == ["\"one\""] })
                #expect(try eventually { try glimpse.stagedBytes(in: "cheap") > 1_000_000 })
                try glimpse.api.kill()
                source.goOn()
                try glimpse.api.start()
                _ = try Self.expectTask("success", of: id, glimpse.client)
                #expect(try glimpse.client.v2Stores(of: id) == "web,cheap,fast")
                #expect(source.requests.last?.hasPrefix("GET bytes=") == true, "\(source.requests)")
                #expect(try contents(of: "\(glimpse.imagesPath)/\(id)") == data)
            }
        }

        @Test func deletedMeanwhile() throws {
            let source = try WebSource(Sample.bytes(400_000), .pauses(afterBytes: 200_000))
            defer { source.close() }
            try Glimpse.run(Self.options) { glimpse in
                let id = try glimpse.client.reserveImage([("x-image-meta-location", source.url)])
                try Self.copy(id, #""stores": ["fast"]"#, glimpse)
                #expect(eventually { source.isPausing })
                try glimpse.client.v2Delete(id).expect(204)
                try Self.expectNothing(of: id, glimpse)
            }
        }
    }
}
