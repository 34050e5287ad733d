import Glibc
import HTTPServer
import HTTPTypes
import HTTPWire
import Testing

@Suite struct UploadTests {
    @Test(arguments: [1, 2, 3])
    func chunkedBodiesInPiecesOfAnySize(_ seed: UInt64) async throws {
        try await withServer { port in
            var dice = SystemRandomNumberGenerator()
            let body = pattern(3_000_000)
            var wire: [UInt8] = []
            var at = 0
            while at < body.count {
                let size = min(body.count - at, Int.random(in: 1...(seed == 1 ? 300 : 60_000), using: &dice))
                wire += Array("\(String(size, radix: 16))\r\n".utf8) + body[at..<(at + size)] + [0x0D, 0x0A]
                at += size
            }
            wire += Array("0\r\nChecksum: x\r\n\r\n".utf8)
            let client = try RawClient(port: port)
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            var sent = 0
            while sent < wire.count {
                let piece = min(wire.count - sent, Int.random(in: 1...100_000, using: &dice))
                try client.send(wire[sent..<(sent + piece)])
                sent += piece
            }
            let answer = try client.answer()
            #expect(answer.status == 200)
            expectPattern(answer.body, body.count)
            #expect(try client.get("/next").text == "GET /next")
        }
    }

    @Test func lengths() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            for count in [0, 1, 999, 1000, 1001, 16_384, 100_000, 2_000_000] {
                try client.send("POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n")
                try client.send(pattern(count)[...])
                #expect(try client.answer().text == "\(count)")
            }
        }
    }

    /// Bytes go back while others still come in.
    @Test func aBodyThatIsStreamedBack() async throws {
        try await withServer(handler: { request in
            Response(
                status: .ok,
                body: .stream(length: nil) { writer in
                    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 10_000, alignment: 1)
                    defer { buffer.deallocate() }
                    while true {
                        let count = try await request.body.read(into: buffer)
                        if count == 0 { return }
                        try await writer.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                    }
                })
        }) { port in
            let client = try RawClient(port: port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n")
            try client.send(pattern(50_000)[...])
            expectPattern(try client.answer().body, 50_000)
        }
    }

    // MARK: Expect: 100-continue

    @Test func theServerSaysContinueWhenItReads() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            for framing in ["Content-Length: 5", "Transfer-Encoding: chunked"] {
                try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\(framing)\r\n\r\n")
                let interim = try client.head()
                #expect(interim.statusLine == "HTTP/1.1 100 Continue")
                #expect(interim.fields.isEmpty)
                try client.send(framing.hasPrefix("C") ? "hello" : "5\r\nhello\r\n0\r\n\r\n")
                #expect(try client.answer().text == "hello")
            }
        }
    }

    @Test func theServerAnswersInsteadOfContinue() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            try client.send("POST /refuse HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            let answer = try client.answer()
            #expect(answer.status == 403)
            // Whether the client now sends its body or not can't be known: the connection ends.
            #expect(answer["connection"] == "close")
            #expect(try client.isAtEnd())
        }
    }

    @Test func aBodyThatIsNotAwaitedIsNoRequest() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
            try client.send(
                "POST /refuse HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: \(smuggled.utf8.count)\r\n\r\n"
                    + smuggled)
            #expect(try client.answer().status == 403)
            #expect(try client.isAtEnd())
        }
    }

    @Test func noBodyNoContinue() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n")
            #expect(try client.answer().statusLine == "HTTP/1.1 200 OK")
            try client.send("POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi")
            let answer = try client.answer()
            #expect(answer.statusLine == "HTTP/1.1 200 OK")
            #expect(answer.text == "hi")
        }
    }

    // MARK: Bodies that nobody reads

    @Test func aSmallUnreadBodyIsReadOver() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            for _ in 0..<2 {
                let body = String(repeating: "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", count: 500)
                try client.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
                #expect(try client.answer().status == 403)
                #expect(try client.get("/after").text == "GET /after")
            }
        }
    }

    /// Nobody knows how many chunks will come: a client that was told of a kept connection would send its next request
    /// into one that ends.
    @Test func unreadChunksEndTheConnectionAndTheAnswerSaysSo() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            try client.send(
                "POST /refuse HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")
            let answer = try client.answer()
            #expect(answer.status == 403)
            #expect(answer["connection"] == "close")
            #expect(try client.isAtEnd())
        }
    }

    /// Closing at once would reset the connection, and the answer would be lost.
    @Test(arguments: ["Content-Length: 20000000", "Transfer-Encoding: chunked"])
    func aLongUnreadBodyClosesButTheAnswerArrives(_ framing: String) async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            try client.send("POST /refuse HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
            if framing.hasPrefix("T") { try client.send("1312d00\r\n") }
            // The client does not listen before it has sent all of it.
            let piece = pattern(1_000_000)
            for _ in 0..<20 { try client.send(piece[...]) }
            let answer = try client.answer()
            #expect(answer.status == 403)
            #expect(answer.text == "no")
            #expect(try client.isAtEnd())
        }
    }

    @Test func aBodyThatIsTooLarge() async throws {
        let handler: RequestHandler = { request in
            do {
                return Response(status: .ok, body: .bytes(try await request.body.collect(bytesMax: 1000)))
            } catch {
                return Response(status: .contentTooLarge, body: .bytes(Array("\(error)".utf8)))
            }
        }
        try await withServer(handler: handler) { port in
            let client = try RawClient(port: port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
            try client.send(pattern(1000)[...])
            #expect(try client.answer().status == 200)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n")
            try client.send(pattern(1001)[...])
            #expect(try client.answer().text == "tooLarge(max: 1000)")
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n")
            try client.send(pattern(1001)[...])
            try client.send("\r\n0\r\n\r\n")
            #expect(try client.answer().text == "tooLarge(max: 1000)")
            #expect(try client.isAtEnd())
        }
    }

    // MARK: Bodies that break

    /// What broken chunks would mean if one read on is a smuggler's business: the connection ends with the answer.
    @Test(arguments: [
        "\r\n", "zz\r\n", "5\r\nhelloX", "5\nhello\r\n0\r\n\r\n", "10000000000000000\r\n", "0\r\n\u{1}",
        "1\r\na\r\n5;\u{1}\r\n0\r\n\r\n", "1\r\na\r\n0\r\n\u{1}", "1\r\na\r\n5 x\r\n0\r\n\r\n",
    ])
    func brokenChunksEndTheConnection(_ body: String) async throws {
        for path in ["/echo", "/refuse"] {
            try await withServer { port in
                let client = try RawClient(port: port)
                try client.send(
                    "POST \(path) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
                        + "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = try client.answer()
                #expect(answer.status == (path == "/echo" ? 400 : 403))
                if path == "/echo" {
                    #expect(answer.text.hasPrefix("malformed"))
                    #expect(answer["connection"] == "close")
                }
                #expect(try client.isAtEnd())
            }
        }
    }

    /// Whoever reads on after an error gets the same error, and no bytes.
    @Test func anErrorOfABodyIsItsEnd() async throws {
        let notes = Notes()
        try await withServer(handler: { request in
            for _ in 0..<3 {
                do {
                    notes.add(String(decoding: try await request.body.collect(bytesMax: 1000), as: UTF8.self))
                } catch {
                    notes.add("\(error)")
                }
            }
            return Response(status: .badRequest)
        }) { port in
            let client = try RawClient(port: port)
            try client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\rX\r\n\r\n")
            #expect(try client.answer().status == 400)
            #expect(try client.isAtEnd())
        }
        #expect(notes.all == Array(repeating: "malformed(\"Malformed chunk\")", count: 3))
    }

    @Test(arguments: ["Content-Length: 10", "Transfer-Encoding: chunked"])
    func aStalledBody(_ framing: String) async throws {
        var options = HTTPServerOptions()
        options.stallSeconds = 0.05
        try await withServer(options) { port in
            let client = try RawClient(port: port)
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
            try client.send(framing.hasPrefix("T") ? "a\r\nhel" : "hel")
            let answer = try client.answer()
            #expect(answer.text == "stalled")
            #expect(answer["connection"] == "close")
            #expect(try client.isAtEnd())
        }
    }

    /// Progress renews the time: a slow body is not a stalled one.
    @Test func aSlowBodyIsFine() async throws {
        var options = HTTPServerOptions()
        options.stallSeconds = 1
        try await withServer(options) { port in
            let client = try RawClient(port: port)
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\n")
            for _ in 0..<30 {
                #expect(!client.hears(within: 40))
                try client.send("x")
            }
            #expect(try client.answer().text == String(repeating: "x", count: 30))
        }
    }

    @Test(arguments: ["Content-Length: 10", "Transfer-Encoding: chunked"], [true, false])
    func aClientThatIsGone(_ framing: String, _ resets: Bool) async throws {
        let notes = Notes()
        let seen = try await withServer(handler: { request in
            notes.add("begun")
            let response = await TestHandler.echo(request)
            if case .bytes(let bytes) = response.body { notes.add(String(decoding: bytes, as: UTF8.self)) }
            return response
        }) { port in
            let client = try RawClient(port: port)
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\na\r\nhel")
            _ = notes.wait(for: 1)
            if resets { client.reset() } else { client.close() }
            return notes.wait(for: 2)
        }
        #expect(seen == ["begun", "disconnected"])
    }
}
