import CLinux
import Glibc

/// How a wait or a transfer on a socket ended early.
public enum SocketError: Error, Equatable, Sendable {
    /// The deadline passed without progress.
    case timedOut
    /// `interrupt()` was called: the server is stopping.
    case interrupted
    /// The peer is gone, or the system failed.
    case failed(Errno)
}

/// A non-blocking stream socket, connected or listening, that belongs to one event loop. It is not Sendable: its task
/// lives on the loop, and so do all calls.
public final class PolledSocket {
    private enum Side { case read, write }

    private let loop: EventLoop
    private var descriptor: Descriptor?
    private let number: CInt
    private var slot = 0
    private var waiter: UnsafeContinuation<SocketError?, Never>?
    private var waitsFor = Side.read
    private var canRead = true
    private var canWrite = true
    private var hasPeerEnded = false
    private var isInterrupted = false
    private var deadline = Deadline.never
    /// When the loop's timer will look at this socket: at most one timer stands for it, see `wait`.
    private var scheduledAt = Deadline.never

    /// Takes over a non-blocking socket; to be called on the loop.
    public init(owning descriptor: consuming Descriptor, on loop: EventLoop) throws(Errno) {
        self.loop = loop
        number = descriptor.rawValue
        self.descriptor = consume descriptor
        slot = try loop.register(self, descriptor: number)
    }

    /// Connects: connect(2), waiting on the loop.
    public static func connect(
        to address: SocketAddress, on loop: EventLoop, until deadline: Deadline
    ) async throws(SocketError) -> PolledSocket {
        let connected: PolledSocket
        var isUnderWay = false
        do throws(Errno) {
            let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
            let descriptor = Descriptor(owning: try retrying("socket") { socket(address.family, kind, 0) })
            if address.withPointer({ Glibc.connect(descriptor.rawValue, $0, $1) }) != 0 {
                guard errno == EINPROGRESS else { throw Errno.last("connect \(address)") }
                isUnderWay = true
            }
            connected = try PolledSocket(owning: descriptor, on: loop)
        } catch {
            throw .failed(error)
        }
        guard isUnderWay else { return connected }
        do throws(SocketError) {
            try await connected.waitConnected(until: deadline)
        } catch {
            connected.close()
            throw error
        }
        return connected
    }

    /// Closes the socket now. Further calls do nothing.
    public func close() {
        guard descriptor != nil else { return }
        loop.unregister(slot)
        descriptor = nil
    }

    /// Receives what is there, or waits for it: recv(2). 0 means that the peer has ended its side.
    public func receive(
        into buffer: UnsafeMutableRawBufferPointer, until deadline: Deadline
    ) async throws(SocketError) -> Int {
        while true {
            if let count = try receiveNow(into: buffer) { return count }
            canRead = false
            try await wait(.read, until: deadline)
        }
    }

    /// Waits until there is something to receive, or the peer has ended: lets a connection idle without a buffer.
    public func waitReadable(until deadline: Deadline) async throws(SocketError) {
        while !canRead { try await wait(.read, until: deadline) }
    }

    /// Receives without waiting; nil where nothing has come.
    public func receiveNow(into buffer: UnsafeMutableRawBufferPointer) throws(SocketError) -> Int? {
        guard !isInterrupted else { throw .interrupted }
        guard canRead else { return nil }
        let count = try attempt("recv") { recv(number, buffer.baseAddress, buffer.count, 0) }
        // A short read has emptied the socket (epoll(7)): what comes later makes an event of its own. The peer's end may
        // have come with the event that brought these bytes, though, and must be read too.
        if (count ?? 0) < buffer.count && !hasPeerEnded { canRead = false }
        return count
    }

    /// Sends all of the bytes: send(2) with MSG_NOSIGNAL. Progress renews the time.
    ///
    /// - Parameter hasMore: whether more follows at once, so that the kernel may fill a packet (MSG_MORE).
    public func send(
        _ bytes: UnsafeRawBufferPointer, hasMore: Bool = false, stallSeconds: Double
    ) async throws(SocketError) {
        var sent = 0
        let flags = CInt(MSG_NOSIGNAL) | (hasMore ? CInt(MSG_MORE) : 0)
        while sent < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
            if let count = try attempt("send", { Glibc.send(number, rest.baseAddress, rest.count, flags) }) {
                sent += count
            } else {
                canWrite = false
                try await wait(.write, until: .after(seconds: stallSeconds))
            }
        }
    }

    /// Sends part of a file without copying it through the process: sendfile(2).
    ///
    /// - Returns: bytes sent, at most `bytes`; 0 where the file is shorter than the offset.
    public func sendFile(
        _ file: CInt, at offset: Int64, bytes: Int, stallSeconds: Double
    ) async throws(SocketError) -> Int {
        while true {
            var position = off_t(offset)
            if let count = try attempt("sendfile", { sendfile(number, file, &position, bytes) }) { return count }
            canWrite = false
            try await wait(.write, until: .after(seconds: stallSeconds))
        }
    }

    /// Takes the next connection, or waits for one: accept4(2).
    public func accept() async throws(SocketError) -> Descriptor {
        while true {
            guard !isInterrupted else { throw .interrupted }
            if let accepted = try attempt("accept", { Int(clinux_accept(number, nil, nil)) }) {
                return Descriptor(owning: CInt(accepted))
            }
            canRead = false
            try await wait(.read, until: .never)
        }
    }

    /// Waits for a connect(2) that is under way and tells how it ended (SO_ERROR).
    func waitConnected(until deadline: Deadline) async throws(SocketError) {
        canWrite = false
        try await wait(.write, until: deadline)
        var code: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &length)
        guard code == 0 else { throw .failed(Errno(code: code, operation: "connect")) }
    }

    /// Sends small packets at once: TCP_NODELAY. Without it two small sends can cost 40 ms.
    public func disableDelay() {
        var one: CInt = 1
        setsockopt(number, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
    }

    /// The peer's address; nil once it is gone.
    public var peer: SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            let address = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
            return getpeername(number, address, &length) == 0 ? SocketAddress(address, length: length) : nil
        }
    }

    /// Makes the peer see the end of our side: shutdown(2) with SHUT_WR.
    public func finishSending() {
        shutdown(number, CInt(SHUT_WR))
    }

    /// Whether the peer has ended its side by now, or the connection failed: recv(2) with MSG_PEEK, as the loop may not
    /// have come to see it yet.
    public var isBroken: Bool {
        if hasPeerEnded || descriptor == nil { return true }
        var byte: UInt8 = 0
        let count = recv(number, &byte, 1, CInt(MSG_PEEK) | CInt(MSG_DONTWAIT))
        return count == 0 || count < 0 && errno != EAGAIN && errno != EINTR
    }

    /// Ends every wait on this socket, now and later, with `interrupted`.
    public func interrupt() {
        isInterrupted = true
        resume(.interrupted)
    }

    /// A call that does not wait: nil for "would block", EINTR again.
    private func attempt(_ name: String, _ call: () -> Int) throws(SocketError) -> Int? {
        guard descriptor != nil else { throw .failed(Errno(code: EBADF, operation: name)) }
        while true {
            let count = call()
            if count >= 0 { return count }
            let code = errno
            if code == EAGAIN { return nil }
            if code != EINTR { throw .failed(Errno(code: code, operation: name)) }
        }
    }

    private func wait(_ side: Side, until deadline: Deadline) async throws(SocketError) {
        precondition(loop.isCurrent && waiter == nil, "one wait at a time, on the socket's loop")
        guard !isInterrupted else { throw .interrupted }
        if side == .read ? canRead : canWrite { return }
        waitsFor = side
        self.deadline = deadline
        // A timer that stands for an earlier moment will look at the new deadline when it fires: a busy keep-alive
        // connection costs one timer an interval, not one a request.
        if deadline < scheduledAt { schedule() }
        let failure = await withUnsafeContinuation { waiter = $0 }
        if let failure { throw failure }
    }

    func becomeReady(toRead: Bool, toWrite: Bool, hasPeerEnded: Bool) {
        if hasPeerEnded { self.hasPeerEnded = true }
        if toRead { canRead = true }
        if toWrite { canWrite = true }
        if waitsFor == .read ? canRead : canWrite { resume(nil) }
    }

    func checkDeadline(_ at: Deadline, now: Deadline) {
        guard at == scheduledAt else { return }
        scheduledAt = .never
        guard waiter != nil else { return }
        if deadline <= now {
            resume(.timedOut)
        } else if deadline != .never {
            schedule()
        }
    }

    /// Has the loop look at the deadline, in half a minute at the latest: the timer of a socket that was closed meanwhile
    /// stays with the loop until it fires, and those of many short connections must not pile up.
    private func schedule() {
        scheduledAt = min(deadline, .after(seconds: 30))
        loop.schedule(slot, at: scheduledAt)
    }

    private func resume(_ failure: SocketError?) {
        guard let waiter else { return }
        self.waiter = nil
        waiter.resume(returning: failure)
    }
}
