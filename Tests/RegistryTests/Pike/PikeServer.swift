import GlanceHTTP
import HTTPServer
import ImageModel
import JSONText
import Logging
import Posix

@testable import Registry

/// glance-registry's HTTP side on a free port, over a database of its own.
struct PikeServer {
    let test: TestDatabase
    let port: Int

    private static let secret = "a secret"
    /// The blocking clients.
    private static let clients = BlockingPool(name: "clients", threadsMax: 16)
    private static let group: EventLoopGroup = {
        do {
            return try EventLoopGroup(count: 2, name: "test")
        } catch {
            preconditionFailure("no event loops: \(error)")
        }
    }()

    /// Starts it, lets the body talk to it, and stops it.
    static func run(
        _ options: PikeOptions = .trusting, _ body: (PikeServer) async throws -> Void
    ) async throws {
        let test = try TestDatabase()
        let pool = BlockingPool(name: "sqlite", threadsMax: 2)
        let front = RegistryFront(database: test.database, pool: pool, secret: secret, pike: options)
        let server = HTTPServer(
            group: group, filePool: pool, options: HTTPServerOptions(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { await front.respond(to: $0) }
        let listener = try ListeningSocket(address: SocketAddress(host: "127.0.0.1", port: 0), backlog: 64)
        let port = listener.address.port ?? 0
        try await server.listen(on: listener)
        do {
            try await body(PikeServer(test: test, port: port))
        } catch {
            await server.stop(by: .after(seconds: 0))
            throw error
        }
        await server.stop(by: .after(seconds: 0))
    }

    /// Sends a request as somebody.
    ///
    /// - Parameters:
    ///   - viewer: nil for a request without identity.
    ///   - showsSecret: whether it is one of glance-api's.
    func send(
        _ method: String, _ target: String, _ body: JSONValue? = nil, as viewer: Viewer? = .owner,
        fields: [(name: String, value: String)] = [], showsSecret: Bool = true
    ) async throws -> Answer {
        try await send(
            method, target, bytes: body?.serialized, as: viewer, fields: fields, showsSecret: showsSecret)
    }

    func send(
        _ method: String, _ target: String, bytes: [UInt8]?, as viewer: Viewer? = .owner,
        fields: [(name: String, value: String)] = [], showsSecret: Bool = true
    ) async throws -> Answer {
        var exchange = HTTPExchange(port: port, method: method, target: target, fields: fields, body: bytes)
        if showsSecret { exchange.fields.append(("X-Registry-Secret", Self.secret)) }
        if let viewer {
            exchange.fields += [
                ("X-Identity-Status", "Confirmed"), ("X-User-Id", "u"), ("X-Tenant-Id", viewer.projectID ?? ""),
                ("X-Roles", viewer.isAdmin ? "Member, Admin" : "Member"),
            ]
        }
        let request = exchange
        return try await Self.clients.run { try request.perform() }
    }

    /// The ids that a list answers.
    func ids(_ target: String, as viewer: Viewer = .owner) async throws -> [String] {
        let images = try await send("GET", target, as: viewer).json["images"]?.array ?? []
        return images.compactMap { $0["id"]?.string }
    }

    /// The answer to one command of `/rpc`.
    func call(_ command: String, _ arguments: JSONValue, as viewer: Viewer = .owner) async throws -> JSONValue {
        let answer = try await send(
            "POST", "/rpc", .array([["command": .string(command), "kwargs": arguments]]), as: viewer)
        guard answer.status == 200, let results = try answer.json.array, results.count == 1 else {
            throw ClientFailure(reason: "\(answer.status) \(answer.text)")
        }
        return results[0]
    }
}

extension PikeOptions {
    /// Flavor `trusted-auth`.
    static var trusting: PikeOptions {
        var options = PikeOptions()
        options.identity = .trustedAuth
        return options
    }
}

extension JSONValue {
    /// The names of an object's members.
    var names: [String] { object?.members.map(\.name) ?? [] }
}
