import HTTPTypes
import HTTPWire
import Testing

/// RFC 9112 §2 to §6: what a request's head means, and what no server may guess at.
@Suite struct RequestHeadTests {
    @Test(arguments: RequestSamples.good)
    func understands(_ sample: RequestSamples.Good) {
        let record = readHeads(Array(sample.text.utf8))
        #expect(record.heads == [sample.summary])
        #expect(record.ends == [sample.text.utf8.count])
        #expect(record.error == nil)
        #expect(!record.isInsideHead)
    }

    @Test(arguments: RequestSamples.badFraming + RequestSamples.badLines + RequestSamples.badStart)
    func refuses(_ sample: RequestSamples.Bad) {
        let record = readHeads(Array(sample.text.utf8))
        #expect(record.heads.isEmpty)
        #expect(record.error?.status == sample.status)
    }

    @Test func refusesATargetThatIsNotUTF8() {
        let bytes = Array("GET /".utf8) + [0xC3, 0x28] + Array(" HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        #expect(readHead(bytes).failure?.status == 400)
    }

    @Test func keepsTheBytesOfAValueThatIsNotUTF8() {
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + [0xE9] + Array("\r\n\r\n".utf8)
        let fields = readHead(bytes).success?.fields.all.map { Array($0.value) }
        #expect(fields == [Array("a".utf8), [0xE9]])
    }

    /// Every part of a request is asked for beneath its own limit: at the limit it passes, a byte beyond it does not.
    @Test func measuresTheRequestLine() {
        var limits = HTTPLimits()
        limits.requestLineBytesMax = 40
        func line(_ bytes: Int) -> String {
            "GET /" + String(repeating: "a", count: bytes - 14) + " HTTP/1.1\r\nHost: a\r\n\r\n"
        }
        #expect(readHead(line(40), limits: limits).success?.path.utf8.count == 27)
        #expect(readHead(line(41), limits: limits).failure?.status == 414)
    }

    @Test func measuresAHeaderLine() {
        var limits = HTTPLimits()
        limits.headerLineBytesMax = 40
        func head(_ bytes: Int) -> String {
            "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "a", count: bytes - 3) + "\r\n\r\n"
        }
        #expect(readHead(head(40), limits: limits).success?.fields["x"]?.utf8.count == 37)
        #expect(readHead(head(41), limits: limits).failure?.status == 400)
    }

    @Test func measuresAllHeaderLines() {
        var limits = HTTPLimits()
        limits.headerBytesMax = 100
        // Each line counts with its line end, and the line end of the request line counts, too.
        func head(_ bytes: Int) -> String {
            let host = "Host: a\r\n"
            let rest = bytes - 2 - host.utf8.count - 3
            return "GET / HTTP/1.1\r\n" + host + "X: " + String(repeating: "a", count: rest) + "\r\n\r\n"
        }
        #expect(readHead(head(100), limits: limits).success != nil)
        #expect(readHead(head(101), limits: limits).failure?.status == 431)
    }

    @Test func countsHeaderLines() {
        var limits = HTTPLimits()
        limits.headerCountMax = 5
        func head(_ lines: Int) -> String {
            "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: a\r\n", count: lines - 1) + "\r\n"
        }
        #expect(readHead(head(5), limits: limits).success != nil)
        #expect(readHead(head(6), limits: limits).failure?.status == 431)
    }

    @Test func refusesALineWithoutEnd() {
        let record = readHeads([UInt8](repeating: UInt8(ascii: "a"), count: 20_000))
        #expect(record.error?.status == 414)
        let field = Array("GET / HTTP/1.1\r\nX: ".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: 20_000)
        #expect(readHeads(field).error?.status == 400)
    }

    /// An empty line between two requests is no request that began: nobody is to be told that it took too long.
    @Test func emptyLinesAreNoHead() {
        #expect(!readHeads(Array("\r\n".utf8)).isInsideHead)
        #expect(readHeads(Array("\r\nG".utf8)).isInsideHead)
        #expect(readHeads(Array("G".utf8)).isInsideHead)
    }
}
