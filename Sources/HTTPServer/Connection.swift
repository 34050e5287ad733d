import HTTPTypes
import HTTPWire
import Posix

/// One client's connection: read a head, ask the handler, answer, drain what is left of the body, and again.
///
/// It lives on one event loop, in one task at a time: its own while it is idle, and one for each request, with which goes
/// whatever memory the request's calls have needed.
// Proof: all of it is touched on its loop's thread alone.
final class Connection: @unchecked Sendable {
    private let socket: PolledSocket
    private let loop: EventLoop
    private let server: HTTPServer
    private let peer: String
    private var parser: RequestHeadParser
    /// Bytes received and not yet consumed. Allocated while something is read, so that an idle connection is small.
    private var buffer: UnsafeMutableRawBufferPointer?
    private var bufferedBytes = 0..<0
    private var isIdle = true
    private var isStopping = false

    static let bufferBytes = 16_384

    init(socket: PolledSocket, on loop: EventLoop, server: HTTPServer) {
        self.socket = socket
        self.loop = loop
        self.server = server
        peer = socket.peer?.host ?? ""
        parser = RequestHeadParser(limits: server.options.limits)
    }

    deinit { buffer?.deallocate() }

    /// The connection's life.
    func run() async {
        defer { socket.close() }
        while await waitForRequest() {
            let goesOn = Task(executorPreference: loop) { await self.exchange() }
            guard await goesOn.value else { return }
        }
    }

    /// Reads a request and answers it. False where the connection is not to be used again.
    private func exchange() async -> Bool {
        do {
            guard let head = try await readHead() else { return false }
            if try await serve(head), !isStopping { return true }
            await linger()
        } catch let error as WireError {
            await refuse(error)
        } catch {
            // The peer is gone, silent for too long, or the server stops: nobody is there to be told.
        }
        return false
    }

    /// Ends an idle connection now, and a busy one after its answer.
    func stop() {
        isStopping = true
        if isIdle { socket.interrupt() }
    }

    /// Ends it whatever it does.
    func abort() {
        isStopping = true
        socket.interrupt()
    }

    // MARK: A request

    private func readHead() async throws -> RequestHead? {
        let deadline = Deadline.after(seconds: server.options.headSeconds)
        while true {
            if hasBuffered {
                let (consumed, head) = try parser.consume(buffered(max: .max))
                consume(consumed)
                if let head { return head }
            }
            let count: Int
            do throws(SocketError) {
                count = try await socket.receive(into: room(), until: deadline)
            } catch {
                if error == .timedOut, parser.isInsideHead { throw WireError(status: 408, reason: "Request Timeout") }
                throw error
            }
            if count == 0 { return nil }
            bufferedBytes = 0..<count
        }
    }

    /// Waits for the first bytes of a request, without a buffer; false where the peer ends instead, or the time is over.
    /// Until they are there the connection is idle: a socket may be called readable without a byte in it, as a new one is.
    private func waitForRequest() async -> Bool {
        if hasBuffered { return true }
        guard !isStopping else { return false }
        isIdle = true
        let deadline = Deadline.after(seconds: server.options.idleSeconds)
        do throws(SocketError) {
            while true {
                releaseBuffer()
                try await socket.waitReadable(until: deadline)
                guard let count = try socket.receiveNow(into: room()) else { continue }
                isIdle = false
                bufferedBytes = 0..<count
                return count > 0
            }
        } catch {
            return false
        }
    }

    /// Whether the connection may be used again.
    private func serve(_ head: RequestHead) async throws -> Bool {
        let started = Deadline.now
        let body = RequestBody(connection: self, head: head, limits: server.options.limits)
        let request = Request(head: head, body: body, peer: peer)
        let response = await server.handler(request)
        // A body that was never asked for, or is too long to be drained, ends the connection with the answer; of chunks
        // nobody knows how many will come.
        let canDrain = body.isAtEnd || (body.isFlowing && (body.declaredBytes ?? .max) <= server.options.drainBytesMax)
        let keepsAlive =
            server.options.keepsAlive && head.keepsAlive && !response.closesConnection && !isStopping && canDrain
            && !(head.minorVersion == 0 && response.body.endsWithConnection)
        let writer = ResponseWriter(socket: socket, stallSeconds: server.options.stallSeconds)
        var failure: String?
        do {
            try await writer.write(response, to: head, keepsAlive: keepsAlive, filePool: server.filePool)
        } catch {
            failure = "\(error)"
        }
        server.log(
            request, status: response.status.code, bytesOut: writer.bodyBytes, started: started, failure: failure)
        guard failure == nil, keepsAlive else { return false }
        return await drain(body)
    }

    /// Reads an unwanted body over. False where it is too long or broken: the connection ends, but only after the client
    /// has had its chance to read the answer.
    private func drain(_ body: RequestBody) async -> Bool {
        if body.isAtEnd { return true }
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferBytes, alignment: 16)
        defer { piece.deallocate() }
        var drained: Int64 = 0
        while drained <= server.options.drainBytesMax {
            guard let count = try? await body.read(into: piece) else { return false }
            if count == 0 { return true }
            drained += Int64(count)
        }
        return false
    }

    /// Answers what is no request, and closes.
    private func refuse(_ error: WireError) async {
        let writer = ResponseWriter(socket: socket, stallSeconds: server.options.stallSeconds)
        try? await writer.write(error)
        server.log(error, peer: peer)
        await linger()
    }

    /// Closing with unread bytes in the socket would reset the connection and could destroy the answer on its way
    /// (RFC 9112 §9.6): end our side, and take what still comes for a while.
    private func linger() async {
        socket.finishSending()
        let deadline = Deadline.after(seconds: server.options.lingerSeconds)
        do {
            while !deadline.isOver {
                let pause = min(deadline, .after(seconds: server.options.lingerIdleSeconds))
                if try await socket.receive(into: room(), until: pause) == 0 { return }
            }
        } catch {
            // Closed or silent: either way it is over.
        }
    }

    // MARK: Bytes

    /// Whether received bytes wait to be consumed.
    var hasBuffered: Bool { !bufferedBytes.isEmpty }

    /// The bytes that wait, at most `max` of them.
    func buffered(max: Int) -> UnsafeRawBufferPointer {
        guard let buffer else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: buffer[bufferedBytes.prefix(max)])
    }

    /// Drops bytes from the front of those that wait.
    func consume(_ count: Int) {
        bufferedBytes = (bufferedBytes.lowerBound + count)..<bufferedBytes.upperBound
    }

    private func room() -> UnsafeMutableRawBufferPointer {
        if let buffer { return buffer }
        let new = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferBytes, alignment: 16)
        buffer = new
        return new
    }

    private func releaseBuffer() {
        buffer?.deallocate()
        buffer = nil
        bufferedBytes = 0..<0
    }

    /// Has at least one byte buffered.
    func fillBuffer() async throws(BodyError) {
        guard !hasBuffered else { return }
        bufferedBytes = 0..<(try await receiveBody(into: room()))
    }

    /// Reads bytes of the body: first those that came with the head.
    func readBody(into target: UnsafeMutableRawBufferPointer) async throws(BodyError) -> Int {
        guard hasBuffered else { return try await receiveBody(into: target) }
        let waiting = buffered(max: target.count)
        target.copyMemory(from: waiting)
        consume(waiting.count)
        return waiting.count
    }

    private func receiveBody(into target: UnsafeMutableRawBufferPointer) async throws(BodyError) -> Int {
        let deadline = Deadline.after(seconds: server.options.stallSeconds)
        do throws(SocketError) {
            let count = try await socket.receive(into: target, until: deadline)
            if count > 0 { return count }
        } catch {
            switch error {
            case .timedOut: throw .stalled
            case .interrupted: throw .interrupted
            case .failed: throw .disconnected
            }
        }
        throw .disconnected
    }

    /// Lets the client send its body: `100 Continue`.
    func sendContinue() async throws(BodyError) {
        let line = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        do throws(SocketError) {
            try await socket.send(line, stallSeconds: server.options.stallSeconds)
        } catch {
            throw .disconnected
        }
    }
}
