import ImageModel
import JSONText
import Testing

@testable import Registry

@Suite struct PikeMemberTests {
    /// Each member, with a `+` where it may share.
    private func members(_ pike: PikeServer, _ image: Image, as viewer: Viewer = .owner) async throws -> Set<String> {
        let list = try await pike.send("GET", "/images/\(image.id)/members", as: viewer).json["members"]?.array ?? []
        return Set(
            list.map { entry in
                (entry["member_id"]?.string ?? "?") + (entry["can_share"] == .bool(true) ? "+" : "")
            })
    }

    private func put(_ members: JSONValue...) -> JSONValue { ["memberships": .array(members)] }

    @Test("members are listed [RG-0027]")
    func list() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create()
            try pike.test.share(image, with: "a", canShare: true)
            try pike.test.share(image, with: "b")
            let answer = try await pike.send("GET", "/images/\(image.id)/members")
            #expect(answer.status == 200)
            #expect(
                try answer.json == [
                    "members": .array([
                        ["member_id": .string("a"), "can_share": .bool(true)],
                        ["member_id": .string("b"), "can_share": .bool(false)],
                    ])
                ])
            #expect(try await members(pike, image, as: .project("b")) == ["b"])
            #expect(try await pike.send("GET", "/images/\(image.id)/members", as: .stranger).status == 404)
        }
    }

    @Test("PUT of the list replaces it [RG-0028]")
    func replace() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create()
            try pike.test.share(image, with: "a", canShare: true)
            try pike.test.share(image, with: "b")
            let path = "/images/\(image.id)/members"
            let answer = try await pike.send(
                "PUT", path,
                put(["member_id": .string("a")], ["member_id": .string("c"), "can_share": .string("yes")]))
            #expect(answer.status == 204 && answer.body.isEmpty)
            #expect(try await members(pike, image) == ["a+", "c+"])
            #expect(try await pike.send("PUT", path, put()).status == 204)
            #expect(try await members(pike, image) == [])
            for body in ["{}", "[]", "7", #"{"memberships":null}"#, #"{"memberships":[{}]}"#, "{"] {
                #expect(try await pike.send("PUT", path, bytes: Array(body.utf8)).status == 400)
            }
            #expect(try await pike.send("PUT", path).status == 400)
        }
    }

    @Test("PUT of one member adds it, or changes what is said of it [RG-0031] [RG-0032]")
    func put() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create()
            let path = "/images/\(image.id)/members/a"
            #expect(try await pike.send("PUT", path).status == 204)
            #expect(try await members(pike, image) == ["a"])
            let sharing: JSONValue = ["member": ["can_share": .bool(true)]]
            #expect(try await pike.send("PUT", path, sharing).status == 204)
            #expect(try await members(pike, image) == ["a+"])
            for silent in ["{}", "[]", "null", ""] {
                #expect(try await pike.send("PUT", path, bytes: Array(silent.utf8)).status == 204)
            }
            #expect(try await members(pike, image) == ["a+"])
            for bad in [#"{"x":1}"#, #"{"member":{}}"#, #"{"member":"a"}"#, "[1]", "7"] {
                let answer = try await pike.send("PUT", path, bytes: Array(bad.utf8))
                #expect(answer.status == 400)
                #expect(answer.text.contains("Invalid membership association"))
            }
        }
    }

    @Test("who may not share is told so [RG-0029] [RG-0033]")
    func rights() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create()
            let open = try pike.test.create(visibility: .public)
            try pike.test.share(image, with: "member")
            try pike.test.share(image, with: "sharer", canShare: true)
            for (id, viewer) in [(image.id, Viewer.project("member")), (open.id, .stranger)] {
                let path = "/images/\(id)/members"
                for answer in [
                    // The right comes before the body.
                    try await pike.send("PUT", path, [:], as: viewer),
                    try await pike.send("PUT", path + "/x", as: viewer),
                    try await pike.send("DELETE", path + "/member", as: viewer),
                ] {
                    #expect(answer.status == 403)
                    #expect(answer.text.contains("No permission to share that image"))
                }
            }
            #expect(try await pike.send("PUT", "/images/\(image.id)/members/x", as: .stranger).status == 404)
            #expect(
                try await pike.send("PUT", "/images/\(image.id)/members/x", as: .project("sharer")).status == 204)
            let nobody = try await pike.send("PUT", "/images/\(open.id)/members/x", as: .anonymous)
            #expect(nobody.status == 401)
            #expect(nobody.text.contains("No authenticated user"))
            #expect(try await members(pike, image) == ["member", "sharer+", "x"])
        }
    }

    @Test("a single member can't be read, nor the list posted [RG-0030]")
    func methods() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create()
            for (method, path) in [("GET", "/members/a"), ("POST", "/members")] {
                let answer = try await pike.send(method, "/images/\(image.id)\(path)")
                #expect(answer.status == 405)
                #expect(answer.fields["allow"] == "PUT, DELETE")
            }
            #expect(try await pike.send("POST", "/images/\(image.id)/members/a").status == 404)
            #expect(try await pike.send("DELETE", "/images/\(image.id)/members").status == 404)
        }
    }

    @Test("memberships are taken away [RG-0034] [RG-0035]")
    func delete() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create()
            try pike.test.share(image, with: "a")
            let path = "/images/\(image.id)/members/a"
            let gone = try await pike.send("DELETE", path)
            #expect(gone.status == 204 && gone.body.isEmpty)
            #expect(try await members(pike, image) == [])
            let missing = try await pike.send("DELETE", path)
            #expect(missing.status == 404)
            #expect(missing.text.contains("Membership could not be found."))
            try pike.test.perform(DeleteImage(id: image.id, viewer: .owner))
            #expect(try await pike.send("DELETE", path, as: .admin).status == 404)
        }
    }

    @Test("what a tenant was given is listed, by any method [RG-0040]", arguments: ["GET", "PUT", "DELETE"])
    func sharedImages(_ method: String) async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create()
            let hidden = try pike.test.create(owner: "other")
            for image in [image, hidden] { try pike.test.share(image, with: "a", canShare: image.owner == "other") }
            func shared(_ viewer: Viewer) async throws -> JSONValue {
                let answer = try await pike.send(method, "/shared-images/a", as: viewer)
                #expect(answer.status == 200)
                return try answer.json
            }
            let first: JSONValue = ["image_id": .string(image.id), "can_share": .bool(false)]
            let second: JSONValue = ["image_id": .string(hidden.id), "can_share": .bool(true)]
            #expect(try await shared(.project("a")) == ["shared_images": .array([first, second])])
            #expect(try await shared(.owner) == ["shared_images": .array([first])])
            #expect(try await shared(.stranger) == ["shared_images": .array([])])
            #expect(try await pike.send(method, "/shared-images").status == 404)
        }
    }
}
