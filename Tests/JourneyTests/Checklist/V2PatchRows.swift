import JSONText
import Testing

/// An operation that is refused, and how.
struct V2BadPatch: Sendable, CustomTestStringConvertible {
    let operation: JSONValue
    let status: Int
    let text: String

    init(_ operation: JSONValue, _ status: Int, _ text: String = "") {
        self.operation = operation
        self.status = status
        self.text = text
    }

    var testDescription: String {
        "\(String(decoding: operation.serialized.prefix(100), as: UTF8.self)) \(status) \(text)"
    }
}

private let readOnly = [
    "created_at", "updated_at", "status", "checksum", "size", "virtual_size", "direct_url", "self", "file", "schema",
    "id", "os_hash_algo", "os_hash_value",
]
private let reserved = ["location", "deleted", "deleted_at", "os_glance", "os_glance_import_task"]

extension Journeys.V2ImageRows {
    /// `PATCH /v2/images/{id}`
    @Suite struct V2Patch {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test(
            "[V2-0202] [V2-0203] [V2-0204] both media types",
            arguments: [
                (Client.jsonPatch, "{\"op\": \"replace\", \"path\": \"/name\", \"value\": \"new\"}"),
                (Client.jsonPatch + "; charset=UTF-8", "{\"op\": \"add\", \"path\": \"/name\", \"value\": \"new\"}"),
                (Client.oldJSONPatch, "{\"replace\": \"/name\", \"value\": \"new\"}"),
                (Client.oldJSONPatch + ";charset=utf-8", "{\"replace\": \"/name\", \"value\": \"new\"}"),
            ])
        func types(type: String, operation: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.v2Make(["name": "old"])
            let answer = try owner.v2Patch(id, type: type, body: .json("[\(operation)]"))
            answer.expect(200)
            #expect(answer["content-type"] == "application/json")
            #expect(answer.json?["name"] == "new")
            #expect(try owner.v2Image(id) == answer.json)
        }

        @Test(
            "[V2-0205] other media types",
            arguments: [
                "application/json", "application/json-patch+json", nil, "application/openstack-images-v2.2-json-patch",
            ])
        func otherTypes(type: String?) throws {
            let owner = glimpse.newProject()
            let answer = try owner.v2Patch(owner.v2Make(), type: type, body: .json("[]"))
            answer.expect(415)
            #expect(answer["accept-patch"] == "\(Client.oldJSONPatch), \(Client.jsonPatch)")
        }

        @Test("[V2-0206] [V2-0264] no operation, no change, no right needed")
        func empty() throws {
            let owner = glimpse.newProject()
            let id = try glimpse.v2Make("community", of: owner)
            let before = try owner.v2Image(id)
            for client in [owner, glimpse.newProject()] {
                let answer = try client.v2Patch(id, [])
                #expect(answer.status == 200 && answer.json == before)
            }
        }

        @Test(
            "[V2-0207] [V2-0208] [V2-0209] [V2-0210] [V2-0211] [V2-0212] [V2-0213] [V2-0214] bodies that are no patch",
            arguments: [
                ("{}", "Request body must be a JSON array of operation objects."),
                ("[\"x\"]", "Operations must be JSON objects."), ("[", "Malformed JSON in request body."),
                (nil, "Body expected in request."), ("[{\"path\": \"/name\", \"value\": \"x\"}]", "'op'"),
                ("[{\"op\": \"move\", \"path\": \"/name\", \"from\": \"/a\"}]", "Invalid operation"),
                ("[{\"op\": \"copy\", \"path\": \"/name\", \"from\": \"/a\"}]", "Invalid operation"),
                ("[{\"op\": \"test\", \"path\": \"/name\", \"value\": \"x\"}]", "Invalid operation"),
                ("[{\"op\": 5, \"path\": \"/name\"}]", "Invalid operation"),
                ("[{\"op\": \"remove\"}]", "'path'"), ("[{\"op\": \"remove\", \"path\": 5}]", "'path'"),
                ("[{\"op\": \"add\", \"path\": \"/p\"}]", "Operation \"add\" requires a member named"),
                ("[{\"op\": \"replace\", \"path\": \"/p\"}]", "requires a member named"),
            ] as [(String?, String)])
        func noPatch(body: String?, text: String) throws {
            let owner = glimpse.newProject()
            let answer = try owner.v2Patch(
                owner.v2Make(), type: Client.jsonPatch, body: body.map { .json($0) } ?? .none)
            answer.expect(400, text)
        }

        @Test(
            "[V2-0211] operations of v2.0 have one verb",
            arguments: [
                "{}", "{\"add\": \"/a\", \"remove\": \"/b\", \"value\": \"x\"}", "{\"value\": \"x\"}", "{\"add\": 5}",
            ])
        func oldVerbs(operation: String) throws {
            let owner = glimpse.newProject()
            try owner.v2Patch(owner.v2Make(), type: Client.oldJSONPatch, body: .json("[\(operation)]"))
                .expect(400, "exactly one member named")
        }

        static let refused: [V2BadPatch] = [
            V2BadPatch(.add("name", "x"), 400, "does not start with"), V2BadPatch(.add("", "x"), 400),
            V2BadPatch(.add("//", "x"), 400, "adjacent"), V2BadPatch(.add("/a/", "x"), 400, "ends with"),
            V2BadPatch(.add("/a//b", "x"), 400, "adjacent"), V2BadPatch(.add("/~2", "x"), 400, "escape sequence"),
            V2BadPatch(.add("/a~", "x"), 400, "escape sequence"),
            V2BadPatch(.add("/a/b", "x"), 400, "Invalid JSON pointer for this resource"),
            V2BadPatch(.replace("/name/x", "x"), 400, "Invalid JSON pointer for this resource"),
            V2BadPatch(.add("/tags/-", "x"), 400, "Invalid JSON pointer for this resource"),
            V2BadPatch(.remove("/name"), 403, "Property name may not be removed."),
            V2BadPatch(.remove("/tags"), 403, "Property tags may not be removed."),
            V2BadPatch(.remove("/visibility"), 403, "may not be removed."),
            V2BadPatch(.remove("/owner"), 403, "may not be removed."),
            V2BadPatch(.replace("/name", .string(String(repeating: "n", count: 256))), 400, "schema 'image'"),
            V2BadPatch(.replace("/missing", "x"), 409, "Property missing does not exist."),
            V2BadPatch(.remove("/missing"), 409, "Property missing does not exist."),
            V2BadPatch(.add("/p", 5), 400, "schema 'image'"), V2BadPatch(.add("/p", .null), 400, "schema 'image'"),
            V2BadPatch(.add("/p", "\u{1F4BE}"), 400, "4 byte"), V2BadPatch(.add("/\u{1F4BE}", "p"), 400, "4 byte"),
            V2BadPatch(.replace("/name", "\u{1F4BE}"), 400, "4 byte"), V2BadPatch(.add("/p", "\u{0}"), 400, "NUL"),
            V2BadPatch(.replace("/tags", "a"), 400, "schema 'image'"),
            V2BadPatch(.replace("/tags", .array((0..<129).map { .string("t\($0)") })), 413, "image tags"),
            V2BadPatch(
                .replace("/visibility", "public"), 403, "not authorized to complete publicize_image action."),
            V2BadPatch(.replace("/visibility", "hidden"), 400, "schema 'image'"),
            V2BadPatch(.replace("/min_disk", -1), 400, "Cannot be a negative value"),
            V2BadPatch(.replace("/min_disk", 2_147_483_648), 400, "out of range"),
            V2BadPatch(.replace("/min_ram", "5"), 400, "schema 'image'"),
            V2BadPatch(.replace("/min_ram", .null), 400, "schema 'image'"),
            V2BadPatch(.replace("/owner", "other"), 403, "Owner can't be updated by non admin."),
            V2BadPatch(.add("/owner", "other"), 403),
            V2BadPatch(.replace("/protected", "true"), 400, "schema 'image'"),
            V2BadPatch(.replace("/stores", "x"), 403), V2BadPatch(.add("/locations", []), 400),
            V2BadPatch(
                .replace("/locations", []), 403,
                "It's not allowed to replace locations if locations are invisible."),
            V2BadPatch(.remove("/locations/0"), 403, "to remove locations if locations are invisible."),
            V2BadPatch(
                .add("/locations/-", ["url": "http://h/x", "metadata": [:]]), 403,
                "It's not allowed to add locations if locations are invisible."),
        ]

        static let refusedNames: [V2BadPatch] = {
            var refusals: [V2BadPatch] = []
            for (names, why) in [(readOnly, "read-only"), (reserved, "reserved")] {
                for name in names {
                    let operations: [JSONValue] = [
                        .add("/\(name)", "x"), .replace("/\(name)", "x"), .remove("/\(name)"),
                    ]
                    refusals += operations.map { V2BadPatch($0, 403, "Attribute '\(name)' is \(why).") }
                }
            }
            return refusals
        }()

        @Test(
            """
            [V2-0215] [V2-0216] [V2-0217] [V2-0218] [V2-0219] [V2-0221] [V2-0225] [V2-0227] [V2-0228] [V2-0233] \
            [V2-0234] [V2-0236] [V2-0237] [V2-0238] [V2-0240] [V2-0241] [V2-0243] [V2-0245] [V2-0246] [V2-0247] \
            [V2-0249] [V2-0252] [V2-0253] [V2-0254] [V2-0258] [V2-0268] [V2-0274] [V2-0278] \
            what is refused changes nothing, and no more does what stood before it
            """, arguments: refused + refusedNames)
        func refusals(bad: V2BadPatch) throws {
            let owner = glimpse.newProject()
            let id = try owner.v2Make(["name": "old", "q": "1"])
            let before = try owner.v2Image(id)
            try owner.v2Patch(id, [.replace("/name", "new"), .remove("/q"), bad.operation]).expect(
                bad.status, bad.text)
            #expect(try owner.v2Image(id) == before)
        }

        static let changes: [(JSONValue, String, JSONValue)] = [
            (.replace("/name", "new"), "name", "new"), (.add("/name", "new"), "name", "new"),
            (.replace("/name", .null), "name", .null), (.add("/new", "v"), "new", "v"),
            (.add("/p", "v"), "p", "v"), (.replace("/p", "v"), "p", "v"), (.replace("/p", ""), "p", ""),
            (.add("/~0a~1b", "v"), "~a/b", "v"), (.add("/ a ", "v"), "a", "v"), (.add("/", "v"), "", "v"),
            (.replace("/tags", ["b", "a", "b"]), "tags", ["a", "b"]), (.replace("/tags", []), "tags", []),
            (.replace("/visibility", "community"), "visibility", "community"),
            (.replace("/visibility", "private"), "visibility", "private"),
            (.replace("/protected", true), "protected", true), (.replace("/os_hidden", true), "os_hidden", true),
            (.replace("/min_disk", 7), "min_disk", 7), (.add("/min_ram", 8), "min_ram", 8),
            (.replace("/disk_format", "qcow2"), "disk_format", "qcow2"),
            (.replace("/container_format", .null), "container_format", .null),
        ]

        @Test(
            """
            [V2-0220] [V2-0222] [V2-0223] [V2-0226] [V2-0229] [V2-0230] [V2-0235] [V2-0239] [V2-0242] [V2-0244] \
            [V2-0250] [V2-0251] [V2-0255] [V2-0256] a change, and nothing else
            """, arguments: changes)
        func change(operation: JSONValue, name: String, value: JSONValue) throws {
            let owner = glimpse.newProject()
            let id = try owner.v2Make([
                "name": "old", "p": "1", "tags": ["t"], "disk_format": "raw", "container_format": "bare",
            ])
            let before = try owner.v2Image(id)
            let answer = try owner.v2Patch(id, [operation])
            answer.expect(200)
            let after = try #require(answer.json)
            #expect(after[name] == value)
            #expect(try owner.v2Image(id) == after)
            for other in before.names.union(after.names).subtracting([name, "updated_at"]) {
                #expect(after[other] == before[other], "\(other)")
            }
        }

        @Test("[V2-0224] [V2-0231] [V2-0232] add of v2.0 is for what is not there")
        func oldAdd() throws {
            let owner = glimpse.newProject()
            let id = try owner.v2Make(["p": "1"])
            func patch(_ text: String) throws -> Answer {
                try owner.v2Patch(id, type: Client.oldJSONPatch, body: .json(text))
            }
            try patch("[{\"add\": \"/name\", \"value\": \"x\"}]").expect(409, "Property name already present.")
            try patch("[{\"add\": \"/p\", \"value\": \"x\"}]").expect(409, "Property p already present.")
            try patch("[{\"add\": \"/q\", \"value\": \"x\"}, {\"remove\": \"/p\"}]").expect(200)
            let image = try owner.v2Image(id)
            #expect(image["q"] == "x" && image["p"] == nil)
        }

        @Test("[V2-0232] operations see what those before them did")
        func sequence() throws {
            let owner = glimpse.newProject()
            let id = try owner.v2Make(["p": "1"])
            let answer = try owner.v2Patch(
                id,
                [.add("/q", "2"), .replace("/q", "3"), .remove("/p"), .add("/p", "4"), .add("/r", "5"), .remove("/r")])
            answer.expect(200)
            #expect(answer.json?["q"] == "3" && answer.json?["p"] == "4" && answer.json?["r"] == nil)
            try owner.v2Patch(id, [.remove("/p"), .replace("/p", "5")]).expect(409, "Property p does not exist.")
            #expect(try owner.v2Image(id)["p"] == "4")
        }

        @Test(
            "[V2-0257] [V2-0259] formats are for images without data", arguments: ["active", "saving", "deactivated"])
        func formats(status: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.v2MakeActive()
            try glimpse.setStatus(status, of: id)
            for field in ["disk_format", "container_format"] {
                let same = try #require(try owner.v2Image(id)[field])
                try owner.v2Patch(id, [.replace("/\(field)", same)]).expect(
                    403, "Attribute \(field) can be only replaced for a queued image.")
            }
            let answer = try owner.v2Patch(id, [.replace("/name", "new")])
            #expect(answer.status == 200 && answer.json?["status"]?.string == status)
            try glimpse.setStatus("active", of: id)
        }

        @Test("[V2-0247] [V2-0248] [V2-0265] owners")
        func owners() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            let id = try owner.v2Make(["visibility": "private"])
            let me = JSONValue.string(owner.project)
            try owner.v2Patch(id, [.replace("/owner", me)]).expect(403, "Owner can't be updated by non admin.")
            try owner.v2Patch(id, [.add("/owner", me)]).expect(200)
            let given = try glimpse.admin.v2Patch(id, [.replace("/owner", .string(other.project))])
            #expect(given.status == 200 && given.json?["owner"]?.string == other.project)
            try owner.v2Show(id).expect(404)
            #expect(try other.v2Ids("owner=\(other.project)") == [id])
            let open = try glimpse.admin.v2Patch(id, [.replace("/visibility", "public")])
            #expect(open.status == 200 && open.json?["visibility"] == "public")
        }

        @Test("[V2-0260] [V2-0261] [V2-0262] [V2-0263] images of others")
        func others() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            let change = JSONValue.replace("/name", "mine")
            for id in [freshID(), "nonsense"] {
                try owner.v2Patch(id, [change]).expect(404, "No image found with ID \(id)")
            }
            let own = try owner.v2Make(["visibility": "private"])
            try other.v2Patch(own, [change]).expect(404, "No image found with ID \(own)")
            for visibility in ["public", "community"] {
                let id = try glimpse.v2Make(visibility, of: owner)
                try other.v2Patch(id, [change]).expect(403, "You are not authorized to complete modify_image action.")
            }
            let shared = try owner.v2Make()
            try glimpse.v2Share(shared, of: owner, with: other, status: "accepted")
            try other.v2Patch(shared, [change]).expect(403)
            #expect(try owner.v2Image(shared)["name"] == .null)
        }

        @Test("[V2-0266] [V2-0267] the quota of properties")
        func properties() throws {
            let owner = glimpse.newProject()
            var image = JSONObject()
            for number in 0..<128 { image.append("p\(number)", "v") }
            let id = try owner.v2Make(.object(image))
            try owner.v2Patch(id, [.add("/q", "v")]).expect(413, "image properties. Attempted: 129, Maximum: 128")
            try owner.v2Patch(id, [.add("/q", "v"), .remove("/p0")]).expect(200)
            try owner.v2Patch(id, [.replace("/q", "w")]).expect(200)
        }

        @Test("patches that come at the same time do not undo each other")
        func concurrency() throws {
            let owner = glimpse.newProject()
            let id = try owner.v2Make(["p": "0"])
            var patches = (0..<16).map { [JSONValue.add("/p\($0)", "v"), .replace("/p", .string("\($0)"))] }
            patches.append([.replace("/name", "n")])
            patches.append([.replace("/tags", ["t"])])
            patches.append([.replace("/min_disk", 3)])
            let head = owner.head("PATCH", "/v2/images/\(id)", [("Content-Type", Client.jsonPatch)])
            var connections: [Connection] = []
            for patch in patches {
                let body = JSONValue.array(patch).serialized
                let connection = try owner.connect()
                try connection.send(Array((head + "Content-Length: \(body.count)\r\n\r\n").utf8) + body)
                connections.append(connection)
            }
            for connection in connections {
                try connection.receiveAnswer().expect(200)
                connection.close()
            }
            let image = try owner.v2Image(id)
            for number in 0..<16 { #expect(image["p\(number)"] == "v") }
            #expect(image["name"] == "n" && image["tags"] == ["t"] && image["min_disk"] == 3)
        }
    }
}
