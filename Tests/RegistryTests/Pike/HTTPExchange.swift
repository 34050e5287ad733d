import Glibc
import JSONText

/// What a server answered.
struct Answer: Sendable {
    let status: Int
    /// Names in lower case.
    let fields: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// - Throws: where the body is no JSON.
    var json: JSONValue { get throws { try JSONValue(parsing: body) } }
}

/// What went wrong on the client's side of a test.
struct ClientFailure: Error {
    let reason: String

    static func system(_ call: String) -> ClientFailure {
        ClientFailure(reason: "\(call): \(String(cString: strerror(errno)))")
    }
}

/// One request over a connection of its own, by plain system calls. It blocks, for ten seconds at most.
struct HTTPExchange: Sendable {
    let port: Int
    let method: String
    let target: String
    var fields: [(name: String, value: String)] = []
    var body: [UInt8]?

    func perform() throws -> Answer {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ClientFailure.system("socket") }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw ClientFailure.system("connect") }
        try send(to: descriptor)
        return try Self.parse(receive(from: descriptor))
    }

    private func send(to descriptor: CInt) throws {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: registry", "Connection: close"]
        lines += fields.map { "\($0.name): \($0.value)" }
        if let body { lines.append("Content-Length: \(body.count)") }
        var rest = (Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? []))[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            guard count > 0 else { throw ClientFailure.system("send") }
            rest = rest.dropFirst(count)
        }
    }

    private func receive(from descriptor: CInt) throws -> [UInt8] {
        var received: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count >= 0 else { throw ClientFailure.system("recv") }
            if count == 0 { return received }
            received += piece[..<count]
        }
    }

    private static func parse(_ bytes: [UInt8]) throws -> Answer {
        let end = Array("\r\n\r\n".utf8)
        guard let split = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else {
            throw ClientFailure(reason: "no head in '\(String(decoding: bytes, as: UTF8.self))'")
        }
        let lines = String(decoding: bytes[..<split], as: UTF8.self).split(separator: "\r\n")
        guard let words = lines.first?.split(separator: " "), words.count >= 2, let status = Int(words[1]) else {
            throw ClientFailure(reason: "no status line")
        }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " }) }
        }
        return Answer(status: status, fields: fields, body: Array(bytes[(split + end.count)...]))
    }
}
