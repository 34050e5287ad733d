import JSONText
import Testing

@Suite struct JSONWriterTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let value: JSONValue
        let text: String
        var testDescription: String { text.debugDescription }
        init(_ value: JSONValue, _ text: String) { (self.value, self.text) = (value, text) }
    }

    static let samples: [Sample] = [
        Sample(.null, "null"), Sample(.bool(true), "true"), Sample(.bool(false), "false"),
        Sample(.int(.min), "-9223372036854775808"),
        Sample(.int(.max), "9223372036854775807"), Sample(.double(0.1), "0.1"),
        Sample(.double(.leastNonzeroMagnitude), "5e-324"),
        Sample(.double(1e300), "1e+300"), Sample(.array([]), "[]"), Sample([:], "{}"),
        Sample(.array([.null, .array([]), [:], .int(1)]), "[null,[],{},1]"),
        Sample(["a": .int(1), "b": .array([.bool(true)]), "c": ["d": .null]], #"{"a":1,"b":[true],"c":{"d":null}}"#),
        Sample(.string("a\"b\\c/d"), #""a\"b\\c/d""#),
        Sample(
            .string("\0\u{08}\t\n\u{0C}\r\u{1F}\u{7F}"), "\"\\u0000\\u0008\\u0009\\u000a\\u000c\\u000d\\u001f\u{7F}\""),
        Sample(.string("ü€𝄞\u{2028}"), "\"ü€𝄞\u{2028}\""),
        Sample(["q\"\n": .string("\r\n")], "{\"q\\\"\\u000a\":\"\\u000d\\u000a\"}"),
        Sample(JSONValue(nil as String?), "null"), Sample(JSONValue("x" as String?), "\"x\""),
        Sample(JSONValue(nil as Int64?), "null"), Sample(JSONValue(7 as Int64?), "7"),
    ]

    @Test(arguments: samples)
    func writes(_ sample: Sample) throws {
        #expect(String(decoding: sample.value.serialized, as: UTF8.self) == sample.text)
        #expect(try JSONValue(parsing: sample.value.serialized) == sample.value)
    }

    @Test func putsTheCommas() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("a")
        writer.beginArray()
        writer.value(1)
        writer.value("b" as String?)
        writer.value(nil as String?)
        writer.value(false)
        writer.beginArray()
        writer.endArray()
        writer.raw("{\"r\":1}")
        writer.endArray()
        writer.name("c")
        writer.value(nil as Int64?)
        writer.name("d")
        writer.beginObject()
        writer.endObject()
        writer.name("e")
        writer.value(JSONValue.array([.int(1), .int(2)]))
        writer.endObject()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"a":[1,"b",null,false,[],{"r":1}],"c":null,"d":{},"e":[1,2]}"#)
    }
}
