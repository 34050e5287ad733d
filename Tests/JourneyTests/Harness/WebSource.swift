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
        /// Sends a byte a second.
        case drips
        /// Says that there are so many bytes, sends what there is, and ends.
        case announces(Int)
        /// Sends all from the start, whatever part is asked for, and closes after so many bytes.
        case ignoresRange(breaksAfter: Int)
        /// Has another entity tag each time, and closes the first body after so many bytes.
        case changes(breaksAfter: Int)
        /// Sends chunks without the last one.
        case chunksWithoutEnd
        /// Codes the body, which nobody has asked for.
        case codes
        /// Sends header fields without end.
        case fieldsWithoutEnd
        /// Sends interim answers without end.
        case interimAnswersWithoutEnd
    }

    private struct State {
        var behaviour: Behaviour
        var requests: [String] = []
        var conditions: [String] = []
        var isPausing = false
    }

    let port: UInt16
    private let data: [UInt8]
    private let listener: CInt
    private let state: Locked<State>

    /// - Parameter isEverywhere: whether it answers at every address of the machine, and not at 127.0.0.1 alone.
    init(_ data: [UInt8], _ behaviour: Behaviour = .good, isEverywhere: Bool = false) throws {
        self.data = data
        state = Locked(State(behaviour: behaviour))
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(isEverywhere ? 0 : 0x7F00_0001).bigEndian
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

    /// The values of If-Range so far.
    var conditions: [String] { state.withLock { $0.conditions } }

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
        let condition = lines.first { $0.lowercased().hasPrefix("if-range:") }
            .map { String($0.drop { $0 != " " }.dropFirst()) }
        var (behaviour, turn) = state.withLock { state in
            state.requests.append(range.map { "\(method) \($0)" } ?? String(method))
            if let condition { state.conditions.append(condition) }
            return (state.behaviour, state.requests.count)
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
        case .fieldsWithoutEnd where method == "GET":
            send("HTTP/1.1 200 OK\r\n", to: socket)
            while send("X-Filler: \(String(repeating: "y", count: 1000))\r\n", to: socket) {}
            return
        case .interimAnswersWithoutEnd where method == "GET":
            while send("HTTP/1.1 102 Processing\r\n\r\n", to: socket) {}
            return
        case .chunksWithoutEnd where method == "GET":
            send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(String(data.count, radix: 16))\r\n", to: socket)
            send(0..<data.count, to: socket)
            return
        default: break
        }
        var tag = "\"one\""
        if case .changes = behaviour { tag = "\"\(turn)\"" }
        var isWhole = condition.map { $0 != tag } ?? false
        if case .ignoresRange = behaviour { isWhole = true }
        let start = isWhole ? 0 : range.flatMap { Int($0.dropFirst("bytes=".count).prefix { $0 != "-" }) } ?? 0
        var answer = start > 0 ? "HTTP/1.1 206 Partial Content\r\n" : "HTTP/1.1 200 OK\r\n"
        var total = data.count
        if case .announces(let bytes) = behaviour { total = bytes }
        if start > 0 { answer += "Content-Range: bytes \(start)-\(total - 1)/\(total)\r\n" }
        if case .withoutLength = behaviour {} else { answer += "Content-Length: \(total - start)\r\n" }
        if case .codes = behaviour { answer += "Content-Encoding: gzip\r\n" }
        answer += "ETag: \(tag)\r\nConnection: close\r\n\r\n"
        send(answer, to: socket)
        guard method == "GET" else { return }
        switch behaviour {
        case .breaks(let bytes), .ignoresRange(let bytes):
            send(start..<min(start + bytes, data.count), to: socket)
        case .changes(let bytes):
            let isFirst = state.withLock { $0.conditions.isEmpty }
            send(start..<(isFirst ? min(start + bytes, data.count) : data.count), to: socket)
        case .drips:
            for offset in start..<data.count {
                send(offset..<offset + 1, to: socket)
                _ = eventually(within: 1) { hasGone(socket) }
                if hasGone(socket) { return }
            }
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
            send(min(start, data.count)..<data.count, to: socket)
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

    @discardableResult
    private func send(_ text: String, to socket: CInt) -> Bool {
        let bytes = Array(text.utf8)
        return Glibc.send(socket, bytes, bytes.count, CInt(MSG_NOSIGNAL)) > 0
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
