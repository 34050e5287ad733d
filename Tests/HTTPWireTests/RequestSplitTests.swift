import HTTPWire
import Testing

/// The same bytes mean the same however the network cut them: smuggling begins where that does not hold.
@Suite struct RequestSplitTests {
    @Test(arguments: RequestSamples.good)
    func goodHeads(_ sample: RequestSamples.Good) { expectNoSplitMatters(sample.text) }

    @Test(arguments: RequestSamples.badFraming + RequestSamples.badLines + RequestSamples.badStart)
    func badHeads(_ sample: RequestSamples.Bad) { expectNoSplitMatters(sample.text) }

    @Test func pipelinedRequests() {
        let bytes = Array(RequestSamples.good.map(\.text).joined().utf8)
        let whole = readHeads(bytes)
        #expect(whole.heads == RequestSamples.good.map(\.summary))
        #expect(whole.ends.last == bytes.count)
        #expect(readHeads(bytes, cutAt: Array(0..<bytes.count)) == whole)
        // Every place of a few: of all of them it would take the longer, squared.
        expectNoSplitMatters(RequestSamples.good.prefix(6).map(\.text).joined())
    }

    /// Lines that just fit and lines that just do not, with the cut in their line ends, too.
    @Test(arguments: 20...60)
    func limits(_ bytes: Int) {
        var limits = HTTPLimits()
        limits.requestLineBytesMax = 40
        limits.headerLineBytesMax = 40
        limits.headerBytesMax = 60
        limits.headerCountMax = 2
        let filling = String(repeating: "a", count: bytes - 14)
        expectNoSplitMatters("GET /\(filling) HTTP/1.1\r\nHost: a\r\n\r\n", limits)
        expectNoSplitMatters("GET /\(filling) HTTP/1.1\nHost: a\r\n\r\n", limits)
        expectNoSplitMatters("GET / HTTP/1.1\r\nHost: a\r\nX: 45678\(filling)\r\n\r\n", limits)
        expectNoSplitMatters("GET / HTTP/1.1\r\nX: 45678\(filling)\r\nHost: a\r\n\r\n", limits)
        expectNoSplitMatters("GET / HTTP/1.1\r\nHost: a\r\nX: 45678\(filling)\n\r\n", limits)
        expectNoSplitMatters("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\nX: 45678\(filling)\r\n\r\n", limits)
    }

    private func expectNoSplitMatters(
        _ text: String, _ limits: HTTPLimits = HTTPLimits(), sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let bytes = Array(text.utf8)
        let whole = readHeads(bytes, limits: limits)
        for cut in 0...bytes.count {
            let record = readHeads(bytes, cutAt: [cut], limits: limits)
            #expect(record == whole, "cut at \(cut) of \(text.debugDescription)", sourceLocation: sourceLocation)
        }
        let single = readHeads(bytes, cutAt: Array(0..<bytes.count), limits: limits)
        #expect(single == whole, "byte by byte: \(text.debugDescription)", sourceLocation: sourceLocation)
    }
}
