import ImageModel
import JSONText
import Testing

@testable import Registry

@Suite struct RPCTests {
    private func datetime(_ moment: Timestamp) -> JSONValue {
        ["_type": .string("datetime"), "_value": .string(moment.v1Text)]
    }

    private func errorClass(_ result: JSONValue) -> String? {
        result["_error"]?["cls"]?.string
    }

    @Test("commands run in order and answer a list of results [RG-0036]")
    func results() async throws {
        try await PikeServer.run { pike async throws in
            let id = ImageID.random()
            let created = Timestamp(microseconds: 1_000_000_000_000_001)
            let values: JSONValue = [
                "id": .string(id), "name": .string("n"), "status": .string("queued"), "owner": .string("other"),
                "visibility": .string("private"), "created_at": datetime(created),
                "properties": ["a": .string("b")],
            ]
            let answer = try await pike.send(
                "POST", "/rpc",
                .array([
                    ["command": .string("image_create"), "kwargs": ["values": values]],
                    [
                        "command": .string("image_tag_set_all"),
                        "kwargs": ["image_id": .string(id), "tags": .array([.string("t")])],
                    ],
                    ["command": .string("image_get"), "kwargs": ["image_id": .string(id)]],
                    ["command": .string("image_get_all")],
                ]))
            #expect(answer.status == 200)
            let results = try #require(try answer.json.array)
            #expect(results.count == 4)
            #expect(results[0]["owner"] == .string("tenant") && results[0]["tags"] == .array([]))
            #expect(results[1] == .null)
            let image = results[2]
            #expect(image["created_at"] == datetime(created) && image["deleted_at"] == .null)
            #expect(image["visibility"] == .string("private") && image["is_public"] == .bool(false))
            #expect(image["tags"] == .array([.string("t")]) && image["size"] == .null)
            let property = try #require(image["properties"]?.array?.first)
            #expect(property["name"] == .string("a") && property["value"] == .string("b"))
            #expect(results[3] == .array([image]))
        }
    }

    @Test("what is no list of commands is refused [RG-0037]", arguments: ["{}", "7", "null", "", "[7]", "[{}]", "{"])
    func badBodies(_ body: String) async throws {
        try await PikeServer.run { pike async throws in
            let answer = try await pike.send("POST", "/rpc", bytes: Array(body.utf8))
            #expect(answer.status == 400)
        }
    }

    @Test(arguments: [
        #"[{"command":7}]"#, #"[{"command":""}]"#, #"[{"command":"image_get","kwargs":[]}]"#,
        #"[{"kwargs":{}}]"#,
    ])
    func badCommandsAreRefused(_ body: String) async throws {
        try await PikeServer.run { pike async throws in
            let answer = try await pike.send("POST", "/rpc", bytes: Array(body.utf8))
            #expect(answer.status == 400)
        }
    }

    @Test("an unknown command is 404, and none before it runs [RG-0038]")
    func unknownCommand() async throws {
        try await PikeServer.run { pike async throws in
            let create: JSONValue = [
                "command": .string("image_create"), "kwargs": ["values": ["status": .string("queued")]],
            ]
            let answer = try await pike.send(
                "POST", "/rpc", .array([create, ["command": .string("__import__"), "kwargs": [:]]]))
            #expect(answer.status == 404)
            #expect(try await pike.ids("/images") == [])
            #expect(try await pike.send("GET", "/rpc").status == 404)
            #expect(try await pike.send("POST", "/rpc", .array(Array(repeating: create, count: 101))).status == 400)
            #expect(try await pike.ids("/images") == [])
        }
    }

    @Test("a command that fails says so in its result [RG-0039]")
    func failures() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create(visibility: .public)
            let id: JSONValue = .string(image.id)
            let unknown: JSONValue = ["image_id": .string(ImageID.random())]
            let failure = try await pike.call("image_get", unknown)
            #expect(errorClass(failure) == "glance.common.exception.ImageNotFound")
            #expect(failure["_error"]?["val"]?.string?.isEmpty == false)
            #expect(errorClass(try await pike.call("image_get", [:])) == "glance.common.exception.Invalid")
            let duplicate = try await pike.call("image_create", ["values": ["id": id]])
            #expect(errorClass(duplicate) == "glance.common.exception.Duplicate")
            let update: JSONValue = ["image_id": id, "values": ["name": .string("x")]]
            #expect(
                errorClass(try await pike.call("image_update", update, as: .stranger))
                    == "glance.common.exception.Forbidden")
            let conflict: JSONValue = ["image_id": id, "values": [:], "from_state": .string("active")]
            #expect(errorClass(try await pike.call("image_update", conflict)) == "glance.common.exception.Conflict")
            #expect(try pike.test.get(image.id) == image)
        }
    }

    @Test func imagesAreChangedAndDestroyed() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create { $0.properties = [ImageProperty(name: "a", value: "b")] }
            let updated = try await pike.call(
                "image_update",
                [
                    "image_id": .string(image.id), "values": ["visibility": .string("community"), "properties": [:]],
                    "purge_props": .bool(true), "from_state": .string("queued"),
                ])
            #expect(updated["visibility"] == .string("community") && updated["properties"] == .array([]))
            #expect(updated["updated_at"] != datetime(image.updatedAt))
            let destroyed = try await pike.call("image_destroy", ["image_id": .string(image.id)])
            #expect(destroyed["deleted"] == .bool(true) && destroyed["deleted_at"]?["_type"] == .string("datetime"))
            let again = try await pike.call("image_destroy", ["image_id": .string(image.id)])
            #expect(errorClass(again) == "glance.common.exception.ImageNotFound")
        }
    }

    @Test func listsTakeFiltersSortAndPages() async throws {
        try await PikeServer.run { pike async throws in
            let first = try pike.test.createActive(bytes: 5)
            let second = try pike.test.create(visibility: .public) {
                $0.name = "x"
                $0.tags = ["t"]
                $0.properties = [ImageProperty(name: "os", value: "linux")]
            }
            let foreign = try pike.test.create(owner: "other")
            func ids(_ arguments: JSONValue, as viewer: Viewer = .owner) async throws -> [String] {
                let images = try await pike.call("image_get_all", arguments, as: viewer).array ?? []
                return images.compactMap { $0["id"]?.string }
            }
            func filtered(_ filters: JSONValue) async throws -> [String] { try await ids(["filters": filters]) }
            #expect(try await ids([:]) == [second.id, first.id])
            #expect(
                try await ids(["sort_key": .array([.string("created_at")]), "sort_dir": .array([.string("asc")])])
                    == [first.id, second.id])
            #expect(try await ids(["limit": .int(1)]) == [second.id])
            #expect(try await ids(["limit": .int(1), "marker": .string(second.id)]) == [first.id])
            #expect(try await filtered(["name": .string("x")]) == [second.id])
            #expect(try await filtered(["size_min": .int(5)]) == [first.id])
            #expect(try await filtered(["tags": .array([.string("t")])]) == [second.id])
            #expect(try await filtered(["os": .string("linux")]) == [second.id])
            #expect(try await filtered(["visibility": .string("public")]) == [second.id])
            #expect(try await filtered(["id": .array([.string(first.id), .string(foreign.id)])]) == [first.id])
            #expect(try await filtered(["created_at": .string("lte:" + first.createdAt.v1Text)]) == [first.id])
            #expect(try await filtered(["changes-since": datetime(first.updatedAt)]) == [second.id])
            #expect(try await ids([:], as: .admin) == [foreign.id, second.id, first.id])
            #expect(try await ids(["admin_as_user": .bool(true)], as: .admin) == [second.id])
            #expect(try await ids(["is_public": .bool(false)], as: .admin) == [foreign.id, first.id])
            let bad = try await pike.call("image_get_all", ["sort_key": .string("owner")])
            #expect(errorClass(bad) == "glance.common.exception.Invalid")
        }
    }

    @Test func membersAreFoundMadeAnsweredAndRemoved() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create()
            let id: JSONValue = .string(image.id)
            let made = try await pike.call(
                "image_member_create", ["values": ["image_id": id, "member": .string("m/1")]])
            #expect(made["status"] == .string("pending") && made["can_share"] == .bool(false))
            let again = try await pike.call(
                "image_member_create", ["values": ["image_id": id, "member": .string("m/1")]])
            #expect(errorClass(again) == "glance.common.exception.Duplicate")
            let key = try #require(made["id"])
            // The answer is the member's to give.
            let accept: JSONValue = ["memb_id": key, "values": ["status": .string("accepted")]]
            #expect(
                errorClass(try await pike.call("image_member_update", accept)) == "glance.common.exception.Forbidden")
            #expect(
                errorClass(try await pike.call("image_member_update", accept, as: .stranger))
                    == "glance.common.exception.NotFound")
            let accepted = try await pike.call("image_member_update", accept, as: .project("m/1"))
            #expect(accepted["status"] == .string("accepted"))
            // What did not change needs no right, what did does.
            var whole: JSONValue = [
                "memb_id": key, "values": ["can_share": .bool(false), "status": .string("rejected")],
            ]
            #expect(
                try await pike.call("image_member_update", whole, as: .project("m/1"))["status"] == .string("rejected"))
            whole = ["memb_id": key, "values": ["can_share": .bool(true)]]
            #expect(
                errorClass(try await pike.call("image_member_update", whole, as: .project("m/1")))
                    == "glance.common.exception.Forbidden")
            #expect(try await pike.call("image_member_update", whole)["can_share"] == .bool(true))

            let found = try await pike.call("image_member_find", ["image_id": id, "status": .string("rejected")])
            #expect(found.array?.map { $0["member"] } == [.string("m/1")])
            #expect(try await pike.call("image_member_find", ["member": .string("m/1")]).array?.count == 1)
            #expect(try await pike.call("image_member_find", ["image_id": id], as: .stranger) == .array([]))
            #expect(try await pike.call("image_member_count", ["image_id": id]) == .int(1))
            #expect(try await pike.call("image_member_delete", ["memb_id": key]) == .null)
            #expect(
                errorClass(try await pike.call("image_member_delete", ["memb_id": key]))
                    == "glance.common.exception.NotFound")
        }
    }

    @Test func tagsAndUsage() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.createActive(bytes: 7)
            let id: JSONValue = .string(image.id)
            #expect(try await pike.call("image_tag_create", ["image_id": id, "value": .string("b")]) == .string("b"))
            _ = try await pike.call(
                "image_tag_set_all", ["image_id": id, "tags": .array([.string("a"), .string("c")])])
            #expect(
                try await pike.call("image_tag_get_all", ["image_id": id]) == .array([.string("a"), .string("c")]))
            #expect(try await pike.call("image_tag_delete", ["image_id": id, "value": .string("a")]) == .null)
            #expect(
                errorClass(try await pike.call("image_tag_delete", ["image_id": id, "value": .string("a")]))
                    == "glance.common.exception.NotFound")
            let owner: JSONValue = .string("tenant")
            #expect(try await pike.call("user_get_storage_usage", ["owner_id": owner]) == .int(7))
            #expect(try await pike.call("user_get_storage_usage", ["owner_id": owner, "image_id": id]) == .int(0))
            #expect(
                errorClass(try await pike.call("user_get_storage_usage", ["owner_id": owner], as: .stranger))
                    == "glance.common.exception.Forbidden")
        }
    }
}
