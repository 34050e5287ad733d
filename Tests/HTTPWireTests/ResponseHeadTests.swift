import HTTPWire
import Testing

/// The client's side: RFC 9112 §4 and §6.3.
@Suite struct ResponseHeadTests {
    struct Good: Sendable, CustomTestStringConvertible {
        let text: String
        let status: Int
        let framing: BodyFraming
        var keepsAlive = true
        var testDescription: String { text.debugDescription }
    }

    static let good: [Good] = [
        Good(text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", status: 200, framing: .length(5)),
        Good(text: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", status: 200, framing: .none),
        Good(text: "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n", status: 200, framing: .chunked),
        Good(text: "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\n", status: 200, framing: .length(1)),
        Good(text: "HTTP/1.1 503 Not now, später\r\n\r\n", status: 503, framing: .untilClose, keepsAlive: false),
        Good(text: "HTTP/1.1 204 No Content\r\n\r\n", status: 204, framing: .none),
        Good(text: "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", status: 304, framing: .none),
        Good(text: "HTTP/1.1 100 Continue\r\n\r\n", status: 100, framing: .none),
        Good(
            text: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\n", status: 200,
            framing: .length(5), keepsAlive: false),
        Good(text: "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", status: 200, framing: .length(5), keepsAlive: false),
    ]

    @Test(arguments: good)
    func understands(_ sample: Good) {
        let bytes = Array(sample.text.utf8)
        for cuts in [[]] + (0...bytes.count).map({ [$0] }) + [Array(0..<bytes.count)] {
            let outcome = read(bytes, cutAt: cuts)
            let head = outcome.success?.head
            #expect(head?.status == sample.status)
            #expect(head?.framing == sample.framing)
            #expect(head?.keepsAlive == sample.keepsAlive)
            #expect(outcome.success?.consumed == bytes.count)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 20\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n", "HTTP/1.1 +20 OK\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.x 200 OK\r\n\r\n",
        "HTTP/1.1200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n", "ICY 200 OK Fine\r\n\r\n", "200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n", "HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n",
    ])
    func refuses(_ text: String) {
        #expect(read(Array(text.utf8), cutAt: []).failure != nil)
    }

    @Test func leavesTheBody() {
        let outcome = read(Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".utf8), cutAt: [])
        #expect(outcome.success?.consumed == 38)
    }

    private func read(
        _ bytes: [UInt8], cutAt cuts: [Int]
    ) -> Result<(consumed: Int, head: ResponseHead?), WireError> {
        var parser = ResponseHeadParser()
        var at = 0
        for end in cuts + [bytes.count] where end > at {
            let outcome: Result<(consumed: Int, head: ResponseHead?), WireError> = bytes[at..<end].withUnsafeBytes {
                do throws(WireError) {
                    return .success(try parser.consume($0))
                } catch {
                    return .failure(error)
                }
            }
            guard case .success(let (consumed, head)) = outcome else { return outcome }
            at += consumed
            if head != nil { return .success((at, head)) }
        }
        return .success((at, nil))
    }
}
