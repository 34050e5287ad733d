import Glibc
import Posix
import Testing

@Suite struct PolledSocketTests {
    /// A socket on a loop, and the other end as a plain descriptor.
    private func withPair(_ body: @escaping @Sendable (PolledSocket, CInt) async throws -> Void) async throws {
        let (near, far) = try connectedPair()
        defer { close(far) }
        let loop = Shared.group.next()
        try await onLoop(loop) {
            let socket = try PolledSocket(owning: Descriptor(owning: near), on: loop)
            defer { socket.close() }
            try await body(socket, far)
        }
    }

    @Test func bytesThenTheEnd() async throws {
        try await withPair { socket, far in
            try say("abc", far)
            #expect(try await socket.hear() == "abc")
            #expect(!socket.isBroken)
            shutdown(far, CInt(SHUT_WR))
            #expect(try await socket.hear() == "")
            #expect(socket.isBroken)
            #expect(try await socket.hear() == "")
        }
    }

    /// Data and the end that came before the socket was looked at, in one event: both must be seen.
    @Test func dataAndEndTogether() async throws {
        for _ in 0..<50 {
            try await withPair { socket, far in
                try say("abc", far)
                shutdown(far, CInt(SHUT_WR))
                #expect(try await socket.hear() == "abc")
                #expect(try await socket.hear() == "")
            }
        }
    }

    /// The same while the loop waits for the socket.
    @Test func dataAndEndTogetherForAWaiter() async throws {
        for _ in 0..<50 {
            try await withPair { socket, far in
                Shared.peers.submit {
                    _ = try? say("abc", far)
                    shutdown(far, CInt(SHUT_WR))
                }
                var text = ""
                while true {
                    let piece = try await socket.hear(upTo: 2)
                    if piece.isEmpty { break }
                    text += piece
                }
                #expect(text == "abc")
            }
        }
    }

    @Test func waitingForBytesTakesNone() async throws {
        try await withPair { socket, far in
            #expect(try await socket.receives(within: 0.02) == false)
            try say("a", far)
            try await socket.waitReadable(until: .after(seconds: 10))
            #expect(try await socket.hear() == "a")
        }
    }

    /// A full buffer may have left bytes in the socket, for which no further event comes.
    @Test func nothingIsLeftBehindAFullBuffer() async throws {
        try await withPair { socket, far in
            try say("abcdefgh", far)
            #expect(try await socket.hear(upTo: 4) == "abcd")
            #expect(try await socket.hear(upTo: 4) == "efgh")
            try say("i", far)
            #expect(try await socket.hear(upTo: 4) == "i")
        }
    }

    @Test func silenceEndsTheWait() async throws {
        try await withPair { socket, far in
            await #expect(throws: SocketError.timedOut) { try await socket.hear(seconds: 0.02) }
            await #expect(throws: SocketError.timedOut) { try await socket.hear(seconds: 0) }
            try say("late", far)
            #expect(try await socket.hear() == "late")
            await #expect(throws: SocketError.timedOut) { try await socket.hear(seconds: 0.02) }
        }
    }

    /// A timer that stands for a later moment must not hide a nearer one, nor the other way round.
    @Test func deadlinesMayComeNearerAndGoFarther() async throws {
        try await withPair { socket, far in
            try say("a", far)
            #expect(try await socket.hear(seconds: 60) == "a")
            await #expect(throws: SocketError.timedOut) { try await socket.hear(seconds: 0.03) }
            await #expect(throws: SocketError.timedOut) { try await socket.hear(seconds: 0.01) }
            let isLate = Deadline.after(seconds: 0.05)
            Shared.peers.submit {
                while !isLate.isOver { sched_yield() }
                _ = try? say("b", far)
            }
            #expect(try await socket.hear(seconds: 60) == "b")
        }
    }

    @Test func interruptEndsTheWaitAndAllFurtherOnes() async throws {
        try await withPair { socket, far in
            let loop = try #require(EventLoop.current)
            let box = Box(socket)
            Task(executorPreference: loop) {
                await loop.sleep(until: .after(seconds: 0.02))
                box.socket.interrupt()
            }
            await #expect(throws: SocketError.interrupted) { try await socket.hear(seconds: 60) }
            try say("abc", far)
            await #expect(throws: SocketError.interrupted) { try await socket.hear(seconds: 60) }
        }
    }

    // Proof: it is made and used on one loop only; it carries the socket into another task of that loop.
    private final class Box: @unchecked Sendable {
        let socket: PolledSocket
        init(_ socket: PolledSocket) { self.socket = socket }
    }

    @Test func aReaderThatStallsIsGivenUp() async throws {
        try await withPair { socket, _ in
            let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 20, alignment: 1)
            defer { bytes.deallocate() }
            bytes.initializeMemory(as: UInt8.self, repeating: 7)
            await #expect(throws: SocketError.timedOut) {
                try await socket.send(UnsafeRawBufferPointer(bytes), stallSeconds: 0.05)
            }
        }
    }

    @Test func everythingIsSentToASlowReader() async throws {
        let count = 3 << 20
        try await withPair { socket, far in
            let received = Guarded<(bytes: Int, sum: UInt64)?>(nil)
            Shared.peers.submit {
                var buffer = [UInt8](repeating: 0, count: 10_007)
                var bytes = 0
                var sum: UInt64 = 0
                while true {
                    let got = recv(far, &buffer, buffer.count, 0)
                    if got <= 0 { break }
                    for byte in buffer[..<got] { sum = sum &* 31 &+ UInt64(byte) }
                    bytes += got
                }
                received.withLock { $0 = (bytes, sum) }
            }
            let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
            defer { bytes.deallocate() }
            var sum: UInt64 = 0
            for index in 0..<count {
                let byte = UInt8(truncatingIfNeeded: index &* 7 &+ index >> 11)
                bytes[index] = byte
                sum = sum &* 31 &+ UInt64(byte)
            }
            try await socket.send(UnsafeRawBufferPointer(bytes), stallSeconds: 30)
            socket.finishSending()
            let limit = Deadline.after(seconds: 60)
            while received.value == nil, !limit.isOver {
                await EventLoop.current?.sleep(until: .after(seconds: 0.01))
            }
            #expect(received.value?.bytes == count)
            #expect(received.value?.sum == sum)
        }
    }

    @Test func aResetIsAFailure() async throws {
        try await withPair { socket, far in
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(far, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
            // The number is closed behind the test: it gets another meaning instead of none.
            let null = open("/dev/null", O_RDONLY)
            dup2(null, far)
            close(null)
            do throws(SocketError) {
                _ = try await socket.hear()
                Issue.record("a reset looks like an end")
            } catch {
                guard case .failed(let errno) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(errno.code == ECONNRESET)
            }
        }
    }

    @Test func aClosedSocketFailsAndClosesOnce() async throws {
        try await withPair { socket, far in
            socket.close()
            socket.close()
            #expect(socket.isBroken)
            await #expect(throws: SocketError.self) { try await socket.hear(seconds: 1) }
            var byte: UInt8 = 0
            #expect(recv(far, &byte, 1, 0) == 0)
        }
    }

    /// Before the loop was told: whoever is about to use the connection again must know now.
    @Test func theEndIsSeenWithoutAnEvent() async throws {
        try await withPair { socket, far in
            #expect(!socket.isBroken)
            try say("a", far)
            #expect(!socket.isBroken)
            #expect(try await socket.hear() == "a")
            shutdown(far, CInt(SHUT_WR))
            #expect(socket.isBroken)
        }
    }

    /// Slots are used again: what was meant for a socket that is gone must not reach its successor.
    @Test func successorsAreNotDisturbed() async throws {
        let loop = Shared.group.loops[0]
        for _ in 0..<200 {
            let (first, second) = try unixPair()
            try await onLoop(loop) {
                let gone = try PolledSocket(owning: Descriptor(owning: first), on: loop)
                try say("x", second)
                await #expect(throws: Never.self) { try await gone.waitReadable(until: .after(seconds: 0.001)) }
                gone.close()
                close(second)
                let (near, far) = try unixPair()
                defer { close(far) }
                let socket = try PolledSocket(owning: Descriptor(owning: near), on: loop)
                defer { socket.close() }
                #expect(try await socket.receives(within: 0.002) == false)
                try say("y", far)
                #expect(try await socket.hear() == "y")
            }
        }
    }

    @Test func manySocketsAtOnce() async throws {
        let pairs = try (0..<300).map { _ in try unixPair() }
        let heard = try await withThrowingTaskGroup(of: String.self) { group in
            for (number, pair) in pairs.enumerated() {
                let loop = Shared.group.loops[number % Shared.group.loops.count]
                group.addTask {
                    try await onLoop(loop) {
                        let socket = try PolledSocket(owning: Descriptor(owning: pair.0), on: loop)
                        defer { socket.close() }
                        return try await socket.hear()
                    }
                }
            }
            try await Shared.peers.run {
                for (number, pair) in pairs.enumerated() { try say("\(number)", pair.1) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for pair in pairs { close(pair.1) }
        #expect(Set(heard.compactMap(Int.init)) == Set(0..<300))
    }
}

extension PolledSocket {
    /// Whether bytes come in that time; they are dropped.
    fileprivate func receives(within seconds: Double) async throws(SocketError) -> Bool {
        do throws(SocketError) {
            _ = try await hear(upTo: 1, seconds: seconds)
            return true
        } catch .timedOut {
            return false
        }
    }
}
