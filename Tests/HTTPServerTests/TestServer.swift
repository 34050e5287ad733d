import Glibc
import HTTPServer
import HTTPTypes
import HTTPWire
import Logging
import Posix
import Synchronization

/// Loops and threads that all tests share: they run as long as the process does.
enum Shared {
    static let group: EventLoopGroup = {
        // As the daemons do: sendfile(2) knows no MSG_NOSIGNAL.
        signal(SIGPIPE, SIG_IGN)
        do {
            return try EventLoopGroup(count: 2, name: "test")
        } catch {
            preconditionFailure("no event loops: \(error)")
        }
    }()

    static let files = BlockingPool(name: "files", threadsMax: 2)
    /// The blocking clients.
    static let clients = BlockingPool(name: "clients", threadsMax: 32)
}

/// Starts a server on a free port, lets a blocking client talk to it, and stops it.
func withServer<Value: Sendable>(
    _ options: HTTPServerOptions = HTTPServerOptions(), handler: @escaping RequestHandler = TestHandler.answer,
    _ client: @escaping @Sendable (_ port: Int) throws -> Value
) async throws -> Value {
    let (server, port) = try await startServer(options, handler: handler)
    let result: Result<Value, any Error>
    do {
        result = .success(try await Shared.clients.run { try client(port) })
    } catch {
        result = .failure(error)
    }
    await server.stop(by: .after(seconds: 0))
    return try result.get()
}

/// - Parameter port: 0 for any that is free.
func startServer(
    _ options: HTTPServerOptions = HTTPServerOptions(), port: Int = 0, group: EventLoopGroup = Shared.group,
    handler: @escaping RequestHandler = TestHandler.answer
) async throws -> (server: HTTPServer, port: Int) {
    let server = HTTPServer(
        group: group, filePool: Shared.files, options: options,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, handler: handler)
    let listener = try ListeningSocket(address: SocketAddress(host: "127.0.0.1", port: port), backlog: 2048)
    let bound = listener.address.port ?? 0
    try await server.listen(on: listener)
    return (server, bound)
}

/// What a handler has to tell the test.
final class Notes: Sendable {
    private let notes = Locked<[String]>([])

    var all: [String] { notes.withLock { $0 } }

    func add(_ note: String) { notes.withLock { $0.append(note) } }

    /// Waits for a number of notes, half a minute at most. It blocks: for clients only.
    func wait(for count: Int) -> [String] {
        _ = waitUntil { all.count >= count }
        return all
    }
}

/// Small handlers, by path.
enum TestHandler {
    static let answer: RequestHandler = { request in
        switch request.head.path {
        case "/echo": await echo(request)
        case "/count": await count(request)
        case "/refuse": Response(status: .forbidden, body: .bytes(Array("no".utf8)))
        case "/empty": Response(status: .noContent)
        case "/same": Response(status: .notModified, fields: [("ETag", "\"a\"")])
        case "/none": Response(status: .ok)
        case "/close": closing()
        case "/fields":
            Response(status: .ok, fields: [("X-Größe", "ü\r\nX-Injected: 1"), ("X-B", "b\0\u{7F}c")])
        default: Response(status: .ok, body: .bytes(Array("\(request.head.method.rawValue) \(request.head.path)".utf8)))
        }
    }

    private static func closing() -> Response {
        var response = Response(status: .ok, body: .bytes(Array("bye".utf8)))
        response.closesConnection = true
        return response
    }

    /// The body, as it came.
    static func echo(_ request: Request) async -> Response {
        do {
            return Response(status: .ok, body: .bytes(try await request.body.collect(bytesMax: 64 << 20)))
        } catch {
            return Response(status: .badRequest, body: .bytes(Array("\(error)".utf8)))
        }
    }

    /// How many bytes the body has, read through a small buffer.
    private static func count(_ request: Request) async -> Response {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1000, alignment: 1)
        defer { buffer.deallocate() }
        do {
            while try await request.body.read(into: buffer) > 0 {}
            return Response(status: .ok, body: .bytes(Array("\(request.body.bytesRead)".utf8)))
        } catch {
            return Response(status: .badRequest, body: .bytes(Array("\(error)".utf8)))
        }
    }
}
