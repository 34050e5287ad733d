import Glibc
import HTTPServer
import HTTPTypes
import HTTPWire
import Posix
import Testing

@Suite struct FileAnswerTests {
    /// A file that is gone from its folder as soon as it is open.
    private final class TestFile: FileRange {
        let fileDescriptor: CInt
        let offset: Int64
        let bytes: Int64

        /// - Parameter size: how long the file is; the range may promise more.
        init(size: Int, offset: Int64 = 0, bytes: Int64? = nil) throws {
            let path = "/tmp/glimpse-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
            let file = try Descriptor.open(path, O_CREAT | O_EXCL | O_RDWR, mode: 0o600)
            unlink(path)
            try file.writeAll(pattern(size), at: 0)
            fileDescriptor = file.release()
            self.offset = offset
            self.bytes = bytes ?? Int64(size) - offset
        }

        deinit { close(fileDescriptor) }
    }

    private func serving(_ file: TestFile) -> RequestHandler {
        { request in
            request.head.path == "/file" ? Response(status: .ok, body: .file(file)) : await TestHandler.answer(request)
        }
    }

    @Test func tenMegabytesBitForBit() async throws {
        let file = try TestFile(size: 10 << 20)
        try await withServer(handler: serving(file)) { port in
            let client = try RawClient(port: port)
            for _ in 0..<2 {
                let answer = try client.get("/file")
                #expect(answer["content-length"] == "\(10 << 20)")
                expectPattern(answer.body, 10 << 20)
            }
            #expect(try client.get("/next").text == "GET /next")
        }
    }

    @Test(
        arguments: [(0, 1), (0, 0), (5, 4096), (2_097_151, 3), (1_000_003, 2_097_152), (2_999_999, 1)]
            as [(Int64, Int64)])
    func stretches(_ offset: Int64, _ bytes: Int64) async throws {
        let file = try TestFile(size: 3_000_000 + 200_000, offset: offset, bytes: bytes)
        try await withServer(handler: serving(file)) { port in
            let client = try RawClient(port: port)
            try client.send("HEAD /file HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.head()["content-length"] == "\(bytes)")
            expectPattern(try client.get("/file").body, Int(bytes), from: Int(offset))
            #expect(try client.get("/next").text == "GET /next")
        }
    }

    /// A file that was cut short behind our back must not look whole.
    @Test func aFileThatIsTooShort() async throws {
        let file = try TestFile(size: 100_000, bytes: 300_000)
        try await withServer(handler: serving(file)) { port in
            let client = try RawClient(port: port)
            try client.send("GET /file HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.head()["content-length"] == "300000")
            expectPattern(try client.takeToEnd(), 100_000)
        }
    }

    @Test func aSlowReader() async throws {
        let file = try TestFile(size: 5_000_000)
        try await withServer(handler: serving(file)) { port in
            let client = try RawClient(port: port, receiveBytes: 4096)
            expectPattern(try client.get("/file").body, 5_000_000)
        }
    }

    @Test func aReaderThatIsGoneInTheMiddle() async throws {
        let file = try TestFile(size: 8_000_000)
        try await withServer(handler: serving(file)) { port in
            for resets in [true, false] {
                let client = try RawClient(port: port, receiveBytes: 4096)
                try client.send("GET /file HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try client.take(10_000)
                if resets { client.reset() } else { client.close() }
            }
            #expect(waitUntil { DescriptorCensus.connections(of: port) == 0 })
            #expect(try RawClient(port: port).get("/next").status == 200)
        }
    }

    @Test func filesAmongPipelinedRequests() async throws {
        let file = try TestFile(size: 300_000)
        try await withServer(handler: serving(file)) { port in
            let client = try RawClient(port: port)
            try client.send(
                String(repeating: "GET /file HTTP/1.1\r\nHost: a\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n", count: 5))
            for _ in 0..<5 {
                expectPattern(try client.answer().body, 300_000)
                #expect(try client.answer().text == "GET /x")
            }
        }
    }
}
