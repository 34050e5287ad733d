import Glibc
import Testing

extension Journeys {
    /// SIGTERM: nothing new, and what is under way ends well.
    @Suite struct Stops {
        @Test("SIGTERM and SIGINT end an idle daemon in order", arguments: [SIGTERM, SIGINT])
        func idle(signal: CInt) throws {
            try Glimpse.run { glimpse in
                let idle = try glimpse.client.connect()
                _ = try glimpse.client.send("GET", "/v1/images", over: idle)
                try glimpse.api.stop(signal)
                try glimpse.registry.stop(signal)
                #expect(idle.isEndedByPeer())
            }
        }

        @Test func anUploadMayFinish() throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let data = Sample.bytes(8_000_000)
                let id = try client.reserveImage()
                let connection = try client.connect()
                try connection.send(
                    client.head("PUT", "/v1/images/\(id)", [("Content-Type", "application/octet-stream")])
                        + "Content-Length: \(data.count)\r\n\r\n")
                try connection.send(Array(data[..<4_000_000]))
                try client.expectStatus("saving", of: id)
                let process = try #require(glimpse.api.process)
                process.signal(SIGTERM)
                #expect(eventually { (try? client.connect()) == nil }, "new connections are still taken")
                try connection.send(Array(data[4_000_000...]))
                let answer = try connection.receiveAnswer()
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer["connection"]?.lowercased() == "close")
                #expect(try process.wait(seconds: 20) == .exit(0))
                try glimpse.api.stop()
                try glimpse.api.start()
                try glimpse.client.expectImage(id, data)
                try glimpse.expectBlobs([id])
            }
        }

        @Test func anUploadThatTakesTooLongIsCutOff() throws {
            try Glimpse.run([.init("DEFAULT", "shutdown_timeout", "1")]) { glimpse in
                let client = glimpse.client
                let id = try client.reserveImage()
                let connection = try client.connect()
                try connection.send(
                    client.head("PUT", "/v1/images/\(id)", [("Content-Type", "application/octet-stream")])
                        + "Content-Length: 8000000\r\n\r\n")
                try connection.send(Sample.bytes(4_000_000))
                try client.expectStatus("saving", of: id)
                try glimpse.api.stop()
                // An error or nothing, but no word of success.
                let status = (try? connection.receiveHead())?.status ?? 0
                #expect(status == 0 || status >= 400)
                try glimpse.api.start()
                #expect(try glimpse.client.status(of: id) == "killed")
                try glimpse.expectBlobs([])
            }
        }

        /// What the process tears down at its end must not be missed by work that goes on until then.
        @Test func copiesThatBeginMeanwhile() throws {
            let source = try WebSource([1, 2, 3])
            defer { source.close() }
            try Glimpse.run(Glimpse.Option.copiesFromLoopback) { glimpse in
                for _ in 0..<8 {
                    let client = glimpse.client
                    for _ in 0..<24 {
                        let fields = Client.newImage("a copy") + [("x-glance-api-copy-from", source.url)]
                        try client.send("POST", "/v1/images", fields).expect(201)
                    }
                    // Expects an orderly end; those that are left go on after the next start.
                    try glimpse.api.stop()
                    try glimpse.api.start()
                }
            }
        }
    }
}
