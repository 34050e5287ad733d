import ImageModel
import JSONText
import Testing

@testable import Registry

@Suite struct PikeImageTests {
    static let fullNames: Set<String> = [
        "id", "name", "status", "size", "virtual_size", "disk_format", "container_format", "min_disk", "min_ram",
        "is_public", "checksum", "owner", "protected", "created_at", "updated_at", "deleted_at", "deleted",
        "properties", "location", "location_data",
    ]

    private let unknown = "71c675ab-d94f-49cd-a114-e12490b328d9"

    // MARK: Show

    @Test("an image is shown whole to who may see it [RG-0015] [RG-0016]")
    func show() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create(visibility: .private)
            let answer = try await pike.send("GET", "/images/\(image.id)")
            #expect(answer.status == 200)
            let shown = try #require(try answer.json["image"])
            #expect(Set(shown.names) == Self.fullNames)
            #expect(shown["id"] == .string(image.id) && shown["owner"] == .string("tenant"))
            #expect(shown["created_at"] == .string(image.createdAt.v1Text))
            #expect(try await pike.send("GET", "/images/\(image.id)", as: .stranger).status == 404)
            #expect(try await pike.send("GET", "/images/\(unknown)").status == 404)
            #expect(try await pike.send("GET", "/images/no-id").status == 404)
        }
    }

    @Test("admins see deleted images [RG-0017]")
    func showDeleted() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create()
            try pike.test.perform(DeleteImage(id: image.id, viewer: .owner))
            let shown = try await pike.send("GET", "/images/\(image.id)", as: .admin)
            #expect(shown.status == 200)
            #expect(try shown.json["image"]?["deleted"] == .bool(true))
            #expect(try shown.json["image"]?["deleted_at"]?.string != nil)
            #expect(try await pike.send("GET", "/images/\(image.id)").status == 404)
        }
    }

    // MARK: Create

    @Test("POST answers 200 with the image, active unless told otherwise [RG-0007] [RG-0008]")
    func create() async throws {
        try await PikeServer.run { pike async throws in
            let answer = try await pike.send(
                "POST", "/images",
                [
                    "image": [
                        "name": .string("ü"), "is_public": .bool(true), "disk_format": .string("raw"),
                        "container_format": .string("bare"), "min_ram": .int(512), "size": .int(9), "checksum": .null,
                        "protected": .bool(false), "properties": ["a": .string("b"), "n": .null],
                        "something else": .int(1),
                    ]
                ])
            #expect(answer.status == 200)
            let image = try #require(try answer.json["image"])
            #expect(Set(image.names) == Self.fullNames)
            #expect(image["status"] == .string("active") && image["owner"] == .string("tenant"))
            #expect(image["is_public"] == .bool(true) && image["min_ram"] == .int(512) && image["size"] == .int(9))
            #expect(image["properties"] == ["a": .string("b"), "n": .null])
            let id = try #require(image["id"]?.string)
            #expect(ImageID.isValid(id))
            #expect(try pike.test.get(id).status == .active)
            #expect(try pike.test.usage() == Usage(images: 1))

            let queued = try await pike.send("POST", "/images", ["image": ["status": .string("queued")]])
            #expect(try queued.json["image"]?["status"] == .string("queued"))
            #expect(try queued.json["image"]?["is_public"] == .bool(false))
        }
    }

    @Test("ids are UUID-like and used once, by tombstones too [RG-0009] [RG-0010]")
    func ids() async throws {
        try await PikeServer.run { pike async throws in
            func post(_ id: String) async throws -> Answer {
                try await pike.send("POST", "/images", ["image": ["id": .string(id)]], as: .stranger)
            }
            for bad in ["x", "", "71c675ab-d94f-49cd-a114-e12490b328d", String(repeating: "a", count: 40)] {
                #expect(try await post(bad).status == 400)
            }
            let upper = unknown.uppercased()
            #expect(try await post(upper).json["image"]?["id"] == .string(upper))
            let again = try await post(upper)
            #expect(again.status == 409)
            #expect(again.text.contains("Image with identifier \(upper) already exists!"))
            let deleted = try pike.test.create()
            try pike.test.perform(DeleteImage(id: deleted.id, viewer: .owner))
            #expect(try await post(deleted.id).status == 409)
        }
    }

    @Test(
        "values that an image can't have are refused [RG-0011]",
        arguments: [
            #"{"status":"bad"}"#, #"{"status":null}"#, #"{"status":7}"#, #"{"status":"saving"}"#,
            #"{"min_disk":2147483648}"#, #"{"min_ram":-1}"#, #"{"size":"x"}"#, #"{"size":1.5}"#, #"{"name":7}"#,
            #"{"name":"\ud83d\ude00"}"#, #"{"properties":{"a":"\ud83d\ude00"}}"#, #"{"properties":[]}"#,
            #"{"properties":{"a":{}}}"#, #"{"location":""}"#, #"{"location_data":{}}"#, #"{"location_data":[{}]}"#,
            #"{"location_data":[{"url":"http://x","status":"odd"}]}"#, #"{"created_at":"yesterday"}"#,
        ])
    func badValues(_ image: String) async throws {
        try await PikeServer.run { pike async throws in
            let standing = try pike.test.create(id: unknown)
            let body = Array(#"{"image":\#(image)}"#.utf8)
            let add = try await pike.send("POST", "/images", bytes: body, as: .admin)
            #expect(add.status == 400)
            #expect(add.text.contains("Failed to add image metadata. Got error: "))
            #expect(try await pike.ids("/images?is_public=none", as: .admin) == [unknown])
            // As for moves of the status, they are another matter.
            guard image != #"{"status":"saving"}"# else { return }
            let update = try await pike.send("PUT", "/images/\(unknown)", bytes: body)
            #expect(update.status == 400)
            #expect(update.text.contains("Failed to update image metadata. Got error: "))
            #expect(try pike.test.get(unknown) == standing)
        }
    }

    @Test("POST and PUT need an image; the reference answers 500", arguments: ["{}", "[]", #"{"image":[]}"#, "null"])
    func bodiesWithoutImage(_ body: String) async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create()
            #expect(try await pike.send("POST", "/images", bytes: Array(body.utf8)).status == 400)
            #expect(try await pike.send("PUT", "/images/\(image.id)", bytes: Array(body.utf8)).status == 400)
            #expect(try await pike.send("POST", "/images", bytes: nil).status == 400)
            #expect(try await pike.send("POST", "/images", bytes: Array("{".utf8)).status == 400)
        }
    }

    @Test("only admins make images for others [RG-0012]")
    func owners() async throws {
        try await PikeServer.run { pike async throws in
            func owner(_ viewer: Viewer, _ image: JSONValue) async throws -> JSONValue? {
                try await pike.send("POST", "/images", ["image": image], as: viewer).json["image"]?["owner"]
            }
            #expect(try await owner(.owner, ["owner": .string("other")]) == .string("tenant"))
            #expect(try await owner(.owner, ["owner": .null]) == .string("tenant"))
            #expect(try await owner(.admin, ["owner": .string("other")]) == .string("other"))
            #expect(try await owner(.admin, ["owner": .null]) == .null)
            #expect(try await owner(.admin, [:]) == .string("admins"))
        }
    }

    @Test("a location becomes a row [RG-0013]")
    func location() async throws {
        try await PikeServer.run { pike async throws in
            let answer = try await pike.send(
                "POST", "/images", ["image": ["size": .int(5), "location": .string("http://host/x")]])
            let image = try #require(try answer.json["image"])
            #expect(image["location"] == .string("http://host/x"))
            let data = try #require(image["location_data"]?.array)
            #expect(data.count == 1 && data[0]["status"] == .string("active") && data[0]["metadata"] == [:])
            // What lies outside counts for nobody.
            #expect(try pike.test.usage() == Usage(images: 1))
        }
    }

    // MARK: Delete

    @Test("DELETE answers with the tombstone, once [RG-0024] [RG-0026]")
    func delete() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.createActive(bytes: 7)
            let answer = try await pike.send("DELETE", "/images/\(image.id)")
            #expect(answer.status == 200)
            let tombstone = try #require(try answer.json["image"])
            #expect(tombstone["deleted"] == .bool(true) && tombstone["deleted_at"]?.string != nil)
            #expect(tombstone["is_public"] == nil)
            #expect(Set(tombstone.names) == Self.fullNames.subtracting(["is_public"]))
            #expect(try pike.test.perform(ListReclaims()).reclaims.map(\.imageID) == [image.id])
            for viewer in [Viewer.owner, .admin] {
                #expect(try await pike.send("DELETE", "/images/\(image.id)", as: viewer).status == 404)
            }
        }
    }

    @Test("who does not own an image can't delete it, and hears of public ones alone [RG-0025]")
    func deleteOfOthers() async throws {
        try await PikeServer.run { pike async throws in
            let shared = try pike.test.create()
            let open = try pike.test.create(visibility: .public)
            try pike.test.share(shared, with: "friend")
            #expect(try await pike.send("DELETE", "/images/\(shared.id)", as: .stranger).status == 404)
            #expect(try await pike.send("DELETE", "/images/\(shared.id)", as: .project("friend")).status == 404)
            #expect(try await pike.send("DELETE", "/images/\(open.id)", as: .stranger).status == 403)
            #expect(try await pike.send("DELETE", "/images/\(unknown)").status == 404)
            #expect(try pike.test.get(shared.id) == shared)
            #expect(try pike.test.get(open.id) == open)
        }
    }
}
