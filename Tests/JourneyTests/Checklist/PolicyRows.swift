import JSONText
import Testing

extension Journeys {
    /// The checklist's rows about policies, property protections and the management of the cache.
    @Suite struct PolicyRows {
        private static let rules = [
            "get_images", "get_image", "add_image", "modify_image", "delete_image", "upload_image", "download_image",
            "copy_from", "set_image_location", "get_members", "modify_member", "delete_member", "publicize_image",
        ]

        private static let formats: Metadata = ["disk_format": "raw", "container_format": "bare"]
        private static let data: [UInt8] = Array("hello".utf8)

        /// A caller of the project `lab`.
        private func caller(_ role: String, _ glimpse: Glimpse) -> Client {
            Client(port: glimpse.api.port, token: "me:lab:\(role)")
        }

        @Test(
            """
            [V1-0016, V1-0109, V1-0135, V1-0136, V1-0185, V1-0195, V1-0205, V1-0275, V1-0302, V1-0330, V1-0365, \
            V1-0385, V1-0394, V1-0431] what a rule denies is 403, and changes nothing
            """)
        func denied() throws {
            let folder = try TemporaryFolder()
            // Whoever has the role no_X may do all but X.
            let file = try folder.write(
                Self.rules.map { "\"\($0)\": \"not role:no_\($0)\"\n" }.joined(), to: "policy.yaml")
            try Glimpse.run([.init("oslo_policy", "policy_file", file)]) { glimpse in
                let id = try glimpse.client.make(data: Self.data)
                let queued = try glimpse.client.make()
                try glimpse.client.send("PUT", "/v1/images/\(id)/members/other").expect(204)
                func refuse(
                    _ rule: String, _ method: String, _ path: String, _ fields: [(String, String)] = [],
                    body: Body = .none, sourceLocation: SourceLocation = #_sourceLocation
                ) throws {
                    try caller("no_\(rule)", glimpse).send(method, path, fields, body: body)
                        .expect(403, method == "HEAD" ? "" : "Access was denied", rule, sourceLocation: sourceLocation)
                }
                let count = try glimpse.client.ids("/v1/images").count
                try refuse("get_images", "GET", "/v1/images")
                try refuse("get_images", "GET", "/v1/images/detail")
                try refuse("get_image", "HEAD", "/v1/images/\(id)")
                try refuse("get_image", "GET", "/v1/images/\(id)")
                try refuse("download_image", "GET", "/v1/images/\(id)")
                try caller("no_download_image", glimpse).send("HEAD", "/v1/images/\(id)").expect(200)
                try refuse("add_image", "POST", "/v1/images")
                let upload = Client.fields(Self.formats) + [Client.octetStream]
                try refuse("upload_image", "POST", "/v1/images", upload, body: .bytes(Self.data))
                try refuse("upload_image", "PUT", "/v1/images/\(queued)", upload, body: .bytes(Self.data))
                let outside = "http://192.0.2.1/image"
                try refuse("upload_image", "POST", "/v1/images", [("x-glance-api-copy-from", outside)])
                try refuse("copy_from", "POST", "/v1/images", [("x-glance-api-copy-from", outside)])
                try refuse("set_image_location", "POST", "/v1/images", [("x-image-meta-location", outside)])
                try refuse("set_image_location", "PUT", "/v1/images/\(queued)", [("x-image-meta-location", outside)])
                try refuse("publicize_image", "POST", "/v1/images", [("x-image-meta-is_public", "True")])
                try refuse("publicize_image", "PUT", "/v1/images/\(id)", [("x-image-meta-is_public", "True")])
                try caller("no_publicize_image", glimpse).send(
                    "PUT", "/v1/images/\(id)", [("x-image-meta-is_public", "False")]
                ).expect(200)
                try refuse("modify_image", "PUT", "/v1/images/\(id)", [("x-image-meta-name", "new")])
                try refuse("delete_image", "DELETE", "/v1/images/\(id)")
                try refuse("get_members", "GET", "/v1/images/\(id)/members")
                try refuse("modify_member", "PUT", "/v1/images/\(id)/members/third")
                let all = Body.json(#"{"memberships": []}"#)
                try refuse("modify_member", "PUT", "/v1/images/\(id)/members", body: all)
                try refuse("delete_member", "DELETE", "/v1/images/\(id)/members/other")

                #expect(try glimpse.client.ids("/v1/images").count == count)
                #expect(try glimpse.client.detail(id)["name"] == .null)
                #expect(try glimpse.client.status(of: queued) == "queued")
                let members = try glimpse.client.send("GET", "/v1/images/\(id)/members")
                members.expect(200, "other")
                #expect(members.json?["members"]?.array?.count == 1)
            }
        }

        @Test("a rule that looks at the image is asked when it is there")
        func rulesAboutTheImage() throws {
            let folder = try TemporaryFolder()
            let file = try folder.write(
                """
                {
                    "own": "tenant:%(owner)s",
                    "modify_image": "role:admin or rule:own",
                    "delete_image": "'yes':%(mayfly)s",
                    "download_image": "not 'secret':%(level)s or role:cleared",
                    "context_is_admin": "role:boss",
                    "get_members": "rule:own",
                    "publicize_image": ""
                }
                """, to: "policy.json")
            try Glimpse.run([.init("DEFAULT", "policy_file", file)]) { glimpse in
                let id = try glimpse.client.make(
                    ["property-level": "secret", "is_public": "True"], data: Self.data)
                let path = "/v1/images/\(id)"
                try glimpse.client.send("GET", path).expect(403)
                try caller("cleared", glimpse).send("GET", path).expect(200, "hello")
                try glimpse.client.send("GET", path + "/members").expect(200)
                try glimpse.stranger.send("GET", path + "/members").expect(403)
                try glimpse.stranger.send("PUT", path, [("x-image-meta-name", "n")]).expect(403)
                try glimpse.client.send("PUT", path, [("x-image-meta-property-mayfly", "no")]).expect(200)
                try glimpse.client.send("DELETE", path).expect(403)
                try glimpse.client.send("PUT", path, [("x-image-meta-property-mayfly", "yes")]).expect(200)
                let boss = Client(port: glimpse.api.port, token: "b:elsewhere:boss")
                #expect(try boss.ids("/v1/images?is_public=None") == [id])
                try glimpse.client.send("DELETE", path).expect(200)
                // What can't be seen is not there, whatever the rule.
                try glimpse.client.send("DELETE", path).expect(404)
            }
        }

        @Test(
            """
            [V1-0133, V1-0254, V1-0304, V1-0360, V1-0361, V1-0362, V1-0363] protected properties are out of sight and \
            reach
            """)
        func protectedProperties() throws {
            let folder = try TemporaryFolder()
            var text = ""
            for (name, create, read, update, delete) in [
                ("^x_secret", "admin", "admin", "admin", "admin"), ("^x_fixed", "@", "@", "admin", "@"),
                ("^x_kept", "@", "@", "@", "!"), (".*", "@", "@", "@", "@"),
            ] {
                text += "[\(name)]\ncreate = \(create)\nread = \(read)\nupdate = \(update)\ndelete = \(delete)\n"
            }
            let file = try folder.write(text, to: "protections.conf")
            try Glimpse.run([.init("DEFAULT", "property_protection_file", file)]) { glimpse in
                let count = try glimpse.client.ids("/v1/images").count
                try glimpse.client.post(["property-x_secret": "s"]).expect(403, "Property 'x_secret' is protected")
                #expect(try glimpse.client.ids("/v1/images").count == count)
                let id = try glimpse.client.make(["property-x_fixed": "f", "property-free": "1"], data: Self.data)
                let path = "/v1/images/\(id)"
                func put(_ client: Client, _ metadata: Metadata) throws -> Answer {
                    try client.send("PUT", path, Client.fields(metadata))
                }
                // Nobody but an admin puts it there, and sees it.
                try put(glimpse.client, ["property-x_secret": "s", "property-x_fixed": "f"]).expect(403, "x_secret")
                try put(glimpse.admin, ["property-x_secret": "s", "property-x_fixed": "f"]).expect(200, "x_secret")
                for method in ["HEAD", "GET"] {
                    let seen = try glimpse.client.send(method, path)
                    #expect(seen["x-image-meta-property-x_fixed"] == "f")
                    #expect(seen["x-image-meta-property-x_secret"] == nil)
                    #expect(try glimpse.admin.send(method, path)["x-image-meta-property-x_secret"] == "s")
                }
                #expect(try glimpse.client.detail(id)["properties"] == ["x_fixed": "f"])
                #expect(try glimpse.client.ids("/v1/images?property-x_secret=s") == [])
                #expect(try glimpse.client.ids("/v1/images?property-x_fixed=f") == [id])
                // A purge by who can't see it leaves it.
                try put(glimpse.client, ["name": "n"]).expect(200)
                #expect(try glimpse.client.detail(id)["properties"] == [:])
                #expect(try glimpse.admin.send("HEAD", path)["x-image-meta-property-x_secret"] == "s")
                // Another value, the same one.
                try put(glimpse.client, ["property-x_fixed": "f", "property-x_kept": "k"]).expect(200)
                try put(glimpse.client, ["property-x_fixed": "g", "property-x_kept": "k"]).expect(403, "x_fixed")
                try put(glimpse.client, ["property-x_fixed": "f", "property-x_kept": "l"]).expect(200)
                // Left out.
                try put(glimpse.client, ["property-x_fixed": "f"]).expect(403, "x_kept")
                #expect(try glimpse.client.detail(id)["properties"] == ["x_fixed": "f", "x_kept": "l"])
                // The answer of a PUT hides what a list hides.
                let answer = try put(glimpse.client, ["property-x_kept": "m"]).image()
                #expect(answer["properties"] == ["x_kept": "m"])
            }
        }

        @Test(
            """
            [V1-0005..V1-0013, V1-0440..V1-0451] the routes of the cache are there with the flavor, for those whom the \
            policy allows
            """)
        func cacheManagement() throws {
            let calls = [
                ("GET", "/v1/cached_images"), ("DELETE", "/v1/cached_images"), ("DELETE", "/v1/cached_images/x"),
                ("GET", "/v1/queued_images"), ("DELETE", "/v1/queued_images"), ("PUT", "/v1/queued_images/x"),
                ("DELETE", "/v1/queued_images/x"),
            ]
            try Glimpse.run { glimpse in
                for (method, path) in calls { try glimpse.admin.send(method, path).expect(404) }
            }
            try Glimpse.run([.init("paste_deploy", "flavor", "fakeauth+cachemanagement")]) { glimpse in
                for (method, path) in calls { try glimpse.client.send(method, path).expect(403) }
                for (method, path) in calls { try glimpse.nobody.send(method, path).expect(401) }
                let admin = glimpse.admin
                for (method, path) in [("POST", "/v1/cached_images"), ("GET", "/v1/queued_images/x")] {
                    try admin.send(method, path).expect(404)
                }
                let id = try glimpse.client.make(data: Self.data)
                try admin.send("PUT", "/v1/queued_images/\(id)").expect(200, "null")
                try admin.send("PUT", "/v1/queued_images/anything").expect(200, "null")
                try admin.send("GET", "/v1/queued_images").expect(200, "{\"queued_images\":[\"\(id)\",\"anything\"]}")
                for _ in 0..<3 { try glimpse.client.send("GET", "/v1/images/\(id)").expect(200, "hello") }
                let cached = try admin.send("GET", "/v1/cached_images")
                let entry = try #require(cached.json?["cached_images"]?.array?.first, "\(cached.text)")
                #expect(entry.names == ["image_id", "hits", "last_accessed", "last_modified", "size"])
                #expect(entry["image_id"] == .string(id) && entry["hits"] == .int(2) && entry["size"] == .int(5))
                try admin.send("GET", "/v1/queued_images").expect(200, "{\"queued_images\":[\"anything\"]}")
                try admin.send("DELETE", "/v1/queued_images/anything").expect(200, "null")
                try admin.send("PUT", "/v1/queued_images/more").expect(200, "null")
                try admin.send("DELETE", "/v1/queued_images").expect(200, "{\"num_deleted\":1}")
                try admin.send("DELETE", "/v1/cached_images/\(id)").expect(200, "null")
                try admin.send("DELETE", "/v1/cached_images").expect(200, "{\"num_deleted\":0}")
                try glimpse.client.send("GET", "/v1/images/\(id)").expect(200)
                try admin.send("DELETE", "/v1/cached_images").expect(200, "{\"num_deleted\":1}")
            }
        }
    }
}
