import HTTPWire
import Testing

@Suite struct PercentCodingTests {
    @Test(arguments: [
        ("", ""), ("abc", "abc"), ("%41", "A"), ("a%20b", "a b"), ("a+b", "a+b"), ("%2F%2f", "//"), ("%C3%BC", "ü"),
        ("ü", "ü"), ("%00", "\0"), ("%25", "%"), ("%2541", "%41"),
    ])
    func decodes(_ text: String, _ wanted: String) {
        #expect(PercentCoding.decode(text).map { Array($0.utf8) } == Array(wanted.utf8))
    }

    @Test(arguments: [
        "%", "a%", "%4", "%4g", "%g4", "%%41", "% 41", "%+1", "%FF", "%C3", "%C3%28", "%ED%A0%80", "%C0%AF",
    ])
    func refuses(_ text: String) {
        #expect(PercentCoding.decode(text) == nil)
    }

    @Test(arguments: [
        ("", ""), ("aZ09-._~", "aZ09-._~"), (" ", "%20"), ("/?#&=+%", "%2F%3F%23%26%3D%2B%25"), ("ü", "%C3%BC"),
        ("\n\u{7F}", "%0A%7F"), ("\0", "%00"),
    ])
    func encodes(_ text: String, _ wanted: String) {
        #expect(PercentCoding.encode(text) == wanted)
        #expect(PercentCoding.decode(wanted) == text)
    }

    @Test(arguments: [
        ("", []), ("&&", []), ("a", ["a", ""]), ("a=", ["a", ""]), ("=b", ["", "b"]), ("a=b", ["a", "b"]),
        ("a=b=c", ["a", "b=c"]), ("a=1&b=2&a=3", ["a", "1", "b", "2", "a", "3"]), ("a+b=c+d", ["a b", "c d"]),
        ("a%26b=c%3Dd", ["a&b", "c=d"]), ("a%2Bb", ["a+b", ""]), ("a=1;b=2", ["a", "1;b=2"]),
        ("a=1&\u{301}=2", ["a", "1", "\u{301}", "2"]), ("a=\u{301}x", ["a", "\u{301}x"]),
    ])
    func queryItems(_ query: String, _ wanted: [String]) throws {
        let items = try #require(QueryItems(query)).items
        #expect(items.flatMap { [$0.name, $0.value] } == wanted)
    }

    @Test(arguments: ["a=%", "%=a", "a=1&b=%zz", "a=%FF", "%C3=1"])
    func brokenQueries(_ query: String) {
        #expect(QueryItems(query) == nil)
    }

    @Test func theLastOfSeveralCounts() throws {
        let items = try #require(QueryItems("a=1&b=2&a=3"))
        #expect(items["a"] == "3")
        #expect(items["c"] == nil)
        #expect(try #require(QueryItems(nil)).items.isEmpty)
    }
}
