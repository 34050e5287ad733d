import HTTPServer
import Testing

/// What is no request is answered, and the connection ends: nobody knows where the next one would begin.
@Suite struct RefusalTests {
    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\nHost: a\n\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", 400),
        ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400),
        ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505), ("PUT / HTTP/1.1\r\nHost: a\r\nExpect: cake\r\n\r\n", 417),
        ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("\u{16}\u{3}\u{1}\u{2}\n", 400),
    ])
    func badHeads(_ request: String, _ status: Int) async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            // A good request in front, and a smuggled one behind.
            try client.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n\(request)GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().text == "GET /first")
            let answer = try client.answer()
            #expect(answer.status == status)
            #expect(answer["connection"] == "close")
            #expect(answer.text.hasPrefix("\(status) "))
            #expect(try client.isAtEnd())
        }
    }

    @Test func longLines() async throws {
        try await withServer { port in
            let filling = String(repeating: "a", count: 70_000)
            let lineClient = try RawClient(port: port)
            try lineClient.send("GET /\(filling) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try lineClient.answer().status == 414)
            #expect(try lineClient.isAtEnd())
            let fieldClient = try RawClient(port: port)
            try fieldClient.send("GET / HTTP/1.1\r\nX: \(filling)\r\n\r\n")
            #expect(try fieldClient.answer().status == 400)
            #expect(try fieldClient.isAtEnd())
            let manyClient = try RawClient(port: port)
            try manyClient.send("GET / HTTP/1.1\r\n\(String(repeating: "X: y\r\n", count: 2000))\r\n")
            #expect(try manyClient.answer().status == 431)
            #expect(try manyClient.isAtEnd())
        }
    }

    @Test func halfAHead() async throws {
        var options = HTTPServerOptions()
        options.headSeconds = 0.05
        try await withServer(options) { port in
            let client = try RawClient(port: port)
            try client.send("GET /slow HTTP/1.1\r\nHost:")
            let answer = try client.answer()
            #expect(answer.status == 408)
            #expect(answer["connection"] == "close")
            #expect(try client.isAtEnd())
        }
    }

    /// The time of a head is counted from its first byte: drops do not renew it.
    @Test func aHeadThatDrips() async throws {
        var options = HTTPServerOptions()
        options.headSeconds = 0.1
        try await withServer(options) { port in
            let client = try RawClient(port: port)
            try client.send("GET /slow HTTP/1.1\r\nX: ")
            var drops = 0
            while !client.hears(within: 10), drops < 1000 {
                try client.send("a")
                drops += 1
            }
            #expect(try client.answer().status == 408)
        }
    }

    /// Nobody asked anything, so nobody is told anything.
    @Test func anEmptyLineAloneIsNotAnswered() async throws {
        var options = HTTPServerOptions()
        options.headSeconds = 0.05
        options.idleSeconds = 0.05
        try await withServer(options) { port in
            let client = try RawClient(port: port)
            try client.send("\r\n")
            #expect(try client.isAtEnd())
        }
    }
}
