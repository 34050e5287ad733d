import Glibc
import Posix
import Synchronization

/// A web server on this machine that images are copied from, good or bad.
final class WebSource: Sendable {
    /// What it does with a GET. HEAD is always answered as if all were well, unless a status is given.
    enum Behaviour: Sendable {
        case good
        /// Does not say how long the data are.
        case withoutLength
        /// Answers everything with that status.
        case status(Int)
        /// Closes the connection after so many bytes of each body.
        case breaks(afterBytes: Int)
        /// Stops sending after so many bytes, until it is told to go on.
        case pauses(afterBytes: Int)
        case redirects(to: String)
        /// Answers nothing, not even HEAD, until it is told to go on.
        case holds
    }

    private struct State {
        var behaviour: Behaviour
        var requests: [String] = []
        var isPausing = false
    }

    let port: UInt16
    private let data: [UInt8]
    private let listener: CInt
    private let state: Locked<State>

    init(_ data: [UInt8], _ behaviour: Behaviour = .good) throws {
        self.data = data
        state = Locked(State(behaviour: behaviour))
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = listener
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, length) == 0 && listen(number, 64) == 0 && getsockname(number, $0, &length) == 0
            }
        }
        guard result else { throw SystemError("listen") }
        port = UInt16(bigEndian: address.sin_port)
        startThread { [weak self] in
            while true {
                let accepted = accept(number, nil, nil)
                _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
                guard accepted >= 0, let self else {
                    if accepted >= 0 { Glibc.close(accepted) }
                    Glibc.close(number)
                    return
                }
                startThread {
                    self.serve(accepted)
                    Glibc.close(accepted)
                }
            }
        }
    }

    /// Takes no more connections.
    func close() {
        goOn()
        shutdown(listener, CInt(SHUT_RDWR))
    }

    var url: String { "http://127.0.0.1:\(port)/disk.img" }

    /// The requests so far, such as `GET` and `GET bytes=5-`.
    var requests: [String] { state.withLock { $0.requests } }

    /// Whether an answer or a body is held back right now.
    var isPausing: Bool { state.withLock { $0.isPausing } }

    func behave(_ behaviour: Behaviour) { state.withLock { $0.behaviour = behaviour } }

    /// Ends the pause, and is good from now on.
    func goOn() { behave(.good) }

    private func serve(_ socket: CInt) {
        guard let head = readHead(socket) else { return }
        let lines = head.split(separator: "\r\n").map(String.init)
        let method = lines.first.map { $0.prefix { $0 != " " } } ?? ""
        let range = lines.first { $0.lowercased().hasPrefix("range:") }
            .map { String($0.drop { $0 != " " }.dropFirst()) }
        var behaviour = state.withLock { state in
            state.requests.append(range.map { "\(method) \($0)" } ?? String(method))
            return state.behaviour
        }
        if case .holds = behaviour {
            state.withLock { $0.isPausing = true }
            _ = eventually(within: 60) {
                if case .holds = state.withLock({ $0.behaviour }) { return hasGone(socket) }
                return true
            }
            behaviour = state.withLock { state in
                state.isPausing = false
                return state.behaviour
            }
        }
        switch behaviour {
        case .status(let status):
            send("HTTP/1.1 \(status) Bad\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", to: socket)
            return
        case .redirects(let target):
            send(
                "HTTP/1.1 302 Found\r\nLocation: \(target)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                to: socket)
            return
        default: break
        }
        let start = range.flatMap { Int($0.dropFirst("bytes=".count).prefix { $0 != "-" }) } ?? 0
        var answer = start > 0 ? "HTTP/1.1 206 Partial Content\r\n" : "HTTP/1.1 200 OK\r\n"
        if start > 0 { answer += "Content-Range: bytes \(start)-\(data.count - 1)/\(data.count)\r\n" }
        if case .withoutLength = behaviour {} else { answer += "Content-Length: \(data.count - start)\r\n" }
        answer += "ETag: \"one\"\r\nConnection: close\r\n\r\n"
        send(answer, to: socket)
        guard method == "GET" else { return }
        switch behaviour {
        case .breaks(let bytes):
            send(start..<min(start + bytes, data.count), to: socket)
        case .pauses(let bytes):
            let middle = min(start + bytes, data.count)
            send(start..<middle, to: socket)
            state.withLock { $0.isPausing = true }
            _ = eventually(within: 60) {
                if case .pauses = state.withLock({ $0.behaviour }) { return hasGone(socket) }
                return true
            }
            state.withLock { $0.isPausing = false }
            send(middle..<data.count, to: socket)
        default:
            send(start..<data.count, to: socket)
        }
    }

    private func hasGone(_ socket: CInt) -> Bool {
        var byte: UInt8 = 0
        return recv(socket, &byte, 1, CInt(MSG_DONTWAIT | MSG_PEEK)) == 0
    }

    private func readHead(_ socket: CInt) -> String? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 65536 {
            let count = recv(socket, &piece, piece.count, 0)
            guard count > 0 else { return nil }
            bytes += piece[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            if text.hasSuffix("\r\n\r\n") { return text }
        }
        return nil
    }

    private func send(_ text: String, to socket: CInt) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(socket, bytes, bytes.count, CInt(MSG_NOSIGNAL))
    }

    private func send(_ range: Range<Int>, to socket: CInt) {
        data.withUnsafeBytes { all in
            var start = range.lowerBound
            while start < range.upperBound {
                let base = all.baseAddress?.advanced(by: start)
                let count = Glibc.send(socket, base, range.upperBound - start, CInt(MSG_NOSIGNAL))
                guard count > 0 else { return }
                start += count
            }
        }
    }
}
