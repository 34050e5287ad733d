import Glibc

/// What went wrong on the client's side of a test.
struct ClientFailure: Error, CustomStringConvertible {
    let description: String

    static func system(_ call: String) -> ClientFailure {
        ClientFailure(description: "\(call): \(String(cString: strerror(errno)))")
    }
}

/// A client made of plain system calls: it shares no code with what it tests. Calls block, for half a minute at most.
final class RawClient {
    private(set) var descriptor: CInt
    /// Received and not yet taken.
    private var buffer: [UInt8] = []
    private var at = 0

    /// - Parameter receiveBytes: the size of the kernel's buffer, to be a slow reader with.
    init(port: Int, receiveBytes: CInt? = nil) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ClientFailure.system("socket") }
        if var receiveBytes { set(SO_RCVBUF, &receiveBytes) }
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        set(SO_RCVTIMEO, &patience)
        set(SO_SNDTIMEO, &patience)
        var one: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let number = descriptor
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw ClientFailure.system("connect") }
    }

    deinit { close() }

    private func set<Value: BitwiseCopyable>(_ option: CInt, _ value: inout Value) {
        setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<Value>.size))
    }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Goes away with a reset instead of an end.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        set(SO_LINGER, &linger)
        close()
    }

    func finishSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    func send(_ text: String) throws { try send(Array(text.utf8)[...]) }

    func send(_ bytes: ArraySlice<UInt8>) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            guard count > 0 else { throw ClientFailure.system("send") }
            rest = rest.dropFirst(count)
        }
    }

    /// Has something to take, unless the server has ended.
    private func fill() throws -> Bool {
        if at < buffer.count { return true }
        buffer = [UInt8](repeating: 0, count: 65_536)
        at = 0
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else {
            buffer = []
            throw ClientFailure.system("recv")
        }
        buffer.removeSubrange(count...)
        return count > 0
    }

    func take(_ count: Int) throws -> [UInt8] {
        var taken: [UInt8] = []
        taken.reserveCapacity(count)
        while taken.count < count {
            guard try fill() else {
                throw ClientFailure(description: "the server ended after \(taken.count) of \(count)")
            }
            let step = min(count - taken.count, buffer.count - at)
            taken += buffer[at..<(at + step)]
            at += step
        }
        return taken
    }

    func line() throws -> String {
        var bytes: [UInt8] = []
        while try fill() {
            bytes.append(buffer[at])
            at += 1
            if bytes.suffix(2) == [0x0D, 0x0A] { return String(decoding: bytes.dropLast(2), as: UTF8.self) }
        }
        throw ClientFailure(description: "the server ended in the line '\(String(decoding: bytes, as: UTF8.self))'")
    }

    /// Whatever comes until the server ends its side.
    func takeToEnd() throws -> [UInt8] {
        var taken: [UInt8] = []
        while try fill() {
            taken += buffer[at...]
            at = buffer.count
        }
        return taken
    }

    /// Whether the server has ended its side, without a reset and without a further byte.
    func isAtEnd() throws -> Bool { try !fill() }

    /// Whether something comes in that time.
    func hears(within milliseconds: CInt) -> Bool {
        if at < buffer.count { return true }
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, milliseconds) != 0
    }
}

/// An answer as it came over the wire.
struct Answer {
    var statusLine: String
    var fields: [(name: String, value: String)] = []
    var body: [UInt8] = []

    var status: Int { Int(statusLine.dropFirst(9).prefix(3)) ?? 0 }
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The only field of that name; nil where there is none or more than one.
    subscript(name: String) -> String? {
        let values = fields.filter { $0.name.lowercased() == name }
        return values.count == 1 ? values[0].value : nil
    }
}

extension RawClient {
    /// Reads the status line and the fields, without a body.
    func head() throws -> Answer {
        var answer = Answer(statusLine: try line())
        while true {
            let field = try line()
            if field.isEmpty { return answer }
            guard let colon = field.firstIndex(of: ":") else { throw ClientFailure(description: "no field: \(field)") }
            let value = field[field.index(after: colon)...].drop { $0 == " " }
            answer.fields.append((String(field[..<colon]), String(value)))
        }
    }

    /// Reads a whole answer.
    func answer() throws -> Answer {
        var answer = try head()
        if answer.status < 200 || answer.status == 204 || answer.status == 304 { return answer }
        if answer["transfer-encoding"] == "chunked" {
            while true {
                let sizeLine = try line()
                guard let size = Int(sizeLine, radix: 16) else {
                    throw ClientFailure(description: "no size: \(sizeLine)")
                }
                answer.body += try take(size)
                guard try line().isEmpty else { throw ClientFailure(description: "no line end behind a chunk") }
                if size == 0 { return answer }
            }
        } else if let length = answer["content-length"].flatMap({ Int($0) }) {
            answer.body = try take(length)
        } else {
            answer.body = try takeToEnd()
        }
        return answer
    }

    /// Sends a GET, and reads the answer.
    func get(_ path: String) throws -> Answer {
        try send("GET \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
        return try answer()
    }
}
