import JSONText
import Testing

extension Journeys.MetadefRows {
    /// What objects and properties have in common.
    @Suite struct ObjectsAndProperties {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        /// A kind of part: its segment in paths, what its body has beside a name, and the rules' word for it.
        private struct Kind: CustomTestStringConvertible {
            let segment: String
            let more: String
            let addRule: String

            var testDescription: String { segment }

            func body(_ name: String) -> String { "{\"name\": \"\(name)\"\(more)}" }
        }

        private static let object = Kind(segment: "objects", more: "", addRule: "add_metadef_object")
        private static let property = Kind(
            segment: "properties", more: ", \"title\": \"t\", \"type\": \"string\"", addRule: "add_metadef_property")

        @Test(
            "[V2-0583..V2-0588, V2-0600..V2-0605] a part is added once",
            arguments: [0, 1])
        func add(index: Int) throws {
            let kind = [Self.object, Self.property][index]
            let name = try glimpse.newNamespace()
            let path = "/\(name)/\(kind.segment)"
            func post(_ body: String, as client: Client? = nil, to path: String) throws -> Answer {
                try (client ?? glimpse.admin).metadef("POST", path, body: body)
            }
            let answer = try post(kind.body("one"), to: path)
            answer.expect(201)
            #expect(answer.json?["name"] == "one")
            try post(kind.body("one"), to: path).expect(409, "already exists in namespace=\(name).")
            try post(kind.body("n").replacing("\"name\": \"n\"", with: "\"description\": \"d\""), to: path)
                .expect(400, "'name' is a required property")
            try post(kind.body(String(repeating: "n", count: 81)), to: path).expect(400, "is too long")
            try post(kind.body("😀"), to: path).expect(400, "4 byte")
            try post(kind.body("two"), as: glimpse.newProject(), to: path).expect(403, kind.addRule)
            try post(kind.body("two"), to: "/none/\(kind.segment)").expect(404)
            let hidden = try glimpse.newPrivateNamespace(of: glimpse.newProject())
            try post(kind.body("two"), as: glimpse.newProject(), to: "/\(hidden)/\(kind.segment)").expect(404)
            #expect(try glimpse.admin.partNames(path, kind.segment) == ["one"])
        }

        @Test(
            "[V2-0580, V2-0581, V2-0589, V2-0590, V2-0598, V2-0599, V2-0608, V2-0609] parts are listed and removed",
            arguments: [0, 1])
        func listAndClear(index: Int) throws {
            let kind = [Self.object, Self.property][index]
            let name = try glimpse.newNamespace("\"tags\": [{\"name\": \"t\"}]")
            let path = "/\(name)/\(kind.segment)"
            #expect(try glimpse.client.partNames(path, kind.segment) == [])
            for part in ["b", "a"] { try glimpse.admin.metadef("POST", path, body: kind.body(part)).expect(201) }
            #expect(try glimpse.client.partNames(path, kind.segment) == ["b", "a"])
            try glimpse.client.metadef("GET", "/none/\(kind.segment)").expect(404)
            let wrong = try glimpse.admin.metadef("PUT", path, body: "{}")
            #expect(wrong.status == 405 && wrong["allow"] == "GET, POST, DELETE")
            try glimpse.client.metadef("DELETE", path).expect(403, "delete_metadef_namespace")
            try glimpse.admin.metadef("DELETE", path).expect(204)
            #expect(try glimpse.client.partNames(path, kind.segment) == [])
            #expect(try glimpse.client.partNames("/\(name)/tags", "tags") == ["t"])
        }

        @Test(
            "[V2-0591..V2-0597, V2-0610, V2-0611, V2-0614..V2-0618] a part is shown, changed and removed",
            arguments: [0, 1])
        func one(index: Int) throws {
            let kind = [Self.object, Self.property][index]
            let name = try glimpse.newNamespace()
            let path = "/\(name)/\(kind.segment)"
            for part in ["one", "two"] { try glimpse.admin.metadef("POST", path, body: kind.body(part)).expect(201) }
            #expect(try glimpse.client.metadefs("\(path)/one")["name"] == "one")
            try glimpse.client.metadef("GET", "\(path)/none").expect(404)
            let described = kind.body("new").replacing("}", with: ", \"description\": \"d\"}")
            let updated = try glimpse.admin.metadef("PUT", "\(path)/one", body: described)
            updated.expect(200)
            #expect(updated.json?["name"] == "new" && updated.json?["description"] == "d")
            try glimpse.client.metadef("GET", "\(path)/one").expect(404)
            #expect(try glimpse.client.metadefs("\(path)/new")["description"] == "d")
            try glimpse.admin.metadef("PUT", "\(path)/none", body: described).expect(404)
            // The reference answers 500 for objects and properties in some databases.
            try glimpse.admin.metadef("PUT", "\(path)/new", body: kind.body("two")).expect(409)
            try glimpse.client.metadef("PUT", "\(path)/new", body: described).expect(403)
            try glimpse.client.metadef("DELETE", "\(path)/new").expect(403)
            try glimpse.admin.metadef("DELETE", "\(path)/new").expect(204)
            try glimpse.admin.metadef("DELETE", "\(path)/new").expect(404)
            #expect(try glimpse.client.partNames(path, kind.segment) == ["two"])
        }

        @Test("[V2-0582] the limit of a list of objects is not zero")
        func limit() throws {
            let name = try glimpse.newNamespace()
            try glimpse.client.metadef("GET", "/\(name)/objects?limit=0").expect(400, "limit param must be positive")
            try glimpse.client.metadef("GET", "/\(name)/objects?limit=x").expect(400)
            try glimpse.client.metadef("GET", "/\(name)/objects?limit=1").expect(200)
            #expect(try glimpse.client.metadefs("/\(name)/objects")["schema"] == "v2/schemas/metadefs/objects")
        }

        @Test(
            "[V2-0606] what is no property is refused",
            arguments: [
                ("{\"name\": \"p\", \"title\": \"t\"}", "'type' is a required property"),
                ("{\"name\": \"p\", \"title\": \"t\", \"type\": \"odd\"}", "'odd' is not one of ['array', 'boolean'"),
                ("{\"name\": \"p\", \"title\": \"t\", \"type\": null}", "None is not of type 'string'"),
                ("{\"name\": \"p\", \"type\": \"string\"}", "'title' is a required property"),
                ("{\"name\": \"p\", \"title\": \"t\", \"type\": \"string\", \"x\": 1}", "'x' was unexpected"),
                (
                    "{\"name\": \"p\", \"title\": \"t\", \"type\": \"string\", \"minLength\": -1}",
                    "less than the minimum"
                ),
                ("{\"name\": \"p\", \"title\": \"t\", \"type\": \"string\", \"readonly\": 1}", "1 is not of type"),
            ])
        func noProperty(body: String, text: String) throws {
            let name = try glimpse.newNamespace()
            try glimpse.admin.metadef("POST", "/\(name)/properties", body: body).expect(400, text)
            // The same in an object.
            let inner = body.replacing("\"name\": \"p\", ", with: "")
            let object = "{\"name\": \"o\", \"properties\": {\"p\": \(inner)}}"
            try glimpse.admin.metadef("POST", "/\(name)/objects", body: object).expect(400)
            #expect(try glimpse.admin.metadefs("/\(name)")["objects"] == nil)
        }

        @Test(
            "[V2-0607] a default is a text",
            arguments: [("3", "\"3\""), ("true", "\"True\""), ("1.5", "\"1.5\""), ("\"x\"", "\"x\""), ("[1]", "null")])
        func defaults(sent: String, kept: String) throws {
            let name = try glimpse.newNamespace()
            let body = "{\"name\": \"p\", \"title\": \"t\", \"type\": \"string\", \"default\": \(sent)}"
            let answer = try glimpse.admin.metadef("POST", "/\(name)/properties", body: body)
            answer.expect(201)
            let wanted = try JSONValue(
                text: "{\"name\": \"p\", \"title\": \"t\", \"type\": \"string\", \"default\": \(kept)}")
            #expect(try #require(answer.json).isSame(as: wanted), "\(answer.text)")
            #expect(try glimpse.client.metadefs("/\(name)/properties/p").isSame(as: wanted))
        }

        @Test("[V2-0612, V2-0613] for a resource type a property is asked for with its prefix")
        func prefixed() throws {
            let name = try glimpse.newNamespace(
                """
                "properties": {"a": {"title": "A", "type": "string"}},
                "resource_type_associations": [{"name": "OS::A", "prefix": "hw_"}, {"name": "OS::B"}]
                """)
            let path = "/\(name)/properties"
            #expect(try glimpse.client.metadefs("\(path)/hw_a?resource_type=OS::A")["name"] == "a")
            let without = try glimpse.client.metadef("GET", "\(path)/a?resource_type=OS::A")
            without.expect(404, "does not start with the expected resource type association prefix of")
            try glimpse.client.metadef("GET", "\(path)/a?resource_type=OS::B").expect(404)
            try glimpse.client.metadef("GET", "\(path)/hw_a?resource_type=OS::None").expect(404)
            try glimpse.client.metadef("GET", "\(path)/hw_a").expect(404)
        }
    }
}
