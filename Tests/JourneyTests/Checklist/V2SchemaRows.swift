import JSONText
import Testing

extension Journeys.MetadefRows {
    /// `/v2/schemas/…`.
    @Suite struct Schemas {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        private func schema(_ path: String) throws -> JSONValue {
            let answer = try glimpse.newProject().send("GET", "/v2/schemas/\(path)")
            try #require(answer.status == 200, "\(path): \(answer.text)")
            #expect(answer["content-type"] == "application/json")
            return try #require(answer.json)
        }

        @Test("[V2-0650, V2-0653, V2-0654] there are these schemas, and they can be read")
        func routes() throws {
            try glimpse.client.send("GET", "/v2/schemas/foo").expect(404)
            try glimpse.client.send("GET", "/v2/schemas").expect(404)
            try glimpse.client.send("GET", "/v2/schemas/image", body: .json("{}")).expect(
                400, "A body is not expected with this request.")
            let wrong = try glimpse.client.send("POST", "/v2/schemas/image", body: .json("{}"))
            #expect(wrong.status == 405 && wrong["allow"] == "GET")
        }

        @Test("[V2-0651, V2-0652] an image")
        func image() throws {
            let schema = try schema("image")
            #expect(schema["name"] == "image")
            #expect(try schema["additionalProperties"] == JSONValue(text: "{\"type\": \"string\"}"))
            let links = "{\"rel\": \"self\", \"href\": \"{self}\"}, {\"rel\": \"enclosure\", \"href\": \"{file}\"}"
            let last = "{\"rel\": \"describedby\", \"href\": \"{schema}\"}"
            #expect(try #require(schema["links"]).isSame(as: JSONValue(text: "[\(links), \(last)]")))
            let properties = try #require(schema["properties"])
            #expect(
                properties.names == [
                    "id", "name", "status", "visibility", "protected", "os_hidden", "checksum", "os_hash_algo",
                    "os_hash_value", "owner", "size", "virtual_size", "container_format", "disk_format", "created_at",
                    "updated_at", "tags", "direct_url", "min_ram", "min_disk", "self", "file", "stores", "schema",
                    "locations", "kernel_id", "ramdisk_id", "instance_uuid", "architecture", "os_distro", "os_version",
                    "description", "cinder_encryption_key_id", "cinder_encryption_key_deletion_policy",
                ])
            let readOnly = properties.object?.members.filter { $0.value["readOnly"] == .bool(true) }.map(\.name)
            #expect(
                Set(readOnly ?? []) == [
                    "status", "checksum", "os_hash_algo", "os_hash_value", "size", "virtual_size", "created_at",
                    "updated_at", "direct_url", "self", "file", "stores", "schema",
                ])
            let formats = properties["disk_format"]?["enum"]?.array
            #expect(formats?.first == .null && formats?.contains("qcow2") == true)
            #expect(properties["container_format"]?["enum"]?.array?.first == .null)
            let kernel = properties["kernel_id"]
            #expect(kernel?["is_base"] == .bool(false) && kernel?["type"] == .array(["null", "string"]))
            #expect(kernel?["pattern"] == properties["id"]?["pattern"])
            #expect(properties["name"]?["is_base"] == nil)
        }

        @Test(
            "[V2-0655, V2-0657, V2-0659, V2-0661, V2-0662, V2-0665, V2-0667, V2-0669] lists",
            arguments: [
                ("images", "images", "image", true), ("members", "members", "member", false),
                ("tasks", "tasks", "task", false), ("metadefs/namespaces", "namespaces", "namespace", true),
                ("metadefs/objects", "objects", "object", true),
                ("metadefs/properties", "properties", "property", true),
                ("metadefs/resource_types", "resource_type_associations", "resource_type_association", true),
                ("metadefs/tags", "tags", "tag", true),
            ])
        func lists(path: String, name: String, item: String, hasPages: Bool) throws {
            let schema = try schema(path)
            #expect(schema["name"]?.string == name)
            #expect(schema["properties"]?.names == (hasPages ? [name, "first", "next", "schema"] : [name, "schema"]))
            #expect(schema["links"]?.array?.count == (hasPages ? 3 : 1))
            let list = schema["properties"]?[name]
            let isMap = name == "properties"
            #expect(list?["type"]?.string == (isMap ? "object" : "array"))
            let items = list?[isMap ? "additionalProperties" : "items"]
            #expect(items?["name"]?.string == item && items?["definitions"] == nil)
            #expect((schema["definitions"] != nil) == ["namespaces", "objects", "properties"].contains(name))
        }

        @Test(
            "[V2-0656, V2-0668] members and tasks in the short form",
            arguments: [
                ("member", ["member_id", "image_id", "status", "created_at", "updated_at", "schema"]),
                (
                    "task",
                    [
                        "id", "type", "status", "input", "result", "owner", "message", "image_id", "request_id",
                        "user_id", "expires_at", "created_at", "updated_at", "self", "schema",
                    ]
                ),
            ] as [(String, Set<String>)])
        func short(name: String, properties: Set<String>) throws {
            let schema = try schema(name)
            #expect(schema.names == ["name", "properties"] && schema["name"]?.string == name)
            #expect(schema["properties"]?.names == properties)
        }

        @Test(
            "[V2-0658, V2-0660, V2-0663, V2-0664, V2-0666] the catalogue's",
            arguments: [
                ("namespace", "namespace", ["namespace"]), ("object", "object", ["name"]),
                ("property", "property", ["type", "title", "name"]),
                ("resource_type", "resource_type_association", ["name"]), ("tag", "tag", ["name"]),
            ] as [(String, String, Set<String>)])
        func catalogue(path: String, name: String, required: Set<String>) throws {
            let schema = try schema("metadefs/\(path)")
            #expect(schema["name"]?.string == name && schema["additionalProperties"] == .bool(false))
            #expect(Set(schema["required"]?.array?.compactMap(\.string) ?? []) == required)
            #expect(required.isSubset(of: schema["properties"]?.names ?? []))
        }
    }
}
