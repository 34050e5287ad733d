import CLinux
import Glibc

/// A socket that takes connections.
public struct ListeningSocket: ~Copyable, Sendable {
    private let descriptor: Descriptor
    /// Where it listens; with port 0 asked for, the port that the system gave.
    public let address: SocketAddress

    /// Binds and listens: bind(2), listen(2) with SO_REUSEADDR. An IPv6 wildcard takes IPv4 as well.
    ///
    /// - Parameter backlog: connections that may wait to be accepted; the system caps it (somaxconn).
    public init(address: SocketAddress, backlog: Int) throws(Errno) {
        try self.init(bindingTo: address, backlog: backlog)
    }

    /// Listens on a unix socket that only this user can reach (mode 0600). A socket file left by a dead process gives
    /// way.
    public init(path: String, backlog: Int) throws(Errno) {
        var status = stat()
        // Only a socket: a wrong path in a setting must not cost the file that lies there.
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { unlink(path) }
        let mask = umask(0o177)
        defer { umask(mask) }
        try self.init(bindingTo: SocketAddress(path: path), backlog: backlog)
    }

    private init(bindingTo address: SocketAddress, backlog: Int) throws(Errno) {
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = Descriptor(owning: try retrying("socket") { socket(address.family, kind, 0) })
        var one: CInt = 1
        setsockopt(descriptor.rawValue, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<CInt>.size))
        var zero: CInt = 0
        if address.family == AF_INET6 {
            setsockopt(
                descriptor.rawValue, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &zero,
                socklen_t(MemoryLayout<CInt>.size))
        }
        try retrying("bind \(address)") { address.withPointer { bind(descriptor.rawValue, $0, $1) } }
        try retrying("listen \(address)") { listen(descriptor.rawValue, CInt(clamping: backlog)) }
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let number = descriptor.rawValue
        self.address = try withUnsafeMutablePointer(to: &storage) { pointer throws(Errno) in
            let bound = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
            try retrying("getsockname") { getsockname(number, bound, &length) }
            return SocketAddress(bound, length: length)
        }
        self.descriptor = descriptor
    }

    /// Gives the descriptor away, to be owned by a `PolledSocket` on the loop that accepts.
    public consuming func release() -> CInt {
        descriptor.release()
    }
}
