import JSONText
import Testing

extension Journeys {
    /// What an operator's own files change about the catalogue and the schemas.
    @Suite struct MetadefSettings {
        @Test func policyOpensAndClosesTheCatalogue() throws {
            try Glimpse.run { glimpse in
                let published = try glimpse.newNamespace("\"tags\": [{\"name\": \"t\"}]")
                let mine = try glimpse.newPrivateNamespace(of: glimpse.client)
                let theirs = try glimpse.newPrivateNamespace(of: glimpse.stranger)
                try glimpse.api.stop()
                let policy = """
                    add_metadef_tag: "role:member"
                    modify_metadef_tag: "project_id:%(project_id)s"
                    get_metadef_namespace: "not role:blind"

                    """
                _ = try glimpse.folder.write(policy, to: "policy.yaml")
                try glimpse.api.start()
                // Whoever is let in by the policy still does not get at what it can't see.
                for (name, status) in [(published, 201), (mine, 201), (theirs, 404)] {
                    try glimpse.client.metadef("POST", "/\(name)/tags/new").expect(status)
                }
                // A rule that looks at the namespace.
                for (name, status) in [(published, 403), (mine, 200), (theirs, 404)] {
                    let body = "{\"name\": \"newer\"}"
                    try glimpse.client.metadef("PUT", "/\(name)/tags/new", body: body).expect(status)
                }
                // A namespace that the policy hides is not there.
                let blind = Client(port: glimpse.api.port, token: "you:other:member,blind")
                for path in ["/\(published)", "/\(published)/tags", "/\(published)/tags/t", "/\(theirs)"] {
                    try blind.metadef("GET", path).expect(404)
                }
                try blind.metadef("POST", "/\(published)/tags/newest").expect(404)
                #expect(try blind.namespaces("") == [])
                #expect(try glimpse.stranger.partNames("/\(published)/tags", "tags") == ["new", "t"])
            }
        }

        @Test func schemaImageIsTheOperators() throws {
            try Glimpse.run { glimpse in
                try glimpse.api.stop()
                let own = """
                    {"properties": {"color": {"type": "string", "enum": ["red", "blue"]}}, "required": ["color"]}
                    """
                _ = try glimpse.folder.write(own, to: "schema-image.json")
                try glimpse.api.start()
                let schema = try #require(try glimpse.client.send("GET", "/v2/schemas/image").json)
                let color = try JSONValue(
                    text: "{\"type\": \"string\", \"enum\": [\"red\", \"blue\"], \"is_base\": false}")
                #expect(schema["properties"]?["color"]?.isSame(as: color) == true)
                #expect(schema["properties"]?["kernel_id"] == nil && schema["required"] == .array(["color"]))
            }
        }
    }
}
