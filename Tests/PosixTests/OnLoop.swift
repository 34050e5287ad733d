import Glibc
import Posix
import Synchronization

/// Loops and threads that all tests share: they run as long as the process does.
enum Shared {
    static let group: EventLoopGroup = {
        do {
            return try EventLoopGroup(count: 2, name: "test")
        } catch {
            preconditionFailure("no event loops: \(error)")
        }
    }()

    /// For the blocking side of a conversation.
    static let peers = BlockingPool(name: "peers", threadsMax: 16)
}

/// A value that several threads write to, with a lock round it.
final class Guarded<Value: Sendable>: Sendable {
    private let mutex: Locked<Value>

    init(_ value: Value) { mutex = Locked(value) }

    var value: Value { mutex.withLock { $0 } }

    func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        mutex.withLock { value in
            var copy = value
            defer { value = copy }
            return body(&copy)
        }
    }
}

/// Runs the body on a loop, and waits for it.
func onLoop<Value: Sendable>(
    _ loop: EventLoop = Shared.group.loops[0], _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await Task(executorPreference: loop) { try await body() }.value
}

/// Two connected descriptors; the first does not block.
func connectedPair() throws -> (near: CInt, far: CInt) {
    let listener = try ListeningSocket(address: SocketAddress(host: "127.0.0.1", port: 0), backlog: 1)
    let address = listener.address
    let number = listener.release()
    defer { close(number) }
    let far = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard far >= 0 else { throw Errno.last("socket") }
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = UInt16(address.port ?? 0).bigEndian
    target.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &target) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(far, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
    guard isConnected else { throw Errno.last("connect") }
    var pending = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    guard poll(&pending, 1, 5000) == 1 else { throw Errno.last("poll") }
    let near = accept(number, nil, nil)
    guard near >= 0 else { throw Errno.last("accept") }
    var one: CInt = 1
    guard ioctl(near, UInt(FIONBIO), &one) == 0 else { throw Errno.last("ioctl") }
    return (near, far)
}

/// Two connected unix sockets that do not block.
func unixPair() throws -> (CInt, CInt) {
    var pair: [CInt] = [-1, -1]
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else { throw Errno.last("socketpair") }
    return (pair[0], pair[1])
}

/// Sends the text, whole: it is short.
func say(_ text: String, _ descriptor: CInt) throws {
    let bytes = Array(text.utf8)
    guard send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count else { throw Errno.last("send") }
}

extension PolledSocket {
    /// What comes next, as text; empty at the end.
    func hear(upTo bytesMax: Int = 4096, seconds: Double = 10) async throws(SocketError) -> String {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytesMax, alignment: 1)
        defer { buffer.deallocate() }
        let count = try await receive(into: buffer, until: .after(seconds: seconds))
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}
