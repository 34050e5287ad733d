import CLinux
import Glibc

/// Where a socket listens or connects: an IPv4 or IPv6 address with a port, or a path in the filesystem.
public struct SocketAddress: Sendable, CustomStringConvertible {
    private let storage: sockaddr_storage
    private let length: socklen_t

    /// An address with a port. `host` is a numeric address or a name that the system resolves (getaddrinfo(3), which
    /// may block: use it at start-up only).
    public init(host: String, port: Int) throws(Errno) {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0, let list else {
            throw Errno(code: EADDRNOTAVAIL, operation: "resolve \(host)")
        }
        defer { freeaddrinfo(list) }
        self.init(list.pointee.ai_addr, length: list.pointee.ai_addrlen)
    }

    /// A unix socket. The path has at most 107 bytes.
    public init(path: String) throws(Errno) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path), !bytes.contains(0) else {
            throw Errno(code: ENAMETOOLONG, operation: "socket path \(path)")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        self = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                SocketAddress($0, length: socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    init(_ address: UnsafePointer<sockaddr>, length: socklen_t) {
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: min(Int(length), $0.count)))
        }
        self.storage = storage
        self.length = length
    }

    /// AF_INET, AF_INET6 or AF_UNIX.
    var family: CInt { CInt(storage.ss_family) }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    /// The address without the port, such as `127.0.0.1`; empty for a unix socket.
    public var host: String { nameInfo().host }

    /// The port; nil for a unix socket.
    public var port: Int? { Int(nameInfo().port) }

    /// `host:port`, `[host]:port` or `unix`.
    public var description: String {
        guard let port else { return "unix" }
        return family == AF_INET6 ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    private func nameInfo() -> (host: String, port: String) {
        guard family != AF_UNIX else { return ("", "") }
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        let code = withPointer {
            getnameinfo(
                $0, $1, &host, socklen_t(host.count), &port, socklen_t(port.count), NI_NUMERICHOST | NI_NUMERICSERV)
        }
        guard code == 0 else { return ("", "") }
        return (text(host), text(port))
    }

    private func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
