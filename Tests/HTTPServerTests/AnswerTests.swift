import Glibc
import HTTPServer
import HTTPTypes
import Posix
import Testing

@Suite struct AnswerTests {
    @Test func headHasTheFieldsAndNoBody() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            try client.send("HEAD /abc HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try client.head()
            #expect(answer.status == 200)
            #expect(answer["content-length"] == "9")
            #expect(try client.answer().text == "GET /next")
        }
    }

    @Test func emptyAnswers() async throws {
        try await withServer { port in
            let client = try RawClient(port: port)
            let empty = try client.get("/empty")
            #expect(empty.status == 204)
            #expect(empty["content-length"] == nil)
            #expect(empty["transfer-encoding"] == nil)
            let same = try client.get("/same")
            #expect(same.status == 304)
            #expect(same["etag"] == "\"a\"")
            // RFC 9110 §8.6: it would be the length of the 200, which is not 0.
            #expect(same["content-length"] == nil)
            #expect(try client.get("/none")["content-length"] == "0")
            #expect(try client.get("/next").text == "GET /next")
        }
    }

    /// Stored text can't begin a line of its own in the head.
    @Test func fieldsCanNotBeInjected() async throws {
        try await withServer { port in
            let answer = try RawClient(port: port).get("/fields")
            #expect(answer["x-größe"] == "ü  X-Injected: 1")
            #expect(answer["x-b"] == "b  c")
            #expect(answer["x-injected"] == nil)
        }
    }

    // MARK: Streams

    private static func streaming(_ length: Int64?, pieces: Int, of bytes: Int) -> RequestHandler {
        { _ in
            Response(
                status: .ok,
                body: .stream(length: length) { writer in
                    for number in 0..<pieces {
                        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 1)
                        defer { piece.deallocate() }
                        piece.copyBytes(from: pattern(bytes, from: number * bytes))
                        try await writer.write(UnsafeRawBufferPointer(piece))
                    }
                })
        }
    }

    @Test(arguments: [true, false])
    func longStreams(_ isLengthKnown: Bool) async throws {
        let count = 20 * 500_000
        let handler = Self.streaming(isLengthKnown ? Int64(count) : nil, pieces: 20, of: 500_000)
        try await withServer(handler: handler) { port in
            let client = try RawClient(port: port)
            for _ in 0..<2 {
                let answer = try client.get("/")
                #expect(answer["transfer-encoding"] == (isLengthKnown ? nil : "chunked"))
                #expect(answer["content-length"] == (isLengthKnown ? "\(count)" : nil))
                expectPattern(answer.body, count)
            }
        }
    }

    @Test(arguments: ["", "Connection: keep-alive\r\n"])
    func aStreamForHTTP10EndsWithTheConnection(_ field: String) async throws {
        try await withServer(handler: Self.streaming(nil, pieces: 3, of: 1000)) { port in
            let client = try RawClient(port: port)
            try client.send("GET / HTTP/1.0\r\n\(field)\r\n")
            let answer = try client.answer()
            #expect(answer["transfer-encoding"] == nil)
            #expect(answer["connection"] == "close")
            expectPattern(answer.body, 3000)
        }
    }

    @Test(arguments: [0, nil] as [Int64?])
    func emptyStreams(_ length: Int64?) async throws {
        try await withServer(handler: Self.streaming(length, pieces: 0, of: 0)) { port in
            let client = try RawClient(port: port)
            for _ in 0..<3 { #expect(try client.get("/").body.isEmpty) }
            try client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.head()["transfer-encoding"] == (length == nil ? "chunked" : nil))
            #expect(try client.get("/").status == 200)
        }
    }

    /// A stream that ends early is cut off: the client must see that it is not whole.
    @Test func aStreamThatFallsShort() async throws {
        try await withServer(handler: Self.streaming(5000, pieces: 2, of: 1000)) { port in
            let client = try RawClient(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.head()["content-length"] == "5000")
            expectPattern(try client.takeToEnd(), 2000)
        }
    }

    /// What is too much would be read as the beginning of the next answer.
    @Test func aStreamThatIsTooLong() async throws {
        try await withServer(handler: Self.streaming(1500, pieces: 2, of: 1000)) { port in
            let client = try RawClient(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try client.head()
            #expect(try client.takeToEnd().count <= 1500)
        }
    }

    @Test func aStreamThatFails() async throws {
        struct Failure: Error {}
        try await withServer(handler: { _ in
            Response(
                status: .ok,
                body: .stream(length: nil) { writer in
                    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 10, alignment: 1)
                    defer { piece.deallocate() }
                    piece.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "a"))
                    try await writer.write(UnsafeRawBufferPointer(piece))
                    throw Failure()
                })
        }) { port in
            let client = try RawClient(port: port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try client.head()
            #expect(try String(decoding: client.takeToEnd(), as: UTF8.self) == "a\r\naaaaaaaaaa\r\n")
        }
    }

    // MARK: Readers

    @Test func aSlowReaderGetsEverything() async throws {
        try await withServer(handler: Self.streaming(3_000_000, pieces: 3, of: 1_000_000)) { port in
            let client = try RawClient(port: port, receiveBytes: 4096)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try client.head()
            var body: [UInt8] = []
            while body.count < 3_000_000 { body += try client.take(min(50_000, 3_000_000 - body.count)) }
            expectPattern(body, 3_000_000)
        }
    }

    @Test func aReaderThatStallsIsCutOff() async throws {
        var options = HTTPServerOptions()
        options.stallSeconds = 0.05
        options.lingerIdleSeconds = 0.05
        let handler = Self.streaming(40_000_000, pieces: 40, of: 1_000_000)
        try await withServer(options, handler: handler) { port in
            let client = try RawClient(port: port, receiveBytes: 4096)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(waitUntil { DescriptorCensus.connections(of: port) == 1 })
            #expect(client.hears(within: 30_000))
            // The server's end is closed, while the client has not read a byte.
            #expect(waitUntil { DescriptorCensus.connections(of: port, isServer: true) == 0 })
            #expect(((try? client.takeToEnd()) ?? []).count < 40_000_000)
        }
    }
}
