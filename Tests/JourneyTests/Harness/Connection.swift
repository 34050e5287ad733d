import Glibc
import Testing

/// A TCP connection to this machine, driven by hand: what is sent, in which pieces, and how it ends.
final class Connection {
    /// The peer ended before it said what was waited for.
    struct Ended: Error, CustomStringConvertible {
        let received: String
        var description: String { "the connection ended after \(received.debugDescription)" }
    }

    private var descriptor: CInt
    private var received: [UInt8] = []

    /// - Parameters:
    ///   - seconds: how long one send or receive may take.
    ///   - windowBytes: the receive buffer; nil leaves it to the system.
    init(port: UInt16, seconds: Int = 60, windowBytes: CInt? = nil) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var one: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        if var windowBytes {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &windowBytes, socklen_t(MemoryLayout<CInt>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let error = SystemError("connect")
            Glibc.close(descriptor)
            descriptor = -1
            throw error
        }
    }

    deinit { close() }

    // MARK: Sending

    func send(_ bytes: UnsafeRawBufferPointer) throws {
        var sent = 0
        while sent < bytes.count {
            let count = Glibc.send(
                descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, CInt(MSG_NOSIGNAL))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw SystemError("send") }
            sent += count
        }
    }

    func send(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try send($0) } }
    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Sends the bytes as chunks of that size (RFC 9112 §7.1), without the last one.
    func sendChunks(_ bytes: [UInt8], pieceBytes: Int) throws {
        try bytes.withUnsafeBytes { all in
            var start = 0
            while start < all.count {
                let end = min(start + pieceBytes, all.count)
                try send("\(String(end - start, radix: 16))\r\n")
                try send(UnsafeRawBufferPointer(rebasing: all[start..<end]))
                try send("\r\n")
                start = end
            }
        }
    }

    func sendLastChunk() throws { try send("0\r\n\r\n") }

    /// Ends our side in order.
    func endSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }

    /// Ends with a reset, as a machine that lost its state does.
    func reset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    // MARK: Receiving

    /// Reads what has come, at least a byte; 0 at the end.
    func receive(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        if !received.isEmpty {
            let count = min(received.count, target.count)
            target.copyBytes(from: received[..<count])
            received.removeFirst(count)
            return count
        }
        while true {
            let count = recv(descriptor, target.baseAddress, target.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("receive") }
            return count
        }
    }

    /// Fills the whole buffer.
    func receiveAll(_ target: UnsafeMutableRawBufferPointer) throws {
        var filled = 0
        while filled < target.count {
            let count = try receive(into: UnsafeMutableRawBufferPointer(rebasing: target[filled...]))
            guard count > 0 else { throw Ended(received: "\(filled) bytes of a body") }
            filled += count
        }
    }

    func receive(bytes: Int) throws -> [UInt8] {
        var result = [UInt8](repeating: 0, count: bytes)
        try result.withUnsafeMutableBytes { try receiveAll($0) }
        return result
    }

    func receiveToEnd() throws -> [UInt8] {
        var result: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = try piece.withUnsafeMutableBytes { try receive(into: $0) }
            if count == 0 { return result }
            result += piece[..<count]
        }
    }

    /// Reads to the end, whether the peer closes in order or not.
    func receiveToBreak() -> [UInt8] {
        var result: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65536)
        while let count = try? piece.withUnsafeMutableBytes({ try receive(into: $0) }), count > 0 {
            result += piece[..<count]
        }
        return result
    }

    /// Whether the peer has closed, with nothing left to read; waits for it.
    func isEndedByPeer() -> Bool {
        var byte: UInt8 = 0
        return received.isEmpty && recv(descriptor, &byte, 1, 0) <= 0 && errno != EAGAIN
    }

    /// Whether something has come, within that time.
    func hasInput(within milliseconds: CInt) -> Bool {
        var interest = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return !received.isEmpty || poll(&interest, 1, milliseconds) > 0
    }

    /// Reads a line without its end.
    func receiveLine() throws -> String {
        var piece = [UInt8](repeating: 0, count: 16384)
        while true {
            if let end = received.firstIndex(of: 0x0A) {
                let line = received[..<end]
                received.removeFirst(end + 1)
                return String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
            }
            let count = piece.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Ended(received: String(decoding: received, as: UTF8.self)) }
            received += piece[..<count]
        }
    }

    /// Reads an answer's status line and header.
    func receiveHead() throws -> Answer {
        let words = try receiveLine().split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            throw Ended(received: words.joined(separator: " "))
        }
        var answer = Answer(status: status)
        while true {
            let line = try receiveLine()
            if line.isEmpty { return answer }
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            try #require(parts.count == 2, "no header line: \(line)")
            answer.fields.append((String(parts[0]), String(parts[1].drop { $0 == " " })))
        }
    }

    /// Reads a whole answer, after any `100 Continue`.
    func receiveAnswer(toHead: Bool = false) throws -> Answer {
        var answer = try receiveHead()
        while answer.status == 100 { answer = try receiveHead() }
        if toHead || answer.status == 204 || answer.status == 304 { return answer }
        if let length = answer["content-length"] {
            answer.body = try receive(bytes: try #require(Int(length)))
        } else if answer["transfer-encoding"] == "chunked" {
            while true {
                let size = try #require(Int(try receiveLine(), radix: 16))
                answer.body += try receive(bytes: size)
                let end = try receiveLine()
                try #require(end.isEmpty)
                if size == 0 { break }
            }
        } else {
            answer.body = try receiveToEnd()
        }
        return answer
    }
}
