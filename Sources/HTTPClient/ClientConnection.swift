import HTTPWire
import Posix

/// One connection of the client, used for one exchange at a time.
final class ClientConnection {
    private let socket: PolledSocket

    init(socket: PolledSocket) {
        self.socket = socket
    }

    /// Whether the peer still holds its side open, as far as the loop has seen.
    var isUsable: Bool { !socket.isBroken }

    func close() { socket.close() }

    /// Sends the message and reads one answer with a body of known length.
    func exchange(
        _ message: [UInt8], until deadline: Deadline, bodyBytesMax: Int
    ) async throws(ExchangeError) -> (status: Int, body: [UInt8], keepsAlive: Bool) {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(message.count, 16_384), alignment: 16)
        defer { room.deallocate() }
        room.copyBytes(from: message)
        do throws(SocketError) {
            try await socket.send(
                UnsafeRawBufferPointer(rebasing: room[..<message.count]), stallSeconds: 30)
        } catch {
            throw .broken("\(error)")
        }
        var parser = ResponseHeadParser()
        var head: ResponseHead?
        var body: [UInt8] = []
        while true {
            let count = try await receive(into: room, until: deadline)
            var rest = UnsafeRawBufferPointer(rebasing: room[..<count])
            if head == nil {
                let consumed: Int
                do throws(WireError) {
                    (consumed, head) = try parser.consume(rest)
                } catch {
                    throw .broken("\(error)")
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
            }
            guard let head else { continue }
            let length: Int
            switch head.framing {
            case .none: length = 0
            case .length(let bytes) where bytes <= Int64(bodyBytesMax): length = Int(bytes)
            default: throw .broken("an answer without a length, or too long")
            }
            if body.isEmpty { body.reserveCapacity(length) }
            body.append(contentsOf: rest)
            guard body.count <= length else { throw .broken("more than one answer") }
            if body.count == length { return (head.status, body, head.keepsAlive) }
        }
    }

    private func receive(
        into room: UnsafeMutableRawBufferPointer, until deadline: Deadline
    ) async throws(ExchangeError) -> Int {
        let count: Int
        do throws(SocketError) {
            count = try await socket.receive(into: room, until: deadline)
        } catch {
            throw error == .timedOut ? .timedOut : .broken("\(error)")
        }
        guard count > 0 else { throw .broken("the connection was closed") }
        return count
    }
}
