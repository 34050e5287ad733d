import Glibc
import Synchronization

/// An HTTP server on a loopback port that answers each connection with canned bytes and remembers what it was asked.
final class HostileServer: Sendable {
    struct Request: Sendable {
        let method: String
        let target: String
        let head: String

        /// The value of a field, nil when it was not sent.
        func field(_ name: String) -> String? {
            for line in head.split(separator: "\r\n").dropFirst() {
                guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name else { continue }
                return String(line[line.index(after: colon)...].drop { $0 == " " })
            }
            return nil
        }
    }

    struct Reply: Sendable {
        enum Ending: Sendable {
            case close
            /// Sends nothing more until the client goes away.
            case hold
            /// Sends this again and again until the client goes away.
            case stream([UInt8])
        }

        var bytes: [UInt8]
        var ending: Ending = .close

        static func text(_ text: String, _ ending: Ending = .close) -> Reply {
            Reply(bytes: Array(text.utf8), ending: ending)
        }

        /// A whole answer with Content-Length.
        static func answer(_ status: String, _ fields: [String] = [], body: String = "") -> Reply {
            text(
                (["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + fields).joined(separator: "\r\n")
                    + "\r\n\r\n" + body)
        }

        static func redirect(_ location: String, _ status: String = "302 Found") -> Reply {
            answer(status, ["Location: \(location)"])
        }
    }

    let port: UInt16
    private let listener: Int32
    private let reply: @Sendable (Request) -> Reply
    private let seen = Mutex<[Request]>([])
    private let accepted = Atomic<Int>(0)
    private let thread: Mutex<pthread_t?> = Mutex(nil)
    /// The connection in work, so that `stop` can end it.
    private let current = Mutex<Int32>(-1)

    struct Failed: Error { let call: String, code: Int32 }

    init(_ reply: @escaping @Sendable (Request) -> Reply) throws {
        self.reply = reply
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var bytes = socklen_t(MemoryLayout<sockaddr_in>.size)
        let fd = listener
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, bytes) == 0 && listen(fd, 16) == 0 && getsockname(fd, $0, &bytes) == 0
            }
        }
        guard code else { throw Failed(call: "listen", code: errno) }
        port = UInt16(bigEndian: address.sin_port)
        var started = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let created = pthread_create(
            &started, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<HostileServer>.fromOpaque(context).takeRetainedValue().serve()
                return nil
            }, context)
        guard created == 0 else { throw Failed(call: "pthread_create", code: created) }
        let ready = started
        thread.withLock { $0 = ready }
    }

    /// What was asked so far, in order.
    var requests: [Request] { seen.withLock { $0 } }

    /// Connections so far, with or without a request.
    var connections: Int { accepted.load(ordering: .acquiring) }

    func url(_ path: String = "/image") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Ends the thread and waits for it.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        current.withLock { if $0 >= 0 { shutdown($0, Int32(SHUT_RDWR)) } }
        if let thread = thread.withLock({ $0.take() }) { pthread_join(thread, nil) }
    }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            accepted.add(1, ordering: .releasing)
            current.withLock { $0 = connection }
            answer(connection)
            current.withLock { $0 = -1 }
            close(connection)
        }
        close(listener)
    }

    private func answer(_ connection: Int32) {
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard recv(connection, &byte, 1, 0) == 1 else { return }
            head.append(byte)
        }
        let text = String(decoding: head, as: UTF8.self)
        let words = text.prefix { $0 != "\r\n" }.split(separator: " ")
        guard words.count == 3 else { return }
        let request = Request(method: String(words[0]), target: String(words[1]), head: text)
        seen.withLock { $0.append(request) }
        let reply = reply(request)
        guard send(reply.bytes, to: connection) else { return }
        switch reply.ending {
        case .close: shutdown(connection, Int32(SHUT_WR))
        case .hold: break
        case .stream(let piece): while send(piece, to: connection) {}
        }
        // Until the client closes: a reset must not overtake what was sent.
        while recv(connection, &byte, 1, 0) == 1 {}
    }

    private func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { raw in
                Glibc.send(connection, raw[sent...].baseAddressOrNil, raw.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate var baseAddressOrNil: UnsafeRawPointer? { UnsafeRawBufferPointer(rebasing: self).baseAddress }
}
