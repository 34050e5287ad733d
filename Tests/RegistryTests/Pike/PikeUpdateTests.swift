import ImageModel
import JSONText
import Testing

@testable import Registry

@Suite struct PikeUpdateTests {
    @Test("PUT changes what is named [RG-0018]")
    func update() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create { $0.diskFormat = "raw" }
            let answer = try await pike.send(
                "PUT", "/images/\(image.id)",
                [
                    "image": [
                        "name": .string("new"), "is_public": .bool(true), "owner": .string("other"),
                        "created_at": .string("2001-01-01T00:00:00"), "deleted": .bool(true), "odd": .int(1),
                    ]
                ])
            #expect(answer.status == 200)
            let updated = try #require(try answer.json["image"])
            #expect(Set(updated.names) == PikeImageTests.fullNames)
            #expect(updated["name"] == .string("new") && updated["is_public"] == .bool(true))
            #expect(updated["disk_format"] == .string("raw") && updated["deleted"] == .bool(false))
            // An owner is an admin's to give; times are nobody's.
            #expect(updated["owner"] == .string("tenant"))
            #expect(updated["created_at"] == .string(image.createdAt.v1Text))
            let byAdmin = try await pike.send(
                "PUT", "/images/\(image.id)", ["image": ["owner": .string("other")]], as: .admin)
            #expect(try byAdmin.json["image"]?["owner"] == .string("other"))
            #expect(try pike.test.usage("other") == Usage(images: 1))
            // What is no longer public is shared, in words of v2.
            _ = try await pike.send("PUT", "/images/\(image.id)", ["image": ["is_public": .bool(false)]], as: .admin)
            #expect(try pike.test.get(image.id).visibility == .shared)
        }
    }

    @Test("a status other than from_state changes nothing [RG-0019]")
    func fromState() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create()
            func put(_ fromState: String, _ status: String) async throws -> Answer {
                try await pike.send(
                    "PUT", "/images/\(image.id)",
                    ["image": ["status": .string(status)], "from_state": .string(fromState)],
                    fields: [("Accept", "application/json")])
            }
            let refused = try await put("saving", "active")
            #expect(refused.status == 409)
            #expect(refused.text == "Image operation conflicts")
            #expect(refused.fields["content-type"]?.hasPrefix("text/plain") == true)
            #expect(try pike.test.get(image.id) == image)
            #expect(try await put("queued", "saving").status == 200)
            #expect(try await put("queued", "saving").status == 409)
            #expect(try await put("saving", "active").json["image"]?["status"] == .string("active"))
            // No client moves a status off the table.
            #expect(try await put("active", "queued").status == 409)
        }
    }

    @Test("properties are replaced with the header, merged without [RG-0020] [RG-0021]")
    func properties() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create {
                $0.properties = [ImageProperty(name: "a", value: "1"), ImageProperty(name: "b", value: "2")]
            }
            func put(_ properties: JSONValue?, purge: String?) async throws -> JSONValue? {
                let answer = try await pike.send(
                    "PUT", "/images/\(image.id)", ["image": properties.map { ["properties": $0] } ?? [:]],
                    fields: purge.map { [("X-Glance-Registry-Purge-Props", $0)] } ?? [])
                return try answer.json["image"]?["properties"]
            }
            let merged: JSONValue = ["a": .string("1"), "b": .string("3"), "c": .string("4")]
            #expect(try await put(["b": .string("3"), "c": .string("4")], purge: nil) == merged)
            for purge in ["false", "True", "1"] { #expect(try await put([:], purge: purge) == merged) }
            #expect(try await put(["c": .null], purge: "true") == ["c": .null])
            #expect(try await put(nil, purge: "true") == [:])
        }
    }

    @Test("who does not own an image can't change it, and hears of public ones alone [RG-0022] [RG-0023]")
    func updateOfOthers() async throws {
        try await PikeServer.run { pike async throws in
            let shared = try pike.test.create()
            let open = try pike.test.create(visibility: .public)
            try pike.test.share(shared, with: "friend")
            func put(_ id: String, _ viewer: Viewer) async throws -> Answer {
                try await pike.send("PUT", "/images/\(id)", ["image": ["name": .string("x")]], as: viewer)
            }
            for (id, viewer) in [(shared.id, Viewer.stranger), (shared.id, .project("friend")), ("unknown", .admin)] {
                let answer = try await put(id, viewer)
                #expect(answer.status == 404)
                #expect(answer.text == "Image not found")
            }
            #expect(try await put(open.id, .stranger).status == 403)
            #expect(try pike.test.get(shared.id) == shared)
            #expect(try pike.test.get(open.id) == open)
        }
    }

    @Test func locationDataIsMergedByURL() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.createActive(bytes: 7)
            let own = "file:///data/" + image.id
            func put(_ values: JSONValue) async throws -> [JSONValue] {
                let answer = try await pike.send("PUT", "/images/\(image.id)", ["image": values])
                return try answer.json["image"]?["location_data"]?.array ?? []
            }
            let mirror: JSONValue = [
                "url": .string("http://host/x"), "metadata": ["zone": .int(1)], "status": .string("pending_delete"),
            ]
            let first = try await put(["location": .string(own), "location_data": .array([mirror])])
            #expect(first.map { $0["url"] } == [.string(own), .string("http://host/x")])
            #expect(first[1]["metadata"] == ["zone": .int(1)] && first[1]["status"] == .string("pending_delete"))
            // Readers of the image are not sent to what is going.
            #expect(try pike.test.get(image.id).locations.map(\.url) == [own])
            let second = try await put(["location_data": .array([["url": .string("http://host/x")], first[0]])])
            #expect(second.map { $0["id"] } == first.map { $0["id"] })
            #expect(second[1]["metadata"] == [:] && second[1]["status"] == .string("active"))
            #expect(try pike.test.usage() == Usage(images: 1, stored: 7))
            // What no row names any longer is reclaimed, and leaves the ledger then.
            #expect(try await put(["location_data": .array([["url": .string("http://host/x")]])]).count == 1)
            #expect(try pike.test.perform(ListReclaims()).reclaims.map(\.imageID) == [image.id])
            #expect(try pike.test.usage() == Usage(images: 1, stored: 7))
            try pike.test.perform(SettleReclaim(imageID: image.id))
            #expect(try pike.test.usage() == Usage(images: 1))
        }
    }

    @Test func uploadAsTheOldAPIWritesItDown() async throws {
        try await PikeServer.run { pike async throws in
            let id = ImageID.random()
            _ = try await pike.send("POST", "/images", ["image": ["id": .string(id), "status": .string("queued")]])
            func put(_ fromState: String, _ image: JSONValue) async throws -> Answer {
                try await pike.send("PUT", "/images/\(id)", ["image": image, "from_state": .string(fromState)])
            }
            #expect(try await put("queued", ["status": .string("saving")]).status == 200)
            let data: JSONValue = [
                "url": .string("file:///data/" + id), "metadata": [:], "status": .string("active"),
            ]
            let active = try await put(
                "saving",
                [
                    "status": .string("active"), "size": .int(12), "checksum": .string("c"),
                    "location": .string("file:///data/" + id), "location_data": .array([data]),
                ])
            #expect(active.status == 200)
            let image = try pike.test.get(id)
            #expect(image.status == .active && image.size == 12 && image.locations.count == 1)
            #expect(try pike.test.usage() == Usage(images: 1, stored: 12))
            // delayed_delete: the status first, the deletion then.
            #expect(try await put("active", ["status": .string("pending_delete")]).status == 200)
            #expect(try pike.test.get(id).status == .pendingDelete)
            #expect(try await pike.send("DELETE", "/images/\(id)").status == 200)
            #expect(try await pike.send("DELETE", "/images/\(id)", as: .stranger).status == 404)
            #expect(try pike.test.get(id).status == .pendingDelete)
            let restored = try await pike.send(
                "PUT", "/images/\(id)", ["image": ["status": .string("active")]], as: .admin)
            #expect(try restored.json["image"]?["deleted"] == .bool(false))
            #expect(try pike.test.usage() == Usage(images: 1, stored: 12))
        }
    }

    @Test func statusTakenOverFromAnUploadSettlesIt() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create()
            try pike.test.begin(image, bytes: 100)
            let put = try await pike.send("PUT", "/images/\(image.id)", ["image": ["status": .string("killed")]])
            #expect(put.status == 200)
            #expect(try pike.test.usage() == Usage(images: 1))
            #expect(pike.test.failure(of: pike.test.finish(image)) == .conflict(status: .killed))
        }
    }
}
