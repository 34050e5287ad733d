import JSONText
import Testing

/// RFC 8259, strictly.
@Suite struct JSONParserTests {
    struct Good: Sendable, CustomTestStringConvertible {
        let text: String
        let value: JSONValue
        var testDescription: String { text.debugDescription }
        init(_ text: String, _ value: JSONValue) { (self.text, self.value) = (text, value) }
    }

    static let good: [Good] = [
        Good("null", .null), Good("true", .bool(true)), Good("false", .bool(false)),
        Good(" \t\r\n1 \t\r\n", .int(1)), Good("[]", .array([])), Good("{}", [:]), Good("[ ]", .array([])),
        Good("{ }", [:]),
        Good("[1,\n2 ,3]", .array([.int(1), .int(2), .int(3)])),
        Good("{\"a\":{\"b\":[{}]}}", ["a": ["b": .array([[:]])]]),
        Good("{\"\":0}", ["": .int(0)]),
        Good("{\"b\":1,\"a\":2}", ["b": .int(1), "a": .int(2)]),
        // Numbers.
        Good("0", .int(0)), Good("-0", .int(0)), Good("-1", .int(-1)), Good("10", .int(10)),
        Good("9007199254740993", .int(9_007_199_254_740_993)),
        Good("9223372036854775807", .int(.max)), Good("-9223372036854775808", .int(.min)),
        Good("9223372036854775808", .double(0x1p63)),
        Good("-9223372036854775809", .double(-0x1p63)),
        Good("1.0", .double(1)), Good("1e2", .double(100)), Good("1E+2", .double(100)), Good("1e-2", .double(0.01)),
        Good("-0.5e0", .double(-0.5)), Good("0e0", .double(0)), Good("1e308", .double(1e308)),
        Good("1e-400", .double(0)), Good("5e-324", .double(.leastNonzeroMagnitude)),
        Good("1000000000000000000000", .double(1e21)),
        // Strings.
        Good("\"\"", .string("")), Good("\"a\u{7F}b\"", .string("a\u{7F}b")), Good("\"ü€𝄞\"", .string("ü€𝄞")),
        Good(#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{08}\u{0C}\n\r\t")),
        Good(#""\u0041\u00fc\u20AC""#, .string("Aü€")), Good(#""\ud834\uDD1E""#, .string("𝄞")),
        Good(#""\u0000""#, .string("\0")), Good(#""\uFFFF""#, .string("\u{FFFF}")),
        Good("\"\u{2028}\u{FEFF}\"", .string("\u{2028}\u{FEFF}")),
    ]

    @Test(arguments: good)
    func parses(_ sample: Good) throws {
        #expect(try JSONValue(parsing: Array(sample.text.utf8)) == sample.value)
    }

    static let bad: [String] = [
        "", " ", "nul", "nulll", "True", "NaN", "Infinity", "-Infinity", "undefined", "'a'", "a",
        "\u{FEFF}1", "1 2", "[1] x", "{} {}", "//x\n1", "/* */1", "\u{A0}1", "\u{0C}1",
        "[", "]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1 2]", "[1}", "{", "}", "{]", "{\"a\"", "{\"a\":", "{\"a\":1",
        "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\",1}", "{a:1}", "{1:1}", "{\"a\":1 \"b\":2}", "{\"a\"::1}",
        "-", "+1", "01", "-01", "00", "1.", ".5", "-.5", "1.e1", "1e", "1e+", "1e1.5", "0x10", "1_000", "--1", "1-",
        "1e400", "-1e400", "\u{0661}",
        "\"", "\"a", "\"\\", "\"\\\"", "\"\\x41\"", "\"\\u\"", "\"\\u12\"", "\"\\u123\"", "\"\\u12G4\"", "\"\\u+123\"",
        "\"\\U0041\"", "\"a\nb\"", "\"a\tb\"", "\"\0\"", "\"\u{1F}\"", "\"\\n\u{01}\"",
        #""\ud834""#, #""\ud834x""#, #""\ud834\n""#, #""\ud834\u0041""#, #""\ud834\ud834""#, #""\uDD1E""#,
        #""\uDD1E\ud834""#, #""\ud834\uDD1""#,
    ]

    @Test(arguments: bad)
    func refuses(_ text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test(
        arguments: [[0xFF], [0xC3], [0xC3, 0x28], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]]
            as [[UInt8]])
    func refusesWhatIsNotUTF8(_ bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: [quote] + bytes + [quote]) }
        #expect(throws: JSONSyntaxError.self) {
            try JSONValue(parsing: Array("\"\\n".utf8) + bytes + [quote])
        }
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: bytes) }
    }

    @Test func tellsThePlace() throws {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: Array("[1, ]".utf8)) }
        #expect(error?.description == "not a value at byte 4")
    }

    @Test(arguments: [("[", "]"), ("{\"a\":", "}")])
    func depthIsBounded(_ open: String, _ close: String) throws {
        func nest(_ depth: Int) -> [UInt8] {
            Array((String(repeating: open, count: depth) + "0" + String(repeating: close, count: depth)).utf8)
        }
        #expect(throws: Never.self) { try JSONValue(parsing: nest(64)) }
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: nest(65)) }
        #expect(throws: Never.self) { try JSONValue(parsing: nest(2), depthMax: 2) }
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: nest(3), depthMax: 2) }
        #expect(throws: JSONSyntaxError.self) {
            try JSONValue(parsing: Array(String(repeating: open, count: 1_000_000).utf8))
        }
        // What is closed does not count: it is not depth but breadth.
        let wide = "[" + Array(repeating: "[[]]", count: 1000).joined(separator: ",") + "]"
        #expect(try JSONValue(parsing: Array(wide.utf8), depthMax: 3).array?.count == 1000)
    }

    /// Python's parser keeps the last of several; so does whoever asks here, while all of them stay in order.
    @Test func theLastOfSeveralMembersCounts() throws {
        let json = try JSONValue(parsing: Array(#"{"a":1,"b":2,"a":3,"\u0061":4}"#.utf8))
        #expect(json["a"] == .int(4))
        #expect(json["b"] == .int(2))
        #expect(json["c"] == nil)
        #expect(json.object?.members.map(\.name) == ["a", "b", "a", "a"])
    }

    /// Names are bytes: two spellings of one letter are two names, as they are to every other JSON reader.
    @Test func namesAreNotNormalised() throws {
        let json = try JSONValue(parsing: Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8))
        #expect(json["\u{E9}"] == .int(1))
        #expect(json["e\u{301}"] == .int(2))
    }

    @Test func accessorsTellKindsApart() throws {
        let json = try JSONValue(parsing: Array(#"{"s":"a","i":1,"d":1.0,"b":true,"n":null,"a":[1],"o":{"x":2}}"#.utf8))
        #expect(json["s"]?.string == "a" && json["s"]?.int == nil && json["s"]?.bool == nil)
        #expect(json["i"]?.int == 1 && json["i"]?.string == nil && json["i"]?.bool == nil)
        #expect(json["d"]?.int == nil)
        #expect(json["b"]?.bool == true && json["b"]?.int == nil)
        #expect(json["n"] == .null && json["n"]?.string == nil)
        #expect(json["a"]?.array == [.int(1)] && json["a"]?.object == nil)
        #expect(json["o"]?["x"]?.int == 2 && json["s"]?["x"] == nil)
    }
}
