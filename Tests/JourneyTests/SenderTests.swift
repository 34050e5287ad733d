import JSONText
import Testing

extension Journeys {
    /// Senders that do not behave like a fast client on a good line.
    @Suite struct Senders {
        @Test("a sender that drips", arguments: [false, true])
        func drips(chunked: Bool) throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let data = Sample.bytes(300)
                let connection = try client.connect()
                let framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: \(data.count)"
                let head = client.head("POST", "/v1/images", Client.newImage("drip")) + "\(framing)\r\n\r\n"
                for byte in head.utf8 { try connection.send([byte]) }
                for byte in data {
                    if chunked { try connection.send("1;x=y\r\n") }
                    try connection.send([byte])
                    if chunked { try connection.send("\r\n") }
                    nap(seconds: 0.005)
                }
                if chunked { try connection.sendLastChunk() }
                let answer = try connection.receiveAnswer()
                #expect(answer.status == 201, "\(answer.text)")
                try client.expectImage(try #require(answer.image?["id"]?.string), data)
            }
        }

        enum Departure: CaseIterable {
            case close, reset, endOfSending
        }

        @Test("a sender that disappears", arguments: Departure.allCases, [false, true])
        func disappears(departure: Departure, chunked: Bool) throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let id = try client.reserveImage()
                let connection = try client.connect()
                let framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: 9000000"
                try connection.send(
                    client.head("PUT", "/v1/images/\(id)", [("Content-Type", "application/octet-stream")])
                        + "\(framing)\r\n\r\n")
                let half = Sample.bytes(4_500_000)
                if chunked { try connection.sendChunks(half, pieceBytes: 100_000) } else { try connection.send(half) }
                try client.expectStatus("saving", of: id)
                switch departure {
                case .close: connection.close()
                case .reset: connection.reset()
                case .endOfSending: connection.endSending()
                }
                try client.expectStatus("killed", of: id)
                try glimpse.expectBlobs([])
                // What was killed may be deleted, and nothing stands in the way of the next one.
                #expect(try client.send("DELETE", "/v1/images/\(id)").status == 200)
                let next = try client.createImage(half)
                try client.expectImage(next, half)
            }
        }

        @Test func continueIsSentBeforeTheBody() throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let data = Sample.bytes(100_000)
                let connection = try client.connect()
                try connection.send(
                    client.head("POST", "/v1/images", Client.newImage("polite") + [("Expect", "100-continue")])
                        + "Content-Length: \(data.count)\r\n\r\n")
                #expect(try connection.receiveHead().status == 100)
                try connection.send(data)
                let answer = try connection.receiveHead()
                #expect(answer.status == 201)
                #expect(try client.list().count == 1)
            }
        }

        @Test func refusedBeforeTheBody() throws {
            try Glimpse.run([.init("DEFAULT", "image_size_cap", "1000000")]) { glimpse in
                let client = glimpse.client
                let active = try client.createImage([1, 2, 3])
                let type = [("Content-Type", "application/octet-stream")]
                let refusals: [(String, String, String, [(String, String)], Int, Int)] = [
                    ("too large", "POST", "/v1/images", Client.newImage("large"), 1_000_001, 400),
                    ("active", "PUT", "/v1/images/\(active)", type, 3, 409),
                    ("unknown", "PUT", "/v1/images/00000000-0000-0000-0000-000000000000", type, 3, 404),
                    ("bad header", "POST", "/v1/images", type + [("x-image-meta-nonsense", "1")], 3, 400),
                ]
                for (name, method, path, fields, bytes, status) in refusals {
                    let connection = try client.connect()
                    try connection.send(
                        client.head(method, path, fields + [("Expect", "100-continue")])
                            + "Content-Length: \(bytes)\r\n\r\n")
                    #expect(try connection.receiveHead().status == status, "\(name)")
                }
                #expect(try client.list() == [active])
                try glimpse.expectBlobs([active])
            }
        }

        @Test func tooLargeIsFoundOutOnTheWay() throws {
            try Glimpse.run([.init("DEFAULT", "image_size_cap", "1000000")]) { glimpse in
                let client = glimpse.client
                var generator = SeededGenerator(seed: 3)
                let id = Sample.id(&generator)
                let data = Sample.bytes(1_000_001)
                let refused = try client.send(
                    "POST", "/v1/images", Client.newImage("large", id: id), body: .chunks(data, pieceBytes: 65536))
                #expect(refused.status == 413, "\(refused.text)")
                #expect(try client.status(of: id) == "killed")
                let largest = Array(data.dropLast())
                let taken = try client.send(
                    "POST", "/v1/images", Client.newImage("largest"), body: .chunks(largest, pieceBytes: 65536))
                #expect(taken.status == 201, "\(taken.text)")
                let kept = try #require(taken.image?["id"]?.string)
                try client.expectImage(kept, largest)
                try glimpse.expectBlobs([kept])
            }
        }

        @Test func deletingAnImageEndsItsUpload() throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let id = try client.reserveImage()
                let connection = try client.connect()
                try connection.send(
                    client.head("PUT", "/v1/images/\(id)", [("Content-Type", "application/octet-stream")])
                        + "Content-Length: 40000000\r\n\r\n")
                try connection.send(Sample.bytes(2_000_000))
                try client.expectStatus("saving", of: id)
                #expect(try client.send("DELETE", "/v1/images/\(id)").status == 200)
                // The server may stop to read, or take all and then refuse.
                try? connection.send(Sample.bytes(38_000_000))
                if let answer = try? connection.receiveHead() { #expect(answer.status >= 400) }
                #expect(try client.status(of: id) == "404")
                try glimpse.expectBlobs([])
            }
        }
    }
}
