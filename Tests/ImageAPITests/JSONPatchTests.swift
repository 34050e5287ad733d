import GlanceHTTP
import ImageModel
import JSONText
import Testing

@testable import ImageAPI

@Suite struct JSONPatchTests {
    @Test(
        arguments: [
            ("/name", ["name"]), ("/", [""]), ("/a/b", ["a", "b"]), ("/~0", ["~"]), ("/~1", ["/"]), ("/~01", ["~1"]),
            ("/~0a~1b", ["~a/b"]), ("/ a ", ["a"]), ("/\u{308}", ["\u{308}"]), ("/locations/-", ["locations", "-"]),
        ])
    func pointers(text: String, tokens: [String]) throws {
        #expect(try JSONPointer(text).tokens == tokens)
    }

    @Test(arguments: ["", "name", "//", "/a//b", "//a", "/a/", "/~", "/~2", "/a~", "/~0~"])
    func badPointers(text: String) {
        #expect(throws: APIError.self) { try JSONPointer(text) }
    }

    private func patch(_ text: String, _ dialect: JSONPatch.Dialect) throws -> JSONPatch {
        try JSONPatch(JSONValue(parsing: Array(text.utf8)), dialect)
    }

    @Test func bothDialectsSayTheSame() throws {
        let new = try patch(
            """
            [{"op": "add", "path": "/a", "value": 1}, {"op": "replace", "path": "/b", "value": null},
             {"op": "remove", "path": "/c", "value": 1}]
            """, .v2_1)
        let old = try patch(
            """
            [{"add": "/a", "value": 1}, {"replace": "/b", "value": null}, {"remove": "/c"}]
            """, .v2_0)
        #expect(new.operations == old.operations)
        #expect(new.operations.map(\.verb) == [.add, .replace, .remove])
        #expect(new.operations.map(\.value) == [.int(1), .null, .null])
    }

    @Test(
        arguments: [
            ("application/openstack-images-v2.1-json-patch", .v2_1),
            ("Application/OpenStack-images-v2.0-json-patch ; charset=utf-8", .v2_0), ("application/json", nil),
            ("", nil), (nil, nil),
        ] as [(String?, JSONPatch.Dialect?)])
    func dialects(type: String?, dialect: JSONPatch.Dialect?) {
        guard let dialect else {
            #expect(throws: APIError.patchTypeNotSupported) { try JSONPatch.Dialect(contentType: type) }
            return
        }
        #expect((try? JSONPatch.Dialect(contentType: type)) == dialect)
    }
}

/// What a patch does in memory: only what it touches is written.
@Suite struct PatchedImageTests {
    private let options = ImageAPIOptions()
    private let caller = Caller(userID: "u", projectID: "p", roles: ["member"])

    private var image: Image {
        var image = Image(id: ImageID.random(), owner: "p")
        image.name = "old"
        image.properties = [
            ImageProperty(name: "open", value: "1"), ImageProperty(name: "x_secret", value: "2"),
            ImageProperty(name: "fixed", value: "3"),
        ]
        return image
    }

    private func changes(
        _ operations: String, _ dialect: JSONPatch.Dialect = .v2_1, protections: String? = nil
    ) throws -> ImageChanges {
        let rules = PolicyRules()
        let policy = Policy(
            rules: rules,
            protections: try protections.map {
                try PropertyProtections($0, path: "test", format: .roles, rules: rules)
            })
        let schema = ImageFields(options)
        let patch = try ImagePatch(JSONPatch(JSONValue(parsing: Array("[\(operations)]".utf8)), dialect), schema)
        var patched = PatchedImage(image, caller, policy, options)
        for operation in patch.patch.operations { try patched.apply(operation, dialect, schema) }
        return patched.changes
    }

    @Test func onlyWhatIsTouchedIsWritten() throws {
        let changes = try changes(
            """
            {"op": "replace", "path": "/name", "value": "new"}, {"op": "replace", "path": "/tags", "value": ["b", "b"]},
            {"op": "add", "path": "/a", "value": "1"}, {"op": "replace", "path": "/a", "value": "2"},
            {"op": "remove", "path": "/open"}
            """)
        #expect(changes.fields == [.name("new")] && changes.tags == ["b"])
        #expect(changes.properties == [ImageProperty(name: "a", value: "2")])
        #expect(changes.removedProperties == ["open"] && changes.expectedProperties == ["open"])
        #expect(!changes.replacesProperties && changes.unexpectedProperties == [])
    }

    @Test func oldAddExpectsNothingThere() throws {
        let changes = try changes("{\"add\": \"/a\", \"value\": \"1\"}", .v2_0)
        #expect(changes.unexpectedProperties == ["a"] && changes.expectedProperties == [])
    }

    private static let protections = """
        [x_.*]
        create = admin
        read = admin
        update = admin
        delete = admin
        [fixed]
        create = admin
        read = member
        update = admin
        delete = admin
        [.*]
        create = @
        read = @
        update = @
        delete = @

        """

    @Test(
        "[V2-0269] [V2-0270] [V2-0271] protected properties",
        arguments: [
            ("add", "/fixed", .reservedAttribute("fixed")), ("replace", "/fixed", .reservedAttribute("fixed")),
            ("remove", "/fixed", .reservedAttribute("fixed")), ("replace", "/x_secret", .propertyMissing("x_secret")),
            ("remove", "/x_secret", .propertyMissing("x_secret")), ("add", "/x_secret", .reservedAttribute("x_secret")),
            ("add", "/x_new", .reservedAttribute("x_new")),
        ] as [(String, String, APIError)])
    func protectedProperties(verb: String, path: String, error: APIError) {
        #expect(throws: error) {
            try changes(
                "{\"op\": \"\(verb)\", \"path\": \"\(path)\", \"value\": \"v\"}", protections: Self.protections)
        }
    }

    @Test("[V2-0272] what the caller can't see stays") func unseenPropertiesStay() throws {
        let changes = try changes(
            "{\"op\": \"replace\", \"path\": \"/name\", \"value\": \"new\"}", protections: Self.protections)
        #expect(changes.properties == [] && changes.removedProperties == [] && !changes.replacesProperties)
    }
}
