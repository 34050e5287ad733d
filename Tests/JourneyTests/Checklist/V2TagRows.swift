import JSONText
import Testing

extension Client {
    fileprivate func tag(_ method: String, _ id: String, _ tag: String, body: Body = .none) throws -> Answer {
        try send(method, "/v2/images/\(id)/tags/\(tag)", body: body)
    }

    fileprivate func tags(of id: String) throws -> [String] {
        try #require(try v2Image(id)["tags"]?.array).compactMap(\.string).sorted()
    }
}

extension Journeys.ImageRows {
    /// `/v2/images/{id}/tags/{tag}`
    @Suite struct V2Tags {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0512, V2-0513, V2-0522, V2-0523] a tag comes once, and goes once")
        func addAndRemove() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            for _ in 1...2 {
                let answer = try owner.tag("PUT", id, "blue")
                #expect(answer.status == 204 && answer.body == [])
                #expect(try owner.tags(of: id) == ["blue"])
            }
            try owner.tag("PUT", id, "Blue").expect(204)
            try owner.tag("DELETE", id, "blue").expect(204)
            #expect(try owner.tags(of: id) == ["Blue"])
            try owner.tag("DELETE", id, "blue").expect(404)
            try glimpse.admin.tag("PUT", id, "red").expect(204)
            #expect(try owner.tags(of: id) == ["Blue", "red"])
        }

        @Test(
            "[V2-0514, V2-0515] any text of 255 characters",
            arguments: [
                ("gr%C3%B6%C3%9Fer%20als%2Bda", "größer als+da"),
                (String(repeating: "t", count: 255), String(repeating: "t", count: 255)),
                (String(repeating: "%C3%B6", count: 255), String(repeating: "ö", count: 255)),
            ])
        func texts(path: String, tag: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            try owner.tag("PUT", id, path).expect(204)
            #expect(try owner.tags(of: id) == [tag])
            try owner.tag("DELETE", id, path).expect(204)
        }

        @Test(
            "[V2-0516, V2-0517] texts that are no tags",
            arguments: [(String(repeating: "t", count: 256), 400), ("a%2Fb", 404), ("%F0%9F%92%BE", 400), ("%FF", 400)])
        func refused(path: String, status: Int) throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            try owner.tag("PUT", id, path).expect(status)
            #expect(try owner.tags(of: id) == [])
        }

        @Test("[V2-0518] no more than 128")
        func quota() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            for number in 1...128 { try owner.tag("PUT", id, "tag\(number)").expect(204) }
            try owner.tag("PUT", id, "tag129").expect(413, "Image tag limit exceeded for image \(id)")
            try owner.tag("PUT", id, "tag128").expect(204)
            try owner.tag("DELETE", id, "tag1").expect(204)
            try owner.tag("PUT", id, "tag129").expect(204)
            #expect(try owner.tags(of: id).count == 128)
        }

        @Test("[V2-0519] a body", arguments: ["PUT", "DELETE"])
        func body(method: String) throws {
            let owner = glimpse.newProject()
            try owner.tag(method, owner.createImage([1]), "blue", body: .json("{}"))
                .expect(400, "A body is not expected with this request.")
        }

        @Test("[V2-0520, V2-0521, V2-0524, V2-0525] who may not", arguments: ["PUT", "DELETE"])
        func strangers(method: String) throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            let hidden = try owner.createImage([1])
            try owner.tag("PUT", hidden, "blue").expect(204)
            for id in [hidden, freshID()] { try other.tag(method, id, "blue").expect(404, "Image \(id) not found") }
            let published = try glimpse.publicImage(of: owner)
            try owner.tag("PUT", published, "blue").expect(204)
            try other.tag(method, published, "blue").expect(403)
            for id in [hidden, published] { #expect(try owner.tags(of: id) == ["blue"]) }
        }

        @Test("[V2-0510, V2-0511] other methods", arguments: ["GET", "POST", "HEAD"])
        func methods(method: String) throws {
            let owner = glimpse.newProject()
            let answer = try owner.tag(method, owner.createImage([1]), "blue")
            #expect(answer.status == 405 && answer["allow"] == "PUT, DELETE")
        }
    }
}
