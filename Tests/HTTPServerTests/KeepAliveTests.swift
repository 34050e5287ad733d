import Glibc
import HTTPServer
import Testing

@Suite struct KeepAliveTests {
    @Test func aConnectionServesManyRequests() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            for number in 0..<20 {
                let answer = try client.get("/\(number)")
                #expect(answer.statusLine == "HTTP/1.1 200 OK")
                #expect(answer.text == "GET /\(number)")
                #expect(answer["connection"] == nil)
                #expect(answer["date"]?.hasSuffix(" GMT") == true)
            }
        }
    }

    @Test(arguments: [
        ("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close"),
        ("GET /x HTTP/1.0\r\n\r\n", "close"),
        ("GET /close HTTP/1.1\r\nHost: a\r\n\r\n", "close"),
    ])
    func closesWhenItIsTime(_ request: String, _ connection: String) async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            try client.send(request)
            let answer = try client.answer()
            #expect(answer.status == 200)
            #expect(answer["connection"] == connection)
            #expect(try client.isAtEnd())
        }
    }

    @Test func keepsHTTP10WhenAsked() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            for _ in 0..<3 {
                try client.send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                let answer = try client.answer()
                #expect(answer["connection"] == "keep-alive")
                #expect(answer.text == "GET /x")
            }
        }
    }

    @Test func fiftyPipelinedRequestsAreAnsweredInOrder() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            var requests = ""
            for number in 0..<50 {
                switch number % 3 {
                case 0: requests += "GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n"
                case 1:
                    let body = "body \(number)"
                    requests += "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                default:
                    requests +=
                        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "4\r\nbody\r\n3;x=y\r\n \(10 + number)\r\n0\r\nT: v\r\n\r\n"
                }
            }
            try client.send(requests)
            for number in 0..<50 {
                let answer = try client.answer()
                #expect(answer.status == 200)
                #expect(
                    answer.text
                        == (number % 3 == 0
                            ? "GET /\(number)" : number % 3 == 1 ? "body \(number)" : "body \(10 + number)"))
            }
            #expect(!client.hears(within: 20))
        }
    }

    /// A request cut into single bytes, and the next one glued to it.
    @Test func requestsThatDrip() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            let bytes = Array(
                "\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /next HTTP/1.1\r\nHost: a\r\n\r\n"
                    .utf8)
            for byte in bytes { try client.send([byte]) }
            #expect(try client.answer().text == "hello")
            #expect(try client.answer().text == "GET /next")
        }
    }

    /// The client's side may be closed already, and still it waits for its answer.
    @Test func aHalfClosedClientGetsItsAnswer() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
            client.finishSending()
            #expect(try client.answer().text == "hello")
            #expect(try client.isAtEnd())
        }
    }

    @Test func idleConnectionsEnd() async throws {
        var options = HTTPServerOptions()
        options.idleSeconds = 0.05
        try await withServer(options) { port in
            let fresh = try RawClient(port: port)
            #expect(try fresh.isAtEnd())
            let used = try RawClient(port: port)
            #expect(try used.get("/x").status == 200)
            #expect(try used.isAtEnd())
        }
    }

    /// Two times, two bounds: a connection may be idle for longer than a head may take.
    @Test func anIdleConnectionOutlivesTheHeadsTime() async throws {
        var options = HTTPServerOptions()
        options.headSeconds = 0.05
        try await withServer(options) { port in
            let fresh = try RawClient(port: port)
            #expect(!fresh.hears(within: 300))
            #expect(try fresh.get("/x").status == 200)
            #expect(!fresh.hears(within: 300))
            #expect(try fresh.get("/y").status == 200)
        }
    }
}
