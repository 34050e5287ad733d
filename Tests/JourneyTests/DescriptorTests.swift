import JSONText
import Testing

extension Journeys {
    /// Nothing that a request opens stays open.
    @Suite struct Descriptors {
        /// Requests of all kinds, good, bad and broken off.
        private func mix(_ glimpse: Glimpse, _ source: WebSource, _ seed: UInt64) throws {
            let client = glimpse.client
            let data = Sample.bytes(200_000, seed: seed)
            let id = try client.createImage(data)
            try client.expectImage(id, data)
            _ = try client.list()
            _ = try client.send("GET", "/v1/images/detail")
            _ = try client.send("PUT", "/v1/images/\(id)", [("x-image-meta-name", "other")])
            _ = try glimpse.stranger.status(of: id)
            _ = try client.send("GET", "/v1/nonsense")
            _ = try client.send("POST", "/v1/images", [("x-image-meta-nonsense", "1")], body: .bytes(data))
            _ = try client.send(
                "POST", "/v1/images", Client.newImage("x") + [("x-image-meta-size", "1")], body: .bytes(data))
            let bad = try client.connect()
            try bad.send("NONSENSE\r\n\r\n")
            _ = try bad.receiveAnswer()

            let gone = try client.connect()
            try gone.send(
                client.head("POST", "/v1/images", Client.newImage("gone")) + "Content-Length: 9000000\r\n\r\n")
            try gone.send(data)
            gone.reset()
            let leaver = try client.connect(windowBytes: 4096)
            try leaver.send(client.head("GET", "/v1/images/\(id)") + "\r\n")
            _ = try leaver.receiveHead()
            leaver.reset()
            let copy = try client.send(
                "POST", "/v1/images", Client.newImage("copy") + [("x-glance-api-copy-from", source.url)])
            let copied = try #require(copy.image?["id"]?.string, "\(copy.text)")
            try client.expectStatus("active", of: copied)
            for id in try client.list() { _ = try client.send("DELETE", "/v1/images/\(id)") }
        }

        @Test func noneLeaks() throws {
            let source = try WebSource(Sample.bytes(50_000))
            defer { source.close() }
            try Glimpse.run(Glimpse.Option.copiesFromLoopback) { glimpse in
                // Connections to the registry are kept: after the first rounds there are as many as there will be.
                for round in 0..<3 as Range<UInt64> { try mix(glimpse, source, round) }
                try glimpse.expectBlobs([])
                let daemons = [glimpse.api, glimpse.registry]
                let before = daemons.map { $0.openDescriptors().count }
                for round in 3..<23 as Range<UInt64> { try mix(glimpse, source, round) }
                try glimpse.expectBlobs([])
                for (daemon, count) in zip(daemons, before) {
                    // One more connection between the daemons, where two requests met, is no leak.
                    let isSettled = eventually { daemon.openDescriptors().count <= count + 2 }
                    #expect(isSettled, "\(daemon.name): \(count) before, \(daemon.openDescriptors().sorted())")
                }
            }
        }
    }
}
