import ImageModel
import JSONText
import Testing

@Suite struct JSONSchemaTests {
    private let schema = JSONSchema(
        name: "thing",
        literal: #"""
            {
                "properties": {
                    "text": {"type": "string", "maxLength": 3}, "word": {"enum": [null, "a"]},
                    "count": {"$ref": "#/definitions/count"}, "both": {"allOf": [{"$ref": "#/definitions/count"}]},
                    "names": {"type": "array", "items": {"type": "string"}, "uniqueItems": true, "minItems": 1},
                    "maybe": {"type": ["null", "integer"]}, "id": {"type": "string", "pattern": "\#(JSONSchema.idPattern)"},
                    "inner": {"type": "object", "required": ["a"], "additionalProperties": {"type": "boolean"}},
                    "anything": {}
                },
                "required": ["text"], "additionalProperties": false,
                "definitions": {"count": {"type": "integer", "minimum": 0, "maximum": 9}}
            }
            """#)

    @Test(arguments: [
        (#"{"text": "a"}"#, nil), (#"{"text": "äöü"}"#, nil), (#"{"text": "äöüx"}"#, "'äöüx' is too long"),
        (#"{"text": null}"#, "None is not of type 'string'"), ("{}", "'text' is a required property"),
        (#"{"text": "", "word": null}"#, nil), (#"{"text": "", "word": "b"}"#, "'b' is not one of [None, 'a']"),
        (#"{"text": "", "count": 0}"#, nil), (#"{"text": "", "count": 2.0}"#, nil),
        (#"{"text": "", "count": -1}"#, "-1 is less than the minimum of 0"),
        (#"{"text": "", "count": 10}"#, "10 is greater than the maximum of 9"),
        (#"{"text": "", "count": true}"#, "True is not of type 'integer'"),
        (#"{"text": "", "both": -1}"#, "-1 is less than the minimum of 0"),
        (#"{"text": "", "names": ["a", "b"]}"#, nil), (#"{"text": "", "names": []}"#, "[] is too short"),
        (#"{"text": "", "names": ["a", "a"]}"#, "['a', 'a'] has non-unique elements"),
        (#"{"text": "", "names": ["a", 1]}"#, "1 is not of type 'string'"),
        (#"{"text": "", "maybe": "1"}"#, "'1' is not of type 'null', 'integer'"),
        (#"{"text": "", "id": "c0ffee00-0000-4000-8000-00000000000A"}"#, nil),
        (#"{"text": "", "inner": {"a": true, "b": false}}"#, nil),
        (#"{"text": "", "inner": {"a": true, "b": 1}}"#, "1 is not of type 'boolean'"),
        (#"{"text": "", "inner": {}}"#, "'a' is a required property"),
        (#"{"text": "", "anything": {"x": []}}"#, nil),
        (#"{"text": "", "x": 1}"#, "Additional properties are not allowed ('x' was unexpected)"),
        (#"{"text": "", "x": 1, "y'": 1}"#, #"Additional properties are not allowed ('x', "y'" were unexpected)"#),
        ("[]", "[] is not of type 'object'"),
    ])
    func mismatches(json: String, reason: String?) throws {
        #expect(schema.mismatch(try JSONValue(parsing: Array(json.utf8))) == reason)
    }

    @Test(arguments: ["c0ffee00-0000-4000-8000-00000000000g", "c0ffee00-0000-4000-8000-0000000000000", "", "０ffee"])
    func noID(text: String) {
        let value: JSONValue = ["text": .string(""), "id": .string(text)]
        #expect(schema.mismatch(value)?.contains("does not match") == true)
    }

    @Test func whatIsSentIsNotShownAtLength() throws {
        let value: JSONValue = ["text": .string(String(repeating: "x", count: 100_000))]
        #expect((schema.mismatch(value)?.utf8.count ?? 0) < 400)
    }

    @Test func listsKeepTheDefinitionsOutermost() {
        let list = JSONSchema.collection("things", of: schema).document
        #expect(list["properties"]?["things"]?["items"]?["definitions"] == nil)
        #expect(list["definitions"] == schema.document["definitions"])
    }
}
