import HTTPWire
import Testing

@Suite struct HeaderFieldsTests {
    private func fields(_ lines: String) throws -> HeaderFields {
        try #require(readHead("GET / HTTP/1.0\r\n\(lines)\r\n\r\n").success).fields
    }

    @Test func namesAreComparedWithoutCase() throws {
        let fields = try fields("X-Image-META-name: a\r\nx-image-meta-name: b\r\nX-Image-Meta-Names: c")
        #expect(fields["x-image-meta-name"] == "a")
        #expect(fields.values("x-image-meta-name") == ["a", "b"])
        #expect(fields["x-image-meta"] == nil)
        #expect(fields["x-image-meta-name-"] == nil)
    }

    /// Only letters have a case: `@` and a backquote are 0x20 apart, too.
    @Test func otherBytesHaveNoCase() throws {
        let fields = try fields("a^b: 1")
        #expect(fields["a~b"] == nil)
        #expect(fields["a^b"] == "1")
    }

    @Test(arguments: [
        ("close", true), ("Close", true), ("keep-alive, close", true), ("a,close,b", true), (" ,, close ,", true),
        ("closed", false), ("not close", false), ("\"close\"", false), ("", false),
    ])
    func tokens(_ value: String, _ isThere: Bool) throws {
        #expect(try fields("Connection: \(value)").contains("connection", token: "close") == isThere)
        #expect(try fields("Connection: x\r\nConnection: \(value)").contains("connection", token: "close") == isThere)
    }

    @Test func replacesWhatIsNotUTF8() throws {
        let bytes = Array("GET / HTTP/1.0\r\nX: a".utf8) + [0xFF] + Array("b\r\n\r\n".utf8)
        #expect(readHead(bytes).success?.fields["x"] == "a\u{FFFD}b")
    }
}
