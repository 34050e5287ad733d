import HTTPWire
import Testing

@Suite struct ByteRangeTests {
    @Test(
        "Range against ten bytes",
        arguments: [
            ("bytes=0-1", 0, 2), ("bytes=0-0", 0, 1), ("bytes=3-", 3, 7), ("bytes=-2", 8, 2), ("bytes=-10", 0, 10),
            ("bytes=-99", 0, 10), ("bytes=5-99", 5, 5), ("bytes=9-9", 9, 1), ("BYTES=1-2", 1, 2),
            (" bytes = 1-2 ", 1, 2), ("bytes=5-9223372036854775807", 5, 5),
        ] as [(String, Int64, Int64)])
    func range(text: String, offset: Int64, bytes: Int64) throws {
        let range = try RangeRequest(range: text).resolved(in: 10)
        #expect(range == ByteRange(offset: offset, bytes: bytes))
        #expect(range.contentRange(of: 10) == "bytes \(offset)-\(offset + bytes - 1)/10")
    }

    @Test(
        "Range that is none",
        arguments: [
            "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1-b", "bytes=3-1", "lines=1-2", "bytes=1", "=1-2",
            "bytes=+1-2", "bytes=1-+2", "bytes=1-2-3", "bytes=--2", "bytes=1 - 2", "bytes=9223372036854775808-",
            "bytes=-\u{661}", "\u{0}", "bytes 1-2/3",
        ])
    func malformed(text: String) {
        #expect(throws: RangeRequest.Failure.malformed) { try RangeRequest(range: text) }
    }

    @Test(arguments: ["bytes=0-1,3-4", "bytes=0-1,", ","])
    func several(text: String) {
        #expect(throws: RangeRequest.Failure.several) { try RangeRequest(range: text) }
    }

    @Test(arguments: [("bytes=10-", 10), ("bytes=10-12", 10), ("bytes=-0", 10), ("bytes=0-", 0), ("bytes=-1", 0)])
    func outOfBounds(text: String, total: Int64) throws {
        let range = try RangeRequest(range: text)
        #expect(throws: RangeRequest.Failure.outOfBounds) { try range.resolved(in: total) }
    }

    @Test(
        "Content-Range in a request, against ten bytes",
        arguments: [("bytes 1-2/*", 1, 2), ("bytes 1-2/10", 1, 2), ("bytes 5-99/100", 5, 5), ("bytes 9-9/*", 9, 1)]
            as [(String, Int64, Int64)])
    func contentRange(text: String, offset: Int64, bytes: Int64) throws {
        let range = try RangeRequest(contentRange: text, total: 10).resolved(in: 10)
        #expect(range == ByteRange(offset: offset, bytes: bytes))
    }

    @Test(
        arguments: [
            "", "bytes", "bytes */10", "bytes 2-1/*", "bytes 1-2", "bytes 1-10/10", "bytes=1-2/*", "bytes a-b/*",
            "bytes 1-2/x", "bytes -2/10", "lines 1-2/*",
        ])
    func malformedContentRange(text: String) {
        #expect(throws: RangeRequest.Failure.malformed) { try RangeRequest(contentRange: text, total: 10) }
    }

    @Test func contentRangeBehindTheEnd() {
        #expect(throws: RangeRequest.Failure.outOfBounds) { try RangeRequest(contentRange: "bytes 1-10/*", total: 10) }
    }

    @Test(
        "tags in lists",
        arguments: [
            (#""a""#, true), (#"W/"a""#, true), ("*", true), (#" "b" , "a" "#, true), (#""b""#, false), ("a", false),
            ("", false), (#""A""#, false),
        ])
    func noneMatch(list: String, isNamed: Bool) {
        #expect(EntityTagCondition.names(#""a""#, in: list) == isNamed)
    }

    @Test(
        "conditions of ranges",
        arguments: [(#""a""#, true), (#"W/"a""#, false), (#""b""#, false), ("Wed, 21 Oct 2015 07:28:00 GMT", false)])
    func ifRange(condition: String, allows: Bool) {
        #expect(EntityTagCondition.allowsRange(condition, of: #""a""#) == allows)
        #expect(!EntityTagCondition.allowsRange(condition, of: nil))
    }
}
