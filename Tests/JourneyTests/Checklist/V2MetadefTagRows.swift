import JSONText
import Testing

extension Journeys.MetadefRows {
    @Suite struct Tags {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        private func tags(_ namespace: String) throws -> [String] {
            try glimpse.client.partNames("/\(namespace)/tags", "tags")
        }

        private func post(_ namespace: String, _ names: [String], appending: String? = nil) throws -> Answer {
            let list = names.map { "{\"name\": \"\($0)\"}" }.joined(separator: ", ")
            return try glimpse.admin.metadef(
                "POST", "/\(namespace)/tags", appending.map { [("X-Openstack-Append", $0)] } ?? [],
                body: "{\"tags\": [\(list)]}")
        }

        @Test("[V2-0626, V2-0628, V2-0629, V2-0630, V2-0631] many tags replace the others, or come to them")
        func many() throws {
            let name = try glimpse.newNamespace("\"tags\": [{\"name\": \"old\"}]")
            let answer = try post(name, ["a", "b"])
            answer.expect(201)
            #expect(try #require(answer.json) == JSONValue(text: "{\"tags\": [{\"name\": \"a\"}, {\"name\": \"b\"}]}"))
            #expect(try tags(name) == ["b", "a"])
            try post(name, ["c"], appending: "true").expect(201)
            #expect(try tags(name) == ["c", "b", "a"])
            try post(name, ["d", "B"], appending: "True").expect(409)
            try post(name, ["d", "e", "D"]).expect(409)
            #expect(try tags(name) == ["c", "b", "a"])
            // As in the reference, no tags replace none.
            try post(name, []).expect(201)
            #expect(try tags(name) == ["c", "b", "a"])
            try post(name, ["z"], appending: "false").expect(201)
            #expect(try tags(name) == ["z"])
        }

        @Test("[V2-0627] a list of tags goes on behind a marker, which must be there")
        func pages() throws {
            let name = try glimpse.newNamespace()
            try post(name, ["a", "c", "b"]).expect(201)
            let path = "/\(name)/tags"
            #expect(try glimpse.client.partNames("\(path)?limit=2", "tags") == ["b", "c"])
            #expect(try glimpse.client.partNames("\(path)?limit=2&marker=c", "tags") == ["a"])
            #expect(try glimpse.client.partNames("\(path)?sort_key=name&sort_dir=asc", "tags") == ["a", "b", "c"])
            try glimpse.client.metadef("GET", "\(path)?marker=none").expect(404, "Could not find metadata tag none")
            for query in ["limit=x", "limit=-1", "sort_dir=up", "sort_key=odd"] {
                try glimpse.client.metadef("GET", "\(path)?\(query)").expect(400)
            }
            try glimpse.client.metadef("GET", "/none/tags").expect(404)
        }

        // The reference fails with 500 without a list.
        @Test(
            "[V2-0632, V2-0633] what is no list of tags is refused",
            arguments: [
                "{\"tags\": [{}]}", "{}", "[]", "{\"tags\": {}}", "{\"tags\": [{\"name\": 1}]}",
                "{\"tags\": [{\"name\": \"a\", \"x\": 1}]}", "{\"tags\": [\"a\"]}", "{\"tags\": [{\"name\": \"\"}]}",
                "{\"tags\": [{\"name\": \"\(String(repeating: "t", count: 81))\"}]}",
            ])
        func noList(body: String) throws {
            let name = try glimpse.newNamespace("\"tags\": [{\"name\": \"old\"}]")
            try glimpse.admin.metadef("POST", "/\(name)/tags", body: body).expect(400)
            #expect(try tags(name) == ["old"])
        }

        @Test("[V2-0634] all tags are removed at once")
        func clear() throws {
            let name = try glimpse.newNamespace("\"tags\": [{\"name\": \"a\"}, {\"name\": \"b\"}]")
            try glimpse.client.metadef("DELETE", "/\(name)/tags").expect(403)
            try glimpse.admin.metadef("DELETE", "/\(name)/tags").expect(204)
            #expect(try tags(name) == [])
        }

        @Test("[V2-0635, V2-0636, V2-0637, V2-0638, V2-0639, V2-0640] one tag is made by its path")
        func one() throws {
            let name = try glimpse.newNamespace()
            let path = "/\(name)/tags"
            let made = try glimpse.admin.metadef("POST", "\(path)/Tag")
            made.expect(201)
            #expect(made.json?["name"] == "Tag" && made.json?.names == ["name", "created_at", "updated_at"])
            #expect(try glimpse.client.metadefs("\(path)/Tag") == made.json)
            try glimpse.client.metadef("GET", "\(path)/none").expect(404)
            try glimpse.admin.metadef("POST", "\(path)/tag").expect(409, "metadata tag names are case insensitive")
            try glimpse.admin.metadef("POST", "\(path)/\(String(repeating: "t", count: 81))").expect(400, "too long")
            try glimpse.admin.metadef("POST", "\(path)/other", body: "{}").expect(400, "A body is not expected")
            try glimpse.client.metadef("POST", "\(path)/other").expect(403, "add_metadef_tag")
            try glimpse.admin.metadef("POST", "/none/tags/other").expect(404)
            #expect(try tags(name) == ["Tag"])
        }

        @Test("[V2-0641, V2-0642, V2-0643, V2-0644, V2-0645] one tag is renamed and removed")
        func change() throws {
            let name = try glimpse.newNamespace("\"tags\": [{\"name\": \"a\"}, {\"name\": \"b\"}]")
            let path = "/\(name)/tags"
            func put(_ tag: String, _ body: String) throws -> Answer {
                try glimpse.admin.metadef("PUT", "\(path)/\(tag)", body: body)
            }
            let renamed = try put("a", "{\"name\": \"c\"}")
            renamed.expect(200)
            #expect(renamed.json?["name"] == "c")
            try put("c", "{\"name\": \"C\"}").expect(200)
            try put("C", "{\"name\": \"B\"}").expect(409)
            try put("none", "{\"name\": \"d\"}").expect(404)
            try put("C", "{}").expect(400, "'name' is a required property")
            try put("C", "{\"name\": \"d\", \"created_at\": \"x\"}").expect(403)
            #expect(try tags(name) == ["b", "C"])
            try glimpse.client.metadef("DELETE", "\(path)/C").expect(403)
            try glimpse.admin.metadef("DELETE", "\(path)/C").expect(204)
            try glimpse.admin.metadef("DELETE", "\(path)/C").expect(404)
            #expect(try tags(name) == ["b"])
        }
    }

    @Suite struct ResourceTypes {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0619, V2-0620, V2-0621, V2-0622, V2-0623, V2-0624, V2-0625] a namespace and its resource types")
        func associations() throws {
            let name = try glimpse.newNamespace()
            let path = "/\(name)/resource_types"
            let member = "resource_type_associations"
            func post(_ body: String) throws -> Answer { try glimpse.admin.metadef("POST", path, body: body) }
            #expect(try glimpse.client.partNames(path, member) == [])
            let made = try post("{\"name\": \"OS::C\", \"prefix\": \"p\", \"properties_target\": \"image\"}")
            made.expect(201)
            let wanted = try JSONValue(
                text: "{\"name\": \"OS::C\", \"prefix\": \"p\", \"properties_target\": \"image\"}")
            #expect(made.json?.without("created_at", "updated_at").isSame(as: wanted) == true, "\(made.text)")
            #expect(try glimpse.client.metadefs(path)[member]?.array?.first == made.json)
            try post("{\"name\": \"OS::C\"}").expect(409)
            try post("{\"prefix\": \"p\"}").expect(400, "'name' is a required property")
            try post("{\"name\": \"\(String(repeating: "t", count: 81))\"}").expect(400)
            try glimpse.client.metadef("POST", path, body: "{\"name\": \"OS::D\"}").expect(403)
            try glimpse.client.metadef("DELETE", "\(path)/OS::C").expect(403)
            try glimpse.admin.metadef("DELETE", "\(path)/OS::C").expect(204)
            try glimpse.admin.metadef("DELETE", "\(path)/OS::C").expect(404)
            #expect(try glimpse.client.partNames(path, member) == [])
        }

        @Test("[V2-0646, V2-0647] every resource type that was ever named")
        func all() throws {
            let type = glimpse.newNamespaceName()
            let name = try glimpse.newNamespace("\"resource_type_associations\": [{\"name\": \"\(type)\"}]")
            try glimpse.admin.metadef("DELETE", "/\(name)").expect(204)
            let answer = try glimpse.client.send("GET", "/v2/metadefs/resource_types")
            answer.expect(200)
            let entry = answer.json?["resource_types"]?.array?.first { $0["name"]?.string == type }
            #expect(entry?.names == ["name", "created_at", "updated_at"])
            let wrong = try glimpse.admin.send("POST", "/v2/metadefs/resource_types", body: .json("{}"))
            #expect(wrong.status == 405 && wrong["allow"] == "GET")
        }
    }
}
