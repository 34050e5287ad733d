import Glibc
import HTTPTypes
import HTTPWire
import Posix

/// Writes one response: the head, then the body from where it lies.
public final class ResponseWriter {
    private let socket: PolledSocket
    private let stallSeconds: Double
    private var isChunked = false
    /// The length that the head told, for a stream.
    private var streamBytes: Int64?
    /// Bytes of body sent so far.
    public private(set) var bodyBytes: Int64 = 0

    /// How much of a file goes out before other connections of the loop get their turn, in bytes.
    private static let fileSliceBytes = 2_097_152

    init(socket: PolledSocket, stallSeconds: Double) {
        self.socket = socket
        self.stallSeconds = stallSeconds
    }

    func write(_ response: Response, to head: RequestHead, keepsAlive: Bool, filePool: BlockingPool) async throws {
        let isHead = head.method == .head
        var text = HeadText(status: response.status)
        for field in response.fields { text.add(field.name, field.value) }
        if !keepsAlive { text.add("Connection", "close") }
        if keepsAlive && head.minorVersion == 0 { text.add("Connection", "keep-alive") }
        // RFC 9110 §8.6: no length with 1xx and 204; with 304 it would be that of the 200, which nobody knows here.
        let hasBody = response.status.code >= 200 && response.status.code != 204 && response.status.code != 304
        switch response.body {
        case .none:
            if hasBody { text.add("Content-Length", "0") }
            try await send(text.finished())
        case .bytes(let bytes):
            text.add("Content-Length", String(bytes.count))
            var message = text.finished()
            if !isHead {
                message.append(contentsOf: bytes)
                bodyBytes = Int64(bytes.count)
            }
            try await send(message)
        case .file(let file):
            text.add("Content-Length", String(file.bytes))
            try await send(text.finished(), hasMore: !isHead && file.bytes > 0)
            if !isHead { try await send(file, filePool: filePool) }
        case .stream(let length, let write):
            streamBytes = length
            if let length {
                text.add("Content-Length", String(length))
            } else if head.minorVersion > 0 {
                text.add("Transfer-Encoding", "chunked")
                isChunked = true
            }
            // A head that is told of more waits for it, a fifth of a second where nothing comes (tcp(7), TCP_CORK).
            try await send(text.finished(), hasMore: !isHead && length != 0)
            if isHead { return }
            try await write(self)
            // A stream that ends early is cut off, so that the client sees that it is not whole.
            if let length, bodyBytes != length { throw BodyError.disconnected }
            if isChunked { try await send(Array("0\r\n\r\n".utf8)) }
        }
    }

    /// Answers a message that is no request; the connection closes behind it.
    func write(_ error: WireError) async throws {
        var text = HeadText(status: HTTPResponse.Status(code: error.status, reasonPhrase: error.reason))
        let body = Array("\(error.status) \(error.reason)\n".utf8)
        text.add("Content-Type", "text/plain; charset=UTF-8")
        text.add("Content-Length", String(body.count))
        text.add("Connection", "close")
        try await send(text.finished() + body)
    }

    /// Sends a piece of a streamed body.
    ///
    /// - Throws: also where the pieces pass the length that was told: the client would take what is too much for the next
    ///   answer.
    public func write(_ piece: UnsafeRawBufferPointer) async throws {
        guard !piece.isEmpty else { return }
        if let streamBytes, Int64(piece.count) > streamBytes - bodyBytes { throw BodyError.disconnected }
        if isChunked { try await send(Array("\(String(piece.count, radix: 16))\r\n".utf8), hasMore: true) }
        try await socket.send(piece, hasMore: isChunked, stallSeconds: stallSeconds)
        if isChunked { try await send(Array("\r\n".utf8)) }
        bodyBytes += Int64(piece.count)
    }

    private func send(_ bytes: [UInt8], hasMore: Bool = false) async throws(SocketError) {
        try await socket.send(bytes, hasMore: hasMore, stallSeconds: stallSeconds)
    }

    private func send(_ file: any FileRange, filePool: BlockingPool) async throws {
        let end = file.offset + file.bytes
        var at = file.offset
        while at < end {
            let slice = Int(min(end - at, Int64(Self.fileSliceBytes)))
            if !PageCache.holds(file.fileDescriptor, at: at, bytes: slice) {
                let start = at
                try await filePool.run { PageCache.load(file.fileDescriptor, at: start, bytes: slice) }
            }
            let sliceEnd = at + Int64(slice)
            while at < sliceEnd {
                let count = try await socket.sendFile(
                    file.fileDescriptor, at: at, bytes: Int(sliceEnd - at), stallSeconds: stallSeconds)
                // The file was cut short behind our back: the client must not take it for whole.
                guard count > 0 else { throw BodyError.disconnected }
                at += Int64(count)
                bodyBytes += Int64(count)
            }
            await Task.yield()
        }
    }
}

extension PolledSocket {
    /// Sends all of an array.
    func send(_ bytes: [UInt8], hasMore: Bool = false, stallSeconds: Double) async throws(SocketError) {
        // The bytes live in memory of their own: a buffer pointer into an array must not outlive a suspension.
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        try await send(UnsafeRawBufferPointer(copy), hasMore: hasMore, stallSeconds: stallSeconds)
    }
}
