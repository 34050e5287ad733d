import JSONText
import Testing

extension Journeys {
    /// SIGKILL of either daemon: what a client was told stays true, and nothing is stuck.
    @Suite struct Crashes {
        /// An upload whose first half has been sent.
        private struct HalfUpload {
            let id: String
            let connection: Connection
            let rest: [UInt8]

            init(_ client: Client, _ data: [UInt8]) throws {
                id = try client.reserveImage()
                connection = try client.connect()
                try connection.send(
                    client.head("PUT", "/v1/images/\(id)", [("Content-Type", "application/octet-stream")])
                        + "Content-Length: \(data.count)\r\n\r\n")
                try connection.send(Array(data[..<(data.count / 2)]))
                rest = Array(data[(data.count / 2)...])
                try client.expectStatus("saving", of: id)
            }
        }

        @Test func glanceAPIDuringAnUpload() throws {
            try Glimpse.run { glimpse in
                let data = Sample.bytes(8_000_000)
                let upload = try HalfUpload(glimpse.client, data)
                #expect(eventually { (try? glimpse.stagedFiles().count) == 1 })
                try glimpse.api.kill()
                try glimpse.api.start()
                #expect(try glimpse.client.status(of: upload.id) == "killed")
                try glimpse.expectBlobs([])
                let next = try glimpse.client.createImage(data)
                try glimpse.client.expectImage(next, data)
                try glimpse.expectBlobs([next])
            }
        }

        @Test func registryDuringAnUploadAndBackBeforeItsEnd() throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let data = Sample.bytes(8_000_000)
                let upload = try HalfUpload(client, data)
                try glimpse.registry.kill()
                try glimpse.registry.start()
                try upload.connection.send(upload.rest)
                let answer = try upload.connection.receiveAnswer()
                #expect(answer.status == 200, "\(answer.text)")
                try client.expectImage(upload.id, data)
                try glimpse.expectBlobs([upload.id])
            }
        }

        @Test func registryDuringAnUploadAndAwayAtItsEnd() throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let data = Sample.bytes(8_000_000)
                let upload = try HalfUpload(client, data)
                try glimpse.registry.kill()
                try upload.connection.send(upload.rest)
                let answer = try upload.connection.receiveAnswer()
                #expect(answer.status == 503, "\(answer.text)")
                try glimpse.registry.start()
                try client.expectStatus("killed", of: upload.id)
                try glimpse.expectBlobs([])
                let next = try client.createImage(data)
                try client.expectImage(next, data)
                try glimpse.expectBlobs([next])
            }
        }

        @Test func registryAwayWhenASenderDisappears() throws {
            try Glimpse.run { glimpse in
                let upload = try HalfUpload(glimpse.client, Sample.bytes(8_000_000))
                try glimpse.registry.kill()
                upload.connection.reset()
                // The store forgets the bytes even while nobody can be told.
                #expect(eventually { (try? glimpse.stagedFiles()) == [] })
                try glimpse.registry.start()
                try glimpse.client.expectStatus("killed", of: upload.id)
                try glimpse.expectBlobs([])
            }
        }

        @Test func bothDuringAnUpload() throws {
            try Glimpse.run { glimpse in
                let upload = try HalfUpload(glimpse.client, Sample.bytes(8_000_000))
                try glimpse.api.kill()
                try glimpse.registry.kill()
                try glimpse.registry.start()
                try glimpse.api.start()
                #expect(try glimpse.client.status(of: upload.id) == "killed")
                try glimpse.expectBlobs([])
            }
        }

        @Test func bothRightAfterTheAnswer() throws {
            try Glimpse.run { glimpse in
                let data = Sample.bytes(4_000_000)
                let connection = try glimpse.client.connect()
                let answer = try glimpse.client.send(
                    "POST", "/v1/images", Client.newImage("kept"), body: .bytes(data), over: connection)
                try glimpse.api.kill()
                try glimpse.registry.kill()
                #expect(answer.status == 201)
                let id = try #require(answer.image?["id"]?.string)
                try glimpse.registry.start()
                try glimpse.api.start()
                try glimpse.client.expectImage(id, data)
                try glimpse.expectBlobs([id])
            }
        }

        @Test func bothRightAfterADelete() throws {
            try Glimpse.run { glimpse in
                let id = try glimpse.client.createImage(Sample.bytes(4_000_000))
                let deleted = try glimpse.client.send("DELETE", "/v1/images/\(id)")
                try glimpse.api.kill()
                try glimpse.registry.kill()
                #expect(deleted.status == 200)
                try glimpse.registry.start()
                try glimpse.api.start()
                #expect(try glimpse.client.status(of: id) == "404")
                try glimpse.expectBlobs([])
            }
        }

        @Test func filesWithoutAnImageAreRemovedAtTheStart() throws {
            try Glimpse.run { glimpse in
                let kept = try glimpse.client.createImage([1, 2, 3])
                try glimpse.api.kill()
                let orphan = "00000000-0000-0000-0000-00000000beef"
                _ = try glimpse.folder.write([1], to: "images/\(orphan)")
                _ = try glimpse.folder.write([1], to: "images/.staging/\(orphan)")
                try glimpse.api.start()
                try glimpse.expectBlobs([kept])
                try glimpse.client.expectImage(kept, [1, 2, 3])
            }
        }
    }
}
