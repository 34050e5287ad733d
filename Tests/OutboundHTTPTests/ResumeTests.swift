import OutboundHTTP
import Testing

struct ResumeTests {
    @Test
    func restArrives() throws {
        try withServer({ _ in
            .answer("206 Partial Content", ["Content-Range: bytes 5-9/10", "ETag: \"v1\""], body: "world")
        }) { server in
            let fetched = makeFetcher().collect(server.url(), from: 5, etag: "\"v1\"")
            #expect(outline(fetched.error) == "none")
            #expect(fetched.text == "world")
            #expect(fetched.response?.offset == 5 && fetched.response?.length == 5)
            #expect(fetched.response?.bytesTotal == 10 && fetched.response?.acceptsRanges == true)
            let request = try #require(server.requests.first)
            #expect(request.field("range") == "bytes=5-" && request.field("if-range") == "\"v1\"")
        }
    }

    @Test
    func changedSourceStartsAgain() throws {
        try withServer({ _ in .answer("200 OK", ["ETag: \"v2\""], body: "new image") }) { server in
            let fetched = makeFetcher().collect(server.url(), from: 5, etag: "\"v1\"")
            #expect(outline(fetched.error) == "none")
            #expect(fetched.response?.offset == 0 && fetched.response?.etag == "\"v2\"")
            #expect(fetched.text == "new image")
        }
    }

    @Test(arguments: ["W/\"v1\"", "v1", "\"v1\"\r\nX: y", ""])
    func weakOrBrokenTagAsksForAll(etag: String) throws {
        try withServer({ _ in .answer("200 OK", body: "whole") }) { server in
            let fetched = makeFetcher().collect(server.url(), from: 5, etag: etag)
            #expect(outline(fetched.error) == "none" && fetched.response?.offset == 0)
            let request = try #require(server.requests.first)
            #expect(request.field("range") == nil && request.field("if-range") == nil && request.field("x") == nil)
        }
    }

    @Test
    func withoutTagTheRangeIsUnconditional() throws {
        try withServer({ _ in .answer("206 Partial Content", ["Content-Range: bytes 5-9/10"], body: "world") }) {
            server in
            #expect(makeFetcher().collect(server.url(), from: 5).text == "world")
            #expect(server.requests.first?.field("range") == "bytes=5-")
            #expect(server.requests.first?.field("if-range") == nil)
        }
    }

    @Test(arguments: [
        ["Content-Range: bytes 4-8/9"], ["Content-Range: bytes 0-4/10"], ["Content-Range: bytes 5-8/10"],
        ["Content-Range: bytes 5-9/*"], ["Content-Range: bytes 5-10/11"], ["Content-Range: bytes */10"],
        ["Content-Range: bytes 9-5/10"], ["Content-Range: bytes 5-9/9"], ["Content-Range: items 5-9/10"],
        ["Content-Range: bytes 5-9"], ["Content-Range: bytes -5-9/10"], ["Content-Range: x"], [],
        ["Content-Range: bytes 5-9/10", "Content-Range: bytes 5-9/10"],
        ["Content-Range: bytes 5-9/10", "ETag: \"v2\""],
        ["Content-Type: multipart/byteranges; boundary=x"],
    ])
    func wrongRange(fields: [String]) throws {
        try withServer({ _ in .answer("206 Partial Content", fields, body: "world") }) { server in
            let fetched = makeFetcher().collect(server.url(), from: 5, etag: "\"v1\"")
            #expect(outline(fetched.error) == "badResponse")
            #expect(fetched.response == nil && fetched.body.isEmpty)
        }
    }

    @Test
    func shortRangeIsInterrupted() throws {
        // Chunked, so that only Content-Range tells how much there must be.
        try withServer({ _ in
            .text(
                "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/10\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nwor\r\n0\r\n\r\n")
        }) { server in
            #expect(outline(makeFetcher().collect(server.url(), from: 5).error) == "interrupted 3 5")
        }
    }

    @Test(arguments: [(["Content-Range: bytes */10"], "10"), ([], "?"), (["Content-Range: bytes 1-2/3"], "?")])
    func nothingAtThatOffset(fields: [String], total: String) throws {
        try withServer({ _ in .answer("416 Range Not Satisfiable", fields) }) { server in
            let fetched = makeFetcher().collect(server.url(), from: 10, etag: "\"v1\"")
            #expect(outline(fetched.error) == "rangeNotSatisfiable \(total)")
        }
    }

    @Test
    func capCountsWhatCameBefore() throws {
        try withServer({ _ in .answer("206 Partial Content", ["Content-Range: bytes 5-9/10"], body: "world") }) {
            server in
            let fetcher = makeFetcher(loopbackPolicy, FetchLimits(bytesMax: 9))
            #expect(outline(fetcher.collect(server.url(), from: 5).error) == "tooLarge 9")
        }
    }
}
