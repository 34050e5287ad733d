import JSONText
import Testing

extension Journeys.MetadefRows {
    @Suite struct NamespaceLists {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0542, V2-0543] a list shows what is one's own and what is public")
        func lists() throws {
            let (owner, stranger) = (glimpse.newProject(), glimpse.newProject())
            let hidden = try glimpse.newPrivateNamespace(of: owner)
            let published = try glimpse.newNamespace(
                "\"tags\": [{\"name\": \"t\"}], \"resource_type_associations\": [{\"name\": \"A\", \"prefix\": \"p_\"}]"
            )
            let list = try owner.metadefs("?limit=2")
            #expect(list["first"] == "/v2/metadefs/namespaces?limit=2")
            #expect(list["schema"] == "/v2/schemas/metadefs/namespaces")
            let entries = try #require(list["namespaces"]?.array)
            #expect(entries.compactMap { $0["namespace"]?.string } == [published, hidden])
            let expected = try JSONValue(
                text: """
                    {"namespace": "\(published)", "visibility": "public", "protected": false, "owner": "control",
                    "resource_type_associations": [{"name": "A", "prefix": "p_"}],
                    "self": "/v2/metadefs/namespaces/\(published)", "schema": "/v2/schemas/metadefs/namespace"}
                    """)
            #expect(entries[0].without("created_at", "updated_at").isSame(as: expected), "\(entries[0])")
            #expect(try stranger.namespaces("?limit=1000").contains(published))
            #expect(try !stranger.namespaces("?limit=1000").contains(hidden))
            #expect(try !owner.namespaces("?visibility=public&limit=1000").contains(hidden))
            #expect(try owner.namespaces("?visibility=private&limit=1000") == [hidden])
        }

        @Test("[V2-0545] a list by resource types")
        func resourceTypes() throws {
            let name = glimpse.newNamespaceName()
            func made(_ type: String) throws -> String {
                try glimpse.newNamespace("\"resource_type_associations\": [{\"name\": \"\(name)\(type)\"}]")
            }
            let (one, two, _) = (try made("a"), try made("b"), try made("c"))
            #expect(try glimpse.client.namespaces("?resource_types=\(name)a,\(name)b") == [two, one])
            #expect(try glimpse.client.namespaces("?resource_types=\(name)") == [])
        }

        @Test("[V2-0546] a full page leads to the next one")
        func pages() throws {
            let owner = glimpse.newProject()
            let names = try (1...3).map { _ in try glimpse.newPrivateNamespace(of: owner) }
            let query = "visibility=private&sort_key=namespace&sort_dir=asc"
            let first = try owner.metadefs("?limit=2&\(query)")
            #expect(first["next"]?.string?.hasPrefix("/v2/metadefs/namespaces?limit=2&\(query)&marker=") == true)
            let path = try #require(first["next"]?.string?.split(separator: "?").last)
            let second = try owner.metadefs("?\(path)")
            #expect(second["next"] == nil && second["first"] == first["first"])
            let seen = [first, second].flatMap { $0["namespaces"]?.array ?? [] }.compactMap { $0["namespace"]?.string }
            #expect(seen == names.sorted())
            #expect(try owner.namespaces("?visibility=private&limit=0") == [])
        }

        // The reference fails with 500 on a limit that is no number, and on a key that there is not.
        @Test(
            "[V2-0544, V2-0547, V2-0548, V2-0549, V2-0550, V2-0551] a bad query is refused",
            arguments: [
                ("visibility=bad", 400), ("limit=-1", 400), ("limit=x", 400), ("marker=none", 404),
                ("sort_dir=x", 400), ("sort_key=bad", 400),
            ])
        func bad(query: String, status: Int) throws {
            try glimpse.client.metadef("GET", "?\(query)").expect(status)
        }
    }

    @Suite struct NamespacePost {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0552] a name is enough")
        func minimal() throws {
            let name = glimpse.newNamespaceName()
            let answer = try glimpse.admin.metadef("POST", body: "{\"namespace\": \"\(name)\"}")
            #expect(answer.status == 201)
            let location = try #require(answer["location"])
            #expect(location.hasPrefix("http://127.0.0.1:\(glimpse.api.port)/v2/metadefs/namespaces/Test"))
            let path = try #require(location.split(separator: "/v2/metadefs/namespaces").last)
            #expect(try glimpse.admin.metadefs(String(path))["namespace"]?.string == name)
            let expected = try JSONValue(
                text: """
                    {"namespace": "\(name)", "visibility": "private", "protected": false, "owner": "control",
                    "self": "/v2/metadefs/namespaces/\(name)", "schema": "/v2/schemas/metadefs/namespace"}
                    """)
            let json = try #require(answer.json)
            #expect(json.without("created_at", "updated_at").isSame(as: expected), "\(answer.text)")
            #expect(json["created_at"] == json["updated_at"] && json["created_at"]?.string?.hasSuffix("Z") == true)
        }

        @Test("[V2-0553] all parts come with it, or nothing")
        func nested() throws {
            let parts = """
                "objects": [{"name": "o", "properties": {"p": {"title": "t", "type": "integer", "default": 3}}},
                    {"name": "o2", "required": ["p"], "description": "d"}],
                "properties": {"a": {"title": "A", "type": "string", "enum": ["x"]}},
                "tags": [{"name": "T1"}, {"name": "T2"}],
                "resource_type_associations": [{"name": "OS::A", "prefix": "hw_"}, {"name": "OS::B"}]
                """
            let name = glimpse.newNamespaceName()
            let made = try glimpse.admin.metadef("POST", body: "{\"namespace\": \"\(name)\", \(parts)}")
            #expect(made.status == 201, "\(made.text)")
            // What was sent comes back; a default is a text in this catalogue.
            let sent = try JSONValue(text: "{\(parts.replacing("\"default\": 3", with: "\"default\": \"3\""))}")
            for part in ["objects", "properties", "tags", "resource_type_associations"] {
                let (got, wanted) = (try #require(made.json?[part]), try #require(sent[part]))
                #expect(got.isSame(as: wanted), "\(got)")
            }
            let shown = try glimpse.admin.metadefs("/\(name)")
            let object = try JSONValue(
                text: """
                    {"name": "o", "required": [],
                    "properties": {"p": {"title": "t", "type": "integer", "default": "3"}},
                    "self": "/v2/metadefs/namespaces/\(name)/objects/o", "schema": "/v2/schemas/metadefs/object"}
                    """)
            #expect(shown["objects"]?.array?.first?.without("created_at", "updated_at").isSame(as: object) == true)
            #expect(shown["tags"]?.array?.compactMap { $0["name"]?.string } == ["T2", "T1"])

            // Two tags that differ in case alone are too many.
            let half = glimpse.newNamespaceName()
            let tags = "\"tags\": [{\"name\": \"t\"}, {\"name\": \"T\"}]"
            let refused = try glimpse.admin.metadef("POST", body: "{\"namespace\": \"\(half)\", \(tags)}")
            refused.expect(409)
            try glimpse.admin.metadef("GET", "/\(half)").expect(404)
        }

        @Test("[V2-0554] a name is there once")
        func duplicate() throws {
            let name = try glimpse.newNamespace()
            try glimpse.admin.metadef("POST", body: "{\"namespace\": \"\(name)\"}").expect(409, name)
        }

        // The reference fails with 500 on an array, and on parts that its schema does not look into.
        @Test(
            "[V2-0555, V2-0556, V2-0557, V2-0558, V2-0559, V2-0560, V2-0562, V2-0563] what is no namespace is refused",
            arguments: [
                ("{}", 400, "'namespace' is a required property"),
                ("{\"namespace\": \"\(String(repeating: "n", count: 81))\"}", 400, "is too long"),
                ("{\"namespace\": \"n\", \"description\": \"\(String(repeating: "d", count: 501))\"}", 400, "too long"),
                ("{\"namespace\": \"n\", \"visibility\": \"shared\"}", 400, "'shared' is not one of"),
                ("{\"namespace\": \"n\", \"x\": 1}", 400, "Additional properties are not allowed ('x' was unexpected)"),
                ("{\"namespace\": 5}", 400, "5 is not of type 'string'"),
                ("{\"namespace\": \"\"}", 400, ""),
                ("{\"namespace\": \"n\", \"self\": \"x\"}", 403, "Attribute 'self' is read-only."),
                ("{\"namespace\": \"n\", \"schema\": \"x\"}", 403, ""),
                ("{\"namespace\": \"n\", \"created_at\": \"x\"}", 403, ""),
                ("{\"namespace\": \"n\", \"updated_at\": \"x\"}", 403, ""),
                ("{\"namespace\": \"n😀\"}", 400, "4 byte"), ("{\"namespace\": \"n\\u0000\"}", 400, "NUL"),
                ("[]", 400, ""), ("[{\"namespace\": \"n\"}]", 400, ""), ("\"n\"", 400, ""),
                ("{", 400, "Malformed JSON"),
                ("{\"namespace\": \"n\", \"objects\": [{}]}", 400, "'name' is a required property"),
                ("{\"namespace\": \"n\", \"tags\": [{\"name\": \"t\", \"x\": 1}]}", 400, "'x' was unexpected"),
                ("{\"namespace\": \"n\", \"properties\": {\"p\": {\"title\": \"t\"}}}", 400, "'type' is a required"),
                (
                    "{\"namespace\": \"n\", \"properties\": {\"p\": {\"title\": \"t\", \"type\": \"odd\"}}}", 400,
                    "'odd' is not one of"
                ),
            ])
        func refused(body: String, status: Int, text: String) throws {
            try glimpse.admin.metadef("POST", body: body).expect(status, text)
            try glimpse.admin.metadef("GET", "/n").expect(404)
        }

        @Test("[V2-0561] only admins make namespaces")
        func noRight() throws {
            let name = glimpse.newNamespaceName()
            try glimpse.newProject().metadef("POST", body: "{\"namespace\": \"\(name)\"}").expect(
                403, "You are not authorized to complete add_metadef_namespace action.")
            try glimpse.admin.metadef("GET", "/\(name)").expect(404)
            try glimpse.admin.metadef("POST").expect(400, "Body expected in request.")
        }
    }

    @Suite struct NamespaceItem {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0564, V2-0565, V2-0566] a namespace is seen with its parts, or not at all")
        func show() throws {
            let (owner, stranger) = (glimpse.newProject(), glimpse.newProject())
            let published = try glimpse.newNamespace("\"tags\": [{\"name\": \"t\"}]")
            #expect(try stranger.metadefs("/\(published)")["tags"]?.array?.count == 1)
            #expect(try stranger.metadefs("/\(published)")["objects"] == nil)
            let hidden = try glimpse.newPrivateNamespace(of: owner)
            #expect(try owner.metadefs("/\(hidden)")["owner"]?.string == owner.project)
            let unknown = try stranger.metadef("GET", "/none")
            let invisible = try stranger.metadef("GET", "/\(hidden)")
            unknown.expect(404)
            // Nothing tells the one from the other.
            #expect(invisible.text.replacing(hidden, with: "none") == unknown.text)
            try stranger.metadef("GET", "/\(published)", body: "{}").expect(400, "A body is not expected")
        }

        @Test("[V2-0567] for a resource type the properties have its prefix")
        func prefixed() throws {
            let name = try glimpse.newNamespace(
                """
                "properties": {"a": {"title": "A", "type": "string"}},
                "objects": [{"name": "o", "required": ["p"], "properties": {"p": {"title": "t", "type": "string"}}}],
                "resource_type_associations": [{"name": "OS::A", "prefix": "hw_"}, {"name": "OS::B"}]
                """)
            for (type, prefix) in [("OS::A", "hw_"), ("OS::B", ""), ("OS::None", "")] {
                let shown = try glimpse.client.metadefs("/\(name)?resource_type=\(type)")
                #expect(shown["properties"]?.names == ["\(prefix)a"])
                let object = try #require(shown["objects"]?.array?.first)
                #expect(object["properties"]?.names == ["\(prefix)p"] && object["name"] == "o")
                #expect(object["required"]?.array == [.string("\(prefix)p")])
            }
        }

        @Test("[V2-0568, V2-0575] other methods are told which there are", arguments: ["HEAD", "PATCH", "POST"])
        func methods(method: String) throws {
            let answer = try glimpse.client.metadef(method, "/x")
            #expect(answer.status == 405 && answer["allow"] == "GET, PUT, DELETE")
        }

        @Test("[V2-0569, V2-0570, V2-0571, V2-0572, V2-0573] PUT replaces all that a namespace says of itself")
        func update() throws {
            let name = try glimpse.newNamespace(
                "\"description\": \"d\", \"display_name\": \"N\", \"tags\": [{\"name\": \"t\"}]")
            let (new, taken) = (glimpse.newNamespaceName(), try glimpse.newNamespace())
            func put(_ path: String, _ body: String) throws -> Answer {
                try glimpse.admin.metadef("PUT", "/\(path)", body: body)
            }
            let answer = try put(name, "{\"namespace\": \"\(new)\", \"display_name\": \"M\"}")
            answer.expect(200)
            let expected = try JSONValue(
                text: """
                    {"namespace": "\(new)", "display_name": "M", "visibility": "private", "protected": false,
                    "owner": "control", "self": "/v2/metadefs/namespaces/\(new)",
                    "schema": "/v2/schemas/metadefs/namespace"}
                    """)
            let json = try #require(answer.json)
            #expect(json.without("created_at", "updated_at").isSame(as: expected), "\(answer.text)")
            try glimpse.admin.metadef("GET", "/\(name)").expect(404)
            #expect(try glimpse.admin.metadefs("/\(new)")["tags"]?.array?.count == 1)
            try put(new, "{\"namespace\": \"\(taken)\"}").expect(409)
            try put(new, "{\"display_name\": \"x\"}").expect(400, "'namespace' is a required property")
            try put(new, "{\"namespace\": \"\(new)\", \"self\": \"x\"}").expect(403)
            try put("none", "{\"namespace\": \"none\"}").expect(404)
            #expect(try glimpse.admin.metadefs("/\(new)")["display_name"] == "M")
        }

        @Test("[V2-0574, V2-0579] others than admins change nothing")
        func noRight() throws {
            let (owner, stranger) = (glimpse.newProject(), glimpse.newProject())
            let hidden = try glimpse.newPrivateNamespace(of: owner)
            let published = try glimpse.newNamespace()
            for (client, name, status) in [
                (stranger, published, 403), (owner, published, 403), (owner, hidden, 403), (stranger, hidden, 404),
            ] {
                let body = "{\"namespace\": \"\(name)\", \"display_name\": \"x\"}"
                try client.metadef("PUT", "/\(name)", body: body).expect(
                    status, status == 403 ? "modify_metadef_namespace" : "")
                try client.metadef("DELETE", "/\(name)").expect(
                    status, status == 403 ? "delete_metadef_namespace" : "")
                #expect(try glimpse.admin.metadefs("/\(name)")["display_name"] == nil)
            }
        }

        @Test("[V2-0576, V2-0577, V2-0578] a namespace goes with its parts, unless it is protected")
        func delete() throws {
            let name = try glimpse.newNamespace("\"protected\": true, \"tags\": [{\"name\": \"t\"}]")
            try glimpse.admin.metadef("DELETE", "/\(name)").expect(403, "is protected and cannot be deleted.")
            try glimpse.admin.metadef("DELETE", "/\(name)/tags").expect(403)
            try glimpse.admin.metadef("DELETE", "/\(name)/tags/t").expect(403)
            #expect(try glimpse.admin.partNames("/\(name)/tags", "tags") == ["t"])
            try glimpse.admin.metadef("PUT", "/\(name)", body: "{\"namespace\": \"\(name)\"}").expect(200)
            let answer = try glimpse.admin.metadef("DELETE", "/\(name)")
            #expect(answer.status == 204 && answer.body == [])
            try glimpse.admin.metadef("GET", "/\(name)").expect(404)
            try glimpse.admin.metadef("DELETE", "/\(name)").expect(404)
        }
    }
}
