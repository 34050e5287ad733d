import Glibc
import Posix
import Testing

@Suite struct ListeningSocketTests {
    private func echo(at listener: consuming ListeningSocket) async throws -> String {
        let address = listener.address
        let number = listener.release()
        let loop = Shared.group.loops[0]
        return try await onLoop(loop) {
            let listening = try PolledSocket(owning: Descriptor(owning: number), on: loop)
            defer { listening.close() }
            let socket = try await PolledSocket.connect(to: address, on: loop, until: .after(seconds: 10))
            defer { socket.close() }
            try await Self.greet(listening, loop)
            return try await socket.hear()
        }
    }

    private static func greet(_ listening: PolledSocket, _ loop: EventLoop) async throws {
        let socket = try PolledSocket(owning: try await listening.accept(), on: loop)
        defer { socket.close() }
        let text = Array("hello from \(socket.peer?.host ?? "nowhere")".utf8)
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
        defer { bytes.deallocate() }
        bytes.copyBytes(from: text)
        try await socket.send(UnsafeRawBufferPointer(bytes), stallSeconds: 10)
    }

    @Test func overIPv4() async throws {
        let listener = try ListeningSocket(address: SocketAddress(host: "127.0.0.1", port: 0), backlog: 4)
        #expect(listener.address.host == "127.0.0.1")
        #expect((listener.address.port ?? 0) > 0)
        #expect(listener.address.description == "127.0.0.1:\(listener.address.port ?? 0)")
        #expect(try await echo(at: listener) == "hello from 127.0.0.1")
    }

    @Test func overIPv6() async throws {
        let listener = try ListeningSocket(address: SocketAddress(host: "::1", port: 0), backlog: 4)
        #expect(listener.address.description == "[::1]:\(listener.address.port ?? 0)")
        #expect(try await echo(at: listener) == "hello from ::1")
    }

    @Test func overAUnixSocket() async throws {
        let path = "/tmp/glimpse-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
        defer { unlink(path) }
        // A file that a dead process left gives way.
        do { _ = try ListeningSocket(path: path, backlog: 4) }
        let listener = try ListeningSocket(path: path, backlog: 4)
        #expect(listener.address.description == "unix")
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(try await echo(at: listener) == "hello from ")
    }

    /// A wrong path in a setting must not cost the file that lies there.
    @Test func aFileThatIsNoSocketStays() throws {
        let path = "/tmp/glimpse-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).db"
        defer { unlink(path) }
        do {
            let file = try Descriptor.open(path, O_CREAT | O_WRONLY | O_EXCL, mode: 0o600)
            try file.writeAll(Array("precious".utf8), at: 0)
        }
        #expect(throws: Errno.self) { _ = try ListeningSocket(path: path, backlog: 4) }
        let size = try Descriptor.open(path, O_RDONLY).size()
        #expect(size == 8)
    }

    @Test func aTakenPortIsAnError() throws {
        let first = try ListeningSocket(address: SocketAddress(host: "127.0.0.1", port: 0), backlog: 4)
        let port = first.address.port ?? 0
        #expect(throws: Errno.self) {
            _ = try ListeningSocket(address: SocketAddress(host: "127.0.0.1", port: port), backlog: 4)
        }
        close(first.release())
    }

    @Test func nobodyListens() async throws {
        let listener = try ListeningSocket(address: SocketAddress(host: "127.0.0.1", port: 0), backlog: 1)
        let address = listener.address
        close(listener.release())
        let loop = Shared.group.loops[0]
        let code = try await onLoop(loop) { () -> CInt in
            do throws(SocketError) {
                _ = try await PolledSocket.connect(to: address, on: loop, until: .after(seconds: 10))
                return 0
            } catch {
                guard case .failed(let errno) = error else { return -1 }
                return errno.code
            }
        }
        #expect(code == ECONNREFUSED)
    }

    @Test func pathsThatAreTooLong() {
        #expect(throws: Errno.self) { try SocketAddress(path: String(repeating: "a", count: 108)) }
        #expect(throws: Errno.self) { try SocketAddress(path: "a\0b") }
        #expect(throws: Never.self) { try SocketAddress(path: String(repeating: "a", count: 107)) }
    }
}
