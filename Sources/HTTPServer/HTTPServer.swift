import HTTPTypes
import HTTPWire
import Logging
import Posix

/// Answers a request. Nothing is thrown at the connection: an error is an answer, too.
public typealias RequestHandler = @Sendable (Request) async -> Response

/// Times and bounds of a server's connections. Times are in seconds.
public struct HTTPServerOptions: Sendable {
    /// Bounds of a message's head and framing.
    public var limits = HTTPLimits()
    /// A kept-alive connection without a request.
    public var idleSeconds: Double = 900
    /// From the first byte of a head to its last.
    public var headSeconds: Double = 30
    /// A transfer without a byte of progress, in either direction.
    public var stallSeconds: Double = 60
    /// Bytes of an unwanted body that are read over to keep the connection; a longer one closes it.
    public var drainBytesMax: Int64 = 65_536
    /// How long a closing connection takes what the peer still sends, in all and between two pieces.
    public var lingerSeconds: Double = 30
    public var lingerIdleSeconds: Double = 2
    /// Whether a connection serves more than one request.
    public var keepsAlive = true

    public init() {}
}

/// An HTTP/1.1 server over raw sockets: the first loop accepts and deals the connections out among all loops.
public final class HTTPServer: Sendable {
    let handler: RequestHandler
    let options: HTTPServerOptions
    let filePool: BlockingPool
    private let group: EventLoopGroup
    private let logger: Logger
    private let connections: LoopLocal<[ObjectIdentifier: Connection]>
    private let listeners: LoopLocal<[PolledSocket]>

    /// - Parameter filePool: threads for reads of files that are not in memory.
    public init(
        group: EventLoopGroup, filePool: BlockingPool, options: HTTPServerOptions, logger: Logger,
        handler: @escaping RequestHandler
    ) {
        self.group = group
        self.filePool = filePool
        self.options = options
        self.logger = logger
        self.handler = handler
        connections = LoopLocal(group: group) { [:] }
        listeners = LoopLocal(group: group) { [] }
    }

    /// Begins to accept on the socket.
    public func listen(on listener: consuming ListeningSocket) async throws {
        let loop = group.loops[0]
        let number = listener.release()
        try await Task(executorPreference: loop) {
            let socket = try PolledSocket(owning: Descriptor(owning: number), on: loop)
            self.listeners.with { $0.append(socket) }
            Task(executorPreference: loop) { await self.accept(on: loop) }
        }.value
    }

    private func accept(on loop: EventLoop) async {
        guard let socket = listeners.with({ $0.last }) else { return }
        defer { socket.close() }
        while true {
            do throws(SocketError) {
                let descriptor = try await socket.accept()
                serve(descriptor)
            } catch .interrupted {
                return
            } catch {
                // Out of descriptors, most likely: those who wait stay in the listen queue until some are free.
                logger.error("cannot accept a connection", metadata: ["error": "\(error)"])
                await loop.sleep(until: .after(seconds: 0.1))
            }
        }
    }

    private func serve(_ descriptor: consuming Descriptor) {
        let loop = group.next()
        let number = descriptor.release()
        Task(executorPreference: loop) {
            guard let socket = try? PolledSocket(owning: Descriptor(owning: number), on: loop) else { return }
            socket.disableDelay()
            let connection = Connection(socket: socket, on: loop, server: self)
            let key = ObjectIdentifier(connection)
            self.connections.with { $0[key] = connection }
            await connection.run()
            self.connections.with { $0[key] = nil }
        }
    }

    /// Stops in order: no more connections, idle ones close, busy ones end with their answer; what is not through by
    /// the deadline is cut off.
    public func stop(by deadline: Deadline) async {
        // On a loop from end to end: the deadline must not wait for threads that others keep busy.
        await Task(executorPreference: group.loops[0]) { await self.stopConnections(by: deadline) }.value
    }

    private func stopConnections(by deadline: Deadline) async {
        await onEachLoop { server in
            server.listeners.with { $0.forEach { $0.interrupt() } }
            server.connections.with { $0.values.forEach { $0.stop() } }
        }
        while !deadline.isOver, await connectionCount() > 0 { await pause() }
        await onEachLoop { server in server.connections.with { $0.values.forEach { $0.abort() } } }
        let last = Deadline.after(seconds: 2)
        while !last.isOver, await connectionCount() > 0 { await pause() }
    }

    private func pause() async {
        await group.loops[0].sleep(until: .after(seconds: 0.02))
    }

    private func connectionCount() async -> Int {
        var count = 0
        for loop in group.loops {
            count += await Task(executorPreference: loop) { self.connections.with { $0.count } }.value
        }
        return count
    }

    private func onEachLoop(_ body: @escaping @Sendable (HTTPServer) -> Void) async {
        for loop in group.loops { await Task(executorPreference: loop) { body(self) }.value }
    }

    // MARK: The log

    func log(_ request: Request, status: Int, bytesOut: Int64, started: Deadline, failure: String?) {
        let level: Logger.Level = failure != nil || status >= 500 ? .warning : request.isQuiet ? .debug : .info
        guard logger.logLevel <= level else { return }
        let microseconds = (Deadline.now.nanoseconds - started.nanoseconds) / 1000
        var metadata: Logger.Metadata = [
            "request_id": .string(request.id), "method": .string(request.head.method.rawValue),
            "path": .string(request.head.path), "status": .string(String(status)),
            "bytes_in": .string(String(request.body.bytesRead)), "bytes_out": .string(String(bytesOut)),
            "microseconds": .string(String(microseconds)), "peer": .string(request.peer),
        ]
        if let failure { metadata["failure"] = "\(failure)" }
        logger.log(level: level, "request", metadata: metadata)
    }

    func log(_ error: WireError, peer: String) {
        logger.info(
            "refused", metadata: ["status": "\(error.status)", "reason": "\(error.reason)", "peer": "\(peer)"])
    }
}
