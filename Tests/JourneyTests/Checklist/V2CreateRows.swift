import JSONText
import Testing

private func long(_ count: Int) -> JSONValue { .string(String(repeating: "n", count: count)) }

private func names(_ count: Int) -> [String] { (0..<count).map { "p\($0)" } }

private func object(_ members: [(String, JSONValue)]) -> JSONValue {
    var object = JSONObject()
    for (name, value) in members { object.append(name, value) }
    return .object(object)
}

/// A body that is refused, and how.
struct V2Refusal: Sendable, CustomTestStringConvertible {
    let body: JSONValue
    let status: Int
    let text: String

    init(_ body: JSONValue, _ status: Int, _ text: String = "") {
        self.body = body
        self.status = status
        self.text = text
    }

    var testDescription: String { "\(String(decoding: body.serialized.prefix(80), as: UTF8.self)) \(status) \(text)" }
}

extension Journeys.V2ImageRows {
    /// `POST /v2/images`
    @Suite struct V2Create {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0114] [V2-0115] [V2-0116] [V2-0178] [V2-0180] an image of nothing but defaults")
        func defaults() throws {
            let owner = glimpse.newProject()
            let answer = try owner.v2Create()
            #expect(answer.status == 201)
            #expect(answer["content-type"] == "application/json")
            let image = try #require(answer.json)
            let id = image.id
            #expect(answer["location"] == "http://127.0.0.1:\(owner.port)/v2/images/\(id)")
            #expect(answer["openstack-image-import-methods"] == "glance-direct,web-download,copy-image")
            #expect(answer["openstack-image-store-ids"] == nil)
            let expected: JSONValue = [
                "status": "queued", "visibility": "shared", "owner": .string(owner.project), "protected": false,
                "os_hidden": false, "min_disk": 0, "min_ram": 0, "size": .null, "virtual_size": .null,
                "checksum": .null, "os_hash_algo": .null, "os_hash_value": .null, "disk_format": .null,
                "container_format": .null, "name": .null, "tags": [], "self": .string("/v2/images/\(id)"),
                "file": .string("/v2/images/\(id)/file"), "schema": "/v2/schemas/image",
            ]
            for member in try #require(expected.object).members {
                #expect(image[member.name] == member.value, "\(member.name)")
            }
            #expect(image.names == expected.names.union(["id", "created_at", "updated_at"]))
            for name in ["created_at", "updated_at"] {
                let time = try #require(image[name]?.string)
                #expect(time.count == 20 && time.hasSuffix("Z") && !time.contains("."), "\(time)")
            }
            #expect(try owner.v2Image(id) == image)
        }

        @Test(
            "[V2-0117] the type of the body is not looked at",
            arguments: ["text/plain", "application/octet-stream", nil])
        func contentType(type: String?) throws {
            let answer = try glimpse.newProject().send(
                "POST", "/v2/images", type.map { [("Content-Type", $0)] } ?? [], body: .json("{\"name\": \"x\"}"))
            answer.expect(201)
            #expect(answer.json?["name"] == "x")
        }

        @Test(
            "[V2-0118] [V2-0119] [V2-0120] [V2-0121] bodies that are no image",
            arguments: [
                (nil, "Body expected in request."), ("", "Body expected in request."),
                ("{", "Malformed JSON in request body."), ("{\"name\": \"\\u0000", "Malformed JSON"),
                ("\"name\"", "Unexpected body type. Expected list/dict."), ("7", "Unexpected body type"),
                ("[]", "Provided object does not match schema 'image'"),
            ] as [(String?, String)])
        func noImage(body: String?, text: String) throws {
            let owner = glimpse.newProject()
            try owner.send("POST", "/v2/images", [Client.jsonType], body: body.map { .json($0) } ?? .none)
                .expect(400, text)
            #expect(try owner.v2Ids("owner=\(owner.project)") == [])
        }

        static let accepted: [JSONValue] = [
            ["name": long(255)], ["name": .null], ["name": ""], ["disk_format": .null, "container_format": .null],
            ["disk_format": "ami", "container_format": "bare"], ["disk_format": "qcow2", "container_format": "ovf"],
            ["visibility": "private"], ["visibility": "community"], ["visibility": "shared"],
            ["tags": [""]], ["tags": ["b", "a"]], ["os_distro": "Größe"],
            ["is_public": "True", "members": "many"], ["x": long(70000)], ["": "an empty name"],
            ["protected": true, "os_hidden": true, "min_disk": 2_147_483_647, "min_ram": 1],
        ]

        @Test(
            """
            [V2-0122] [V2-0124] [V2-0132] [V2-0134] [V2-0137] [V2-0153] [V2-0163] [V2-0167] [V2-0169] \
            what is sent is shown
            """, arguments: accepted)
        func shown(body: JSONValue) throws {
            let owner = glimpse.newProject()
            let answer = try owner.v2Create(body)
            answer.expect(201)
            let image = try owner.v2Image(try #require(answer.json?.id))
            for member in try #require(body.object).members where member.name != "tags" {
                #expect(image[member.name] == member.value)
            }
            if let tags = body["tags"]?.array {
                #expect(Set(image["tags"]?.array?.compactMap(\.string) ?? []) == Set(tags.compactMap(\.string)))
            }
            if image["protected"] == true {
                try owner.v2Patch(image.id, [.replace("/protected", false)]).expect(200)
            }
            try owner.v2Delete(image.id).expect(204)
        }

        static let refusedBodies: [V2Refusal] = [
            V2Refusal(["name": long(256)], 400, "schema 'image'"), V2Refusal(["name": 5], 400, "schema 'image'"),
            V2Refusal(["name": "\u{1F4BE}"], 400, "Name can't contain 4 byte unicode characters."),
            V2Refusal(["p": "\u{1F4BE}"], 400, "Param values can't contain 4 byte"),
            V2Refusal(["\u{1F4BE}": "p"], 400, "Property names can't contain 4 byte"),
            V2Refusal(["tags": ["\u{1F4BE}"]], 400, "4 byte"),
            V2Refusal(["name": "a\u{0}b"], 400, "NUL"), V2Refusal(["p": "a\u{0}b"], 400, "NUL"),
            V2Refusal(["id": "not-an-id"], 400, "schema 'image'"),
            V2Refusal(["id": "00000000000000000000000000000000"], 400, "schema 'image'"),
            V2Refusal(["id": "../../../../../../../../etc/passwd00"], 400, "schema 'image'"),
            V2Refusal(["disk_format": "floppy"], 400, "schema 'image'"),
            V2Refusal(["container_format": "box"], 400, "schema 'image'"),
            V2Refusal(["visibility": "public"], 403, "You are not authorized to complete publicize_image action."),
            V2Refusal(["visibility": "hidden"], 400, "schema 'image'"),
            V2Refusal(["visibility": .null], 400, "schema 'image'"),
            V2Refusal(["min_disk": -1], 400, "Cannot be a negative value"),
            V2Refusal(["min_ram": 2_147_483_648], 400, "'min_ram' value out of range, must not exceed 2147483647."),
            V2Refusal(["protected": "true"], 400, "schema 'image'"),
            V2Refusal(["os_hidden": "x"], 400, "schema 'image'"),
            V2Refusal(["owner": "other"], 403, "You are not permitted to create images owned by 'other'"),
            V2Refusal(["owner": .null], 403, "You are not permitted to create images owned by"),
            V2Refusal(["owner": ""], 403, "You are not permitted to create images owned by ''"),
            V2Refusal(["tags": "a"], 400, "schema 'image'"), V2Refusal(["tags": [5]], 400, "schema 'image'"),
            V2Refusal(["tags": [long(256)]], 400, "schema 'image'"),
            V2Refusal(["tags": .array(names(129).map { .string($0) })], 413, "image tags"),
            V2Refusal(object(names(129).map { ($0, "v") }), 413, "image properties"),
            V2Refusal(["status": "x"], 400, "schema 'image'"),
            V2Refusal(["size": "big"], 400, "schema 'image'"),
            V2Refusal(["locations": []], 403, "Attribute 'locations' is reserved."),
            V2Refusal(["os_glance_x": "y"], 403, "Attribute 'os_glance_x' is reserved."),
            V2Refusal(["p": 5], 400, "schema 'image'"), V2Refusal(["p": .null], 400, "schema 'image'"),
            V2Refusal(["p": [:]], 400, "schema 'image'"), V2Refusal(["kernel_id": "x"], 400, "schema 'image'"),
            V2Refusal(
                [String(repeating: "n", count: 256): "v"], 400,
                "Custom property should not be greater than 255 characters."),
        ]

        static let refusedNames: [V2Refusal] = {
            let numbers: [JSONValue] = ["1", .double(1.5), true, .null]
            let readOnly: [(String, JSONValue)] = [
                ("created_at", "x"), ("updated_at", "x"), ("checksum", "x"), ("size", 5), ("virtual_size", 5),
                ("status", "active"), ("os_hash_algo", "sha512"), ("os_hash_value", "x"), ("direct_url", "x"),
                ("self", "x"), ("file", "x"), ("schema", "x"), ("stores", "x"),
            ]
            var refusals = numbers.map { V2Refusal(["min_disk": $0], 400, "schema 'image'") }
            for (name, value) in readOnly {
                refusals.append(V2Refusal([name: value], 403, "Attribute '\(name)' is read-only."))
            }
            for name in ["location", "deleted", "deleted_at"] {
                refusals.append(V2Refusal([name: "x"], 403, "Attribute '\(name)' is reserved."))
            }
            return refusals
        }()

        @Test(
            """
            [V2-0123] [V2-0125] [V2-0126] [V2-0129] [V2-0131] [V2-0133] [V2-0135] [V2-0138] [V2-0139] [V2-0140] \
            [V2-0141] [V2-0142] [V2-0143] [V2-0144] [V2-0145] [V2-0150] [V2-0151] [V2-0152] [V2-0154] [V2-0156] \
            [V2-0157] [V2-0158] [V2-0159] [V2-0160] [V2-0161] [V2-0162] [V2-0164] [V2-0165] [V2-0166] refusals
            """, arguments: refusedBodies + refusedNames)
        func refusals(refusal: V2Refusal) throws {
            let owner = glimpse.newProject()
            try owner.v2Create(refusal.body).expect(refusal.status, refusal.text)
            #expect(try owner.v2Ids("owner=\(owner.project)") == [])
        }

        @Test("[V2-0149] [V2-0155] tags are a set")
        func tags() throws {
            let owner = glimpse.newProject()
            let image = try #require(try owner.v2Create(["tags": ["a", "b", "a"]]).json)
            #expect(image["tags"] == ["a", "b"])
            let many = try owner.v2Create(["tags": .array(names(128).map { .string($0) })])
            #expect(many.status == 201 && many.json?["tags"]?.array?.count == 128)
            try owner.v2Create(object(names(128).map { ($0, "v") })).expect(201)
        }

        @Test("[V2-0127] [V2-0128] [V2-0130] an id of one's own is taken once and for all")
        func id() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            for id in [freshID(), freshID().uppercased()] {
                let answer = try owner.v2Create(["id": .string(id)])
                #expect(answer.status == 201 && answer.json?.id == id)
                for client in [owner, other, glimpse.admin] {
                    try client.v2Create(["id": .string(id)]).expect(409, "Image ID \(id) already exists!")
                }
                try owner.v2Delete(id).expect(204)
                try owner.v2Create(["id": .string(id)]).expect(409, "Image ID \(id) already exists!")
            }
        }

        @Test("[V2-0136] [V2-0146] [V2-0147] [V2-0148] owners, and who may choose them")
        func owners() throws {
            let owner = glimpse.newProject()
            let own = try owner.v2Create(["owner": .string(owner.project)])
            #expect(own.status == 201 && own.json?["owner"]?.string == owner.project)
            let given = try glimpse.admin.v2Create(["owner": .string(owner.project)])
            #expect(given.status == 201 && given.json?["owner"]?.string == owner.project)
            #expect(try owner.v2Show(given.json?.id ?? "").status == 200)
            let ownerless = try glimpse.admin.v2Create(["owner": .null])
            #expect(ownerless.status == 201 && ownerless.json?["owner"] == .null)
            let open = try glimpse.admin.v2Create(["visibility": "public"])
            #expect(open.status == 201 && open.json?["visibility"] == "public")
        }

        @Test("[V2-0171] a reader creates nothing")
        func reader() throws {
            let project = glimpse.newProject().project
            let reader = Client(port: glimpse.api.port, token: "user:\(project):reader")
            try reader.v2Create().expect(403, "You are not authorized to complete add_image action.")
        }

        @Test(
            "[V2-0113] [V2-0173] [V2-0174] [V2-0175] [V2-0176] other methods, and a slash too many",
            arguments: ["HEAD", "PUT", "PATCH", "DELETE"])
        func methods(method: String) throws {
            let answer = try glimpse.newProject().send(method, "/v2/images")
            #expect(answer.status == 405 && answer["allow"] == "GET, POST")
            #expect(try glimpse.newProject().send("GET", "/v2/images/").status == 404)
        }

        @Test("both versions show one and the same image")
        func versions() throws {
            let owner = glimpse.newProject()
            let id = try owner.v2Make(["name": "both", "os_distro": "guix", "visibility": "private"])
            let shown = try owner.show(id).metadata
            #expect(shown["name"] == "both" && shown["property-os_distro"] == "guix" && shown["is_public"] == "False")
            let old = try owner.createImage([1, 2, 3], [("x-image-meta-property-a", "1")])
            let image = try owner.v2Image(old)
            #expect(image["visibility"] == "shared" && image["a"] == "1" && image["size"] == 3)
            let open = try glimpse.publicImage(of: owner)
            #expect(try owner.v2Image(open)["visibility"] == "public")
        }
    }
}
