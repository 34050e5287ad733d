import HTTPTypes
import HTTPWire
import Posix

/// A request on its way through a handler. It lives on its connection's event loop and is not Sendable.
public final class Request {
    /// The request line and the header fields.
    public let head: RequestHead
    /// The body, still in the socket.
    public let body: RequestBody
    /// The peer's address without the port; empty on a unix socket.
    public let peer: String
    /// Names the request in the log; a handler may replace it by what the client wants.
    public var id = ""
    /// Whether the log should not show the request at the usual level (health checks, say).
    public var isQuiet = false

    init(head: RequestHead, body: RequestBody, peer: String) {
        self.head = head
        self.body = body
        self.peer = peer
    }
}

/// Why a body could not be read to its end.
public enum BodyError: Error, Equatable, Sendable {
    /// The client closed the connection early.
    case disconnected
    /// The client sent nothing for too long.
    case stalled
    /// The chunked coding is broken.
    case malformed(String)
    /// More than the reader wants.
    case tooLarge(max: Int)
    /// The server is stopping.
    case interrupted
}

/// The body of a request: bytes that are read when the handler asks for them.
public final class RequestBody {
    private let connection: Connection
    private let framing: BodyFraming
    private var bytesLeft: Int64
    private var decoder: ChunkedDecoder
    private var mustContinue: Bool
    /// Why reading failed. Nobody knows what follows in the socket, so nothing of it is read any more.
    private var failure: BodyError?
    /// Bytes of the body read so far, without framing.
    public private(set) var bytesRead: Int64 = 0

    init(connection: Connection, head: RequestHead, limits: HTTPLimits) {
        self.connection = connection
        framing = head.framing
        mustContinue = head.expectsContinue && head.framing != .none
        decoder = ChunkedDecoder(limits: limits)
        if case .length(let length) = head.framing { bytesLeft = length } else { bytesLeft = 0 }
    }

    /// Whether the request has a body: a length above 0, or chunks (which may be none).
    public var isPresent: Bool { framing != .none }

    /// The length that the client declared, in bytes; nil for a chunked body.
    public var declaredBytes: Int64? {
        switch framing {
        case .length(let length): length
        case .none: 0
        case .chunked, .untilClose: nil
        }
    }

    /// Whether all of it has been read.
    public var isAtEnd: Bool { framing == .chunked ? decoder.isAtEnd : bytesLeft == 0 }

    /// Whether the rest can be read: nothing failed, and the client was asked to go on or never had to be. If not, it may
    /// not send the body at all.
    var isFlowing: Bool { !mustContinue && failure == nil }

    /// Reads what comes next, straight into the buffer where that is possible.
    ///
    /// - Returns: bytes read; 0 at the end of the body.
    /// - Throws: `BodyError`, from then on at every call.
    public func read(into buffer: UnsafeMutableRawBufferPointer) async throws(BodyError) -> Int {
        if let failure { throw failure }
        do throws(BodyError) {
            return try await readNext(into: buffer)
        } catch {
            failure = error
            throw error
        }
    }

    private func readNext(into buffer: UnsafeMutableRawBufferPointer) async throws(BodyError) -> Int {
        if isAtEnd || buffer.isEmpty { return 0 }
        if mustContinue {
            mustContinue = false
            try await connection.sendContinue()
        }
        let count: Int
        if framing == .chunked {
            count = try await readChunked(into: buffer)
        } else {
            let wanted = UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<Int(min(Int64(buffer.count), bytesLeft))])
            count = try await connection.readBody(into: wanted)
            bytesLeft -= Int64(count)
        }
        bytesRead += Int64(count)
        return count
    }

    private func readChunked(into buffer: UnsafeMutableRawBufferPointer) async throws(BodyError) -> Int {
        while !decoder.isAtEnd {
            if decoder.isInsideData && !connection.hasBuffered {
                let count = Int(min(Int64(buffer.count), decoder.dataBytesLeft))
                let read = try await connection.readBody(
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
                decoder.skip(read)
                return read
            }
            try await connection.fillBuffer()
            let step: ChunkedDecoder.Step
            do throws(WireError) {
                step = try decoder.next(connection.buffered(max: decoder.isInsideData ? buffer.count : .max))
            } catch {
                throw .malformed(error.reason)
            }
            switch step {
            case .framing(let bytes), .end(let bytes):
                connection.consume(bytes)
            case .data(let bytes):
                // The framing in front of it was consumed by a step of its own.
                buffer.copyMemory(from: connection.buffered(max: bytes))
                connection.consume(bytes)
                return bytes
            }
        }
        return 0
    }

    /// Reads a small body whole.
    ///
    /// - Throws: `BodyError.tooLarge` where it has more than `bytesMax` bytes.
    public func collect(bytesMax: Int) async throws(BodyError) -> [UInt8] {
        if let declaredBytes, declaredBytes > Int64(bytesMax) { throw .tooLarge(max: bytesMax) }
        var body: [UInt8] = []
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 16_384, alignment: 16)
        defer { piece.deallocate() }
        while true {
            let count = try await read(into: piece)
            if count == 0 { return body }
            guard body.count + count <= bytesMax else { throw .tooLarge(max: bytesMax) }
            body.append(contentsOf: piece[..<count])
        }
    }
}
