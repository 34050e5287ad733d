import ImageModel
import JSONText
import Testing

@testable import ImageAPI

@Suite struct CustomPropertySchemasTests {
    private func read(_ text: String) throws -> CustomPropertySchemas {
        try CustomPropertySchemas(try JSONValue(parsing: Array(text.utf8)))
    }

    @Test func bothFormsAreTaken() throws {
        let flat = try read(#"{"a": {"type": "string"}}"#)
        #expect(flat.properties.members.map(\.name) == ["a"] && flat.required == [])
        let extended = try read(#"{"properties": {"a": {"type": "string"}}, "required": ["a"]}"#)
        #expect(extended.properties == flat.properties && extended.required == ["a"])
        #expect(try read("{}").properties.members.isEmpty)
    }

    @Test(arguments: [
        ("[]", "it holds no object"), (#"{"a": 1}"#, "the schema of 'a' is no object"),
        (#"{"properties": {}, "required": "a"}"#, "'required' is no list"),
        (#"{"properties": {}, "required": [1]}"#, "'required' is no list of names"),
        (#"{"name": {"type": "integer"}}"#, "'name' is no custom property"),
    ])
    func whatIsNoListOfPropertiesIsRefused(text: String, reason: String) {
        #expect(throws: CustomPropertyError(reason: reason)) { try read(text) }
    }

    @Test func imageSchemaChecksWhatItSays() throws {
        var options = ImageAPIOptions()
        options.diskFormats = ["raw"]
        options.customProperties = try read(#"{"color": {"type": "string", "enum": ["red"]}}"#)
        let schema = ImageSchema.image(options)
        func mismatch(_ text: String) throws -> String? {
            schema.mismatch(try JSONValue(parsing: Array(text.utf8)))
        }
        #expect(try mismatch(#"{"name": null, "disk_format": "raw", "color": "red", "other": "x"}"#) == nil)
        #expect(try mismatch(#"{"disk_format": "qcow2"}"#) == "'qcow2' is not one of [None, 'raw']")
        #expect(try mismatch(#"{"color": "green"}"#) == "'green' is not one of ['red']")
        #expect(try mismatch(#"{"other": 1}"#) == "1 is not of type 'string'")
        #expect(try mismatch(#"{"min_ram": "1"}"#) == "'1' is not of type 'integer'")
    }
}
