import Glibc
import OutboundHTTP
import Testing

struct FetchTests {
    typealias Reply = HostileServer.Reply

    @Test
    func headDescribesTheSource() throws {
        try withServer({ _ in
            .text("HTTP/1.1 200 OK\r\nContent-Length: 5368709120\r\nETag: \"v1\"\r\nAccept-Ranges: bytes\r\n\r\n")
        }) { server in
            let source = try makeFetcher().head(server.url("/a/../image?sig=1#part"))
            #expect(source.size == 5_368_709_120)
            #expect(source.etag == "\"v1\"")
            #expect(source.acceptsRanges)
            #expect(source.finalURL == server.url("/image?sig=1"))
            let request = try #require(server.requests.first)
            #expect(request.method == "HEAD" && request.target == "/image?sig=1")
            #expect(request.field("user-agent") == "glimpse/test")
            #expect(request.field("accept-encoding") == "identity")
            #expect(request.field("authorization") == nil && request.field("cookie") == nil)
        }
    }

    @Test
    func headWithoutLength() throws {
        try withServer({ _ in .text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") }) { server in
            let source = try makeFetcher().head(server.url())
            #expect(source.size == nil && source.etag == nil && !source.acceptsRanges)
        }
    }

    @Test(arguments: [
        ("404 Not Found", "notFound"), ("500 Oops", "badStatus 500"), ("403 Forbidden", "badStatus 403"),
        ("401 Unauthorized", "badStatus 401"), ("204 No Content", "badStatus 204"), ("304 Same", "badStatus 304"),
        ("300 Choose", "badStatus 300"), ("206 Partial", "badStatus 206"), ("416 No", "badStatus 416"),
    ])
    func statuses(status: String, expected: String) throws {
        try withServer({ _ in .answer(status, body: "text") }) { server in
            #expect(outline(makeFetcher().headError(server.url())) == expected)
            let fetched = makeFetcher().collect(server.url())
            #expect(outline(fetched.error) == expected)
            #expect(fetched.body.isEmpty && fetched.response == nil)
        }
    }

    @Test
    func bodyArrives() throws {
        let body = String(repeating: "0123456789abcdef", count: 65536)
        try withServer({ _ in .answer("200 OK", ["ETag: \"v1\""], body: body) }) { server in
            let fetched = makeFetcher().collect(server.url())
            #expect(outline(fetched.error) == "none")
            #expect(fetched.text == body)
            #expect(fetched.response?.length == 1_048_576 && fetched.response?.offset == 0)
            #expect(fetched.response?.etag == "\"v1\"" && fetched.response?.finalURL == server.url())
        }
    }

    /// Answer, outcome, body that reached the sink.
    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\n\r\nhello", "none", "hello"),
        ("HTTP/1.0 200 OK\r\n\r\nhello", "none", "hello"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "none", ""),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n", "none", "hello"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "none",
            "hello"
        ),
        ("HTTP/1.1 103 Hints\r\nETag: \"x\"\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "none", "hello"),
        ("HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello", "none", "hello"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "none", "hello"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", "interrupted 5 9", "hello"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "interrupted 5 ?", "hello"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZZ\r\n", "interrupted 5 ?", "hello"),
        ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", "badResponse", ""),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "badResponse", ""),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", "badResponse", ""),
        ("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", "badResponse", ""),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello", "badResponse", ""),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello", "badResponse", ""),
        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nhello", "badResponse", ""),
        ("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "badResponse", ""),
        ("hello, this is HTTP/0.9\r\n\r\n", "badResponse", ""),
        ("", "unreachable", ""),
    ])
    func framing(answer: String, expected: String, body: String) throws {
        try withServer({ _ in .text(answer) }) { server in
            let fetched = makeFetcher().collect(server.url())
            #expect(outline(fetched.error) == expected)
            #expect(fetched.text == body)
        }
    }

    @Test
    func nobodyListens() throws {
        let server = try HostileServer { _ in .answer("200 OK") }
        server.stop()
        #expect(outline(makeFetcher().headError(server.url())) == "unreachable")
    }

    @Test
    func declaredTooLarge() throws {
        try withServer({ _ in .text("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\nabc", .hold) }) { server in
            let fetched = makeFetcher(loopbackPolicy, FetchLimits(bytesMax: 1000)).collect(server.url())
            #expect(outline(fetched.error) == "tooLarge 1000")
            #expect(fetched.body.isEmpty && fetched.response == nil)
        }
    }

    @Test
    func undeclaredTooLarge() throws {
        let piece = [UInt8](repeating: 7, count: 65536)
        try withServer({ _ in .text("HTTP/1.1 200 OK\r\n\r\n", .stream(piece)) }) { server in
            let fetched = makeFetcher(loopbackPolicy, FetchLimits(bytesMax: 1_000_000)).collect(server.url())
            #expect(outline(fetched.error) == "tooLarge 1000000")
            #expect(fetched.body.count <= 1_000_000)
        }
    }

    @Test
    func endlessHead() throws {
        let piece = Array("X-Filler: \(String(repeating: "y", count: 100))\r\n".utf8)
        try withServer({ _ in .text("HTTP/1.1 200 OK\r\n", .stream(piece)) }) { server in
            #expect(outline(makeFetcher().headError(server.url())) == "badResponse")
        }
    }

    @Test
    func endlessInterimAnswers() throws {
        try withServer({ _ in .text("", .stream(Array("HTTP/1.1 102 Processing\r\n\r\n".utf8))) }) { server in
            #expect(outline(makeFetcher().headError(server.url())) == "badResponse")
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"])
    func stall(sent: String) throws {
        try withServer({ _ in .text(sent, .hold) }) { server in
            let fetched = makeFetcher(loopbackPolicy, FetchLimits(stallSeconds: 1)).collect(server.url())
            #expect(outline(fetched.error) == "stalled 1")
            #expect(fetched.text == (sent.hasSuffix("hello") ? "hello" : ""))
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"])
    func cancelWhileNothingMoves(sent: String) throws {
        try withServer({ _ in .text(sent, .hold) }) { server in
            // True as soon as the server has the request: the call would otherwise last a minute.
            let fetched = makeFetcher().collect(server.url()) { !server.requests.isEmpty }
            #expect(outline(fetched.error) == "cancelled")
        }
    }

    @Test
    func cancelWhileBytesFlow() throws {
        let piece = [UInt8](repeating: 7, count: 65536)
        try withServer({ _ in .text("HTTP/1.1 200 OK\r\n\r\n", .stream(piece)) }) { server in
            var bytes = 0
            let error = #expect(throws: FetchError.self) {
                try makeFetcher().fetch(
                    server.url(), onResponse: { _ in }, sink: { bytes += $0.count }, isCancelled: { bytes > 0 })
            }
            #expect(outline(error) == "cancelled")
            #expect(bytes > 0 && bytes <= 512 * 1024)
        }
    }

    struct DiskFull: Error {}

    @Test(arguments: [true, false])
    func callersErrorComesBack(fromSink: Bool) throws {
        try withServer({ _ in .answer("200 OK", body: "hello") }) { server in
            let error = #expect(throws: FetchError.self) {
                try makeFetcher().fetch(
                    server.url(), onResponse: { _ in if !fromSink { throw DiskFull() } },
                    sink: { _ in
                        if !fromSink { Issue.record("the sink was called") }
                        throw DiskFull()
                    })
            }
            guard case .stopped(let cause) = error else {
                Issue.record("\(outline(error))")
                return
            }
            #expect(cause is DiskFull)
        }
    }

    @Test
    func proxyOfTheEnvironmentIsIgnored() async {
        // In a process of its own: setenv(3) races with every getenv(3) of other tests.
        await #expect(processExitsWith: .success) {
            for name in ["http_proxy", "all_proxy", "ALL_PROXY"] { setenv(name, "http://127.0.0.1:9", 1) }
            setenv("no_proxy", "", 1)
            try withServer({ _ in .answer("200 OK", body: "hello") }) { server in
                #expect(makeFetcher().collect(server.url()).text == "hello")
            }
        }
    }
}
