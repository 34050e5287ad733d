import HTTPWire
import Posix

/// Where an exchange with the peer failed: it decides whether the request may be sent again.
public enum ExchangeError: Error, Equatable, Sendable {
    /// No connection could be made: the peer has seen nothing.
    case unreachable(String)
    /// The connection broke before the answer was whole: the peer may have acted on the request.
    case broken(String)
    /// The answer did not come in time.
    case timedOut
}

/// Asks one HTTP/1.1 server over connections that are kept open: a few for each event loop, used by that loop alone.
///
/// Made for small messages between the daemons: whole bodies, of known length, in memory.
public final class KeepAliveClient: Sendable {
    /// The loops on which the exchanges run.
    public let group: EventLoopGroup
    private let address: SocketAddress
    private let options: Options
    private let idle: LoopLocal<[ClientConnection]>

    /// Bounds of the exchanges.
    public struct Options: Sendable {
        /// Seconds for making a connection.
        public var connectSeconds: Double = 5
        /// Seconds from the request to the end of the answer.
        public var answerSeconds: Double = 30
        /// Bytes of an answer's body.
        public var bodyBytesMax = 64 << 20
        /// Connections that a loop keeps for later.
        public var idleMax = 512

        public init() {}
    }

    public init(group: EventLoopGroup, address: SocketAddress, options: Options = Options()) {
        self.group = group
        self.address = address
        self.options = options
        idle = LoopLocal(group: group) { [] }
    }

    /// Sends one POST and reads the answer.
    ///
    /// - Parameters:
    ///   - path: the target, encoded.
    ///   - fields: header lines in the form `Name: value`, without line ends; they come from us, not from clients.
    public func post(
        _ path: String, fields: [String], body: [UInt8]
    ) async throws(ExchangeError) -> (status: Int, body: [UInt8]) {
        guard let loop = EventLoop.current else {
            let loop = group.next()
            let result = await Task(executorPreference: loop) { () -> Result<(Int, [UInt8]), ExchangeError> in
                do throws(ExchangeError) {
                    return .success(try await self.exchange(on: loop, path, fields, body))
                } catch {
                    return .failure(error)
                }
            }.value
            return try result.get()
        }
        return try await exchange(on: loop, path, fields, body)
    }

    private func exchange(
        on loop: EventLoop, _ path: String, _ fields: [String], _ body: [UInt8]
    ) async throws(ExchangeError) -> (status: Int, body: [UInt8]) {
        var message: [UInt8] = []
        message.reserveCapacity(256 + body.count)
        message.append(contentsOf: "POST \(path) HTTP/1.1\r\nHost: registry\r\nContent-Length: \(body.count)\r\n".utf8)
        for field in fields {
            message.append(contentsOf: field.utf8)
            message.append(contentsOf: "\r\n".utf8)
        }
        message.append(contentsOf: "\r\n".utf8)
        message.append(contentsOf: body)

        let connection = try await connect(on: loop)
        let deadline = Deadline.after(seconds: options.answerSeconds)
        do throws(ExchangeError) {
            let answer = try await connection.exchange(message, until: deadline, bodyBytesMax: options.bodyBytesMax)
            if answer.keepsAlive, idle.with({ $0.count < options.idleMax }) {
                idle.with { $0.append(connection) }
            } else {
                connection.close()
            }
            return (answer.status, answer.body)
        } catch {
            connection.close()
            throw error
        }
    }

    /// A connection that was kept and has not been closed by the peer meanwhile, or a new one.
    private func connect(on loop: EventLoop) async throws(ExchangeError) -> ClientConnection {
        while let kept = idle.with({ $0.popLast() }) {
            if kept.isUsable { return kept }
            kept.close()
        }
        do throws(SocketError) {
            let deadline = Deadline.after(seconds: options.connectSeconds)
            let socket = try await PolledSocket.connect(to: address, on: loop, until: deadline)
            socket.disableDelay()
            return ClientConnection(socket: socket)
        } catch {
            throw .unreachable("\(error)")
        }
    }
}
