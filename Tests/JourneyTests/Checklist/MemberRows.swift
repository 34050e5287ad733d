import JSONText
import Testing

extension Journeys.ImageRows {
    /// `GET /v1/images/{id}/members` and `/v1/shared-images/{member}`.
    @Suite struct MemberLists {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V1-0387, V1-0388, V1-0389, V1-0390] its owner and admins see an image's members, a member sees itself")
        func members() throws {
            let (owner, one, two) = (glimpse.newProject(), glimpse.newProject(), glimpse.newProject())
            let id = try owner.createImage([1])
            #expect(try owner.members(of: id) == [:])
            try owner.share(id, with: one, canShare: true)
            try owner.share(id, with: two)
            for client in [owner, glimpse.admin] {
                #expect(try client.members(of: id) == [one.project: true, two.project: false])
            }
            #expect(try one.members(of: id) == [one.project: true])
            #expect(try two.members(of: id) == [two.project: false])
        }

        @Test("[V1-0391] a stranger sees that a public image has no members")
        func published() throws {
            let (owner, member) = (glimpse.newProject(), glimpse.newProject())
            let id = try glimpse.publicImage(of: owner)
            try owner.share(id, with: member)
            #expect(try glimpse.newProject().members(of: id) == [:])
            #expect(try owner.members(of: id) == [member.project: false])
        }

        @Test("[V1-0392, V1-0393] an image that the caller does not see, or that is gone, has no members")
        func notFound() throws {
            let owner = glimpse.newProject()
            let hidden = try owner.createImage([1])
            for id in [hidden, freshID(), "no-id"] {
                try glimpse.newProject().send("GET", "/v1/images/\(id)/members").expect(404)
            }
            let deleted = try owner.deletedImage()
            try glimpse.admin.send("GET", "/v1/images/\(deleted)/members").expect(404, deleted)
        }

        @Test("[V1-0452] shared-images needs a project")
        func noProject() throws {
            try glimpse.newProject().send("GET", "/v1/shared-images").expect(404)
        }

        @Test("[V1-0453, V1-0454, V1-0455, V1-0456, V1-0457, V1-0458] who sees what is shared with a project")
        func sharedImages() throws {
            let (owner, member, third) = (glimpse.newProject(), glimpse.newProject(), glimpse.newProject())
            let (one, two) = (try owner.createImage([1]), try owner.createImage([1]))
            let (theirs, deleted) = (try glimpse.newProject().createImage([1]), try owner.createImage([1]))
            for id in [one, deleted] { try owner.share(id, with: member) }
            try owner.share(two, with: member, canShare: true)
            try glimpse.admin.share(theirs, with: member)
            try owner.delete(deleted).expect(200)
            let project = member.project
            #expect(try member.images(sharedWith: project) == [one: false, two: true, theirs: false])
            #expect(try owner.images(sharedWith: project) == [one: false, two: true])
            #expect(try third.images(sharedWith: project) == [:])
            #expect(try third.images(sharedWith: "nobody-knows") == [:])
            #expect(try glimpse.admin.images(sharedWith: project) == [one: false, two: true, theirs: false])
        }
    }

    /// `PUT /v1/images/{id}/members`.
    @Suite struct MemberListPut {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        private func put(_ client: Client, _ id: String, _ json: String) throws -> Answer {
            try client.send("PUT", "/v1/images/\(id)/members", body: .json(json))
        }

        /// An image that is shared with `x`, who may share it, and with `y`.
        private func sharedImage(_ owner: Client) throws -> String {
            let id = try owner.createImage([1])
            let list = "[{\"member_id\": \"x\", \"can_share\": true}, {\"member_id\": \"y\"}]"
            let answer = try put(owner, id, "{\"memberships\": \(list)}")
            try #require(answer.status == 204)
            return id
        }

        @Test(
            "[V1-0397, V1-0398, V1-0399, V1-0400] the list becomes what is sent",
            arguments: [
                (
                    "{\"memberships\": [{\"member_id\": \"a\", \"can_share\": true}, {\"member_id\": \"b\"}]}",
                    ["a": true, "b": false]
                ),
                ("{\"memberships\": [{\"member_id\": \"x\"}, {\"member_id\": \"y\"}]}", ["x": true, "y": false]),
                ("{\"memberships\": []}", [:]),
                ("{\"member_id\": \"q\"}", ["q": false]),
            ] as [(String, [String: Bool])])
        func replaces(json: String, after: [String: Bool]) throws {
            let owner = glimpse.newProject()
            let id = try sharedImage(owner)
            let answer = try put(owner, id, json)
            #expect(answer.status == 204 && answer["content-length"] == nil)
            #expect(try owner.members(of: id) == after)
        }

        @Test(
            "[V1-0401, V1-0402, V1-0403, V1-0404] what is no list of memberships is refused",
            arguments: [
                ("{}", "Invalid membership association"),
                (
                    "{\"memberships\": [{\"member_id\": \"a\"}, {\"can_share\": true}]}",
                    "Invalid membership association"
                ),
                ("{\"memberships\": \"a\"}", ""), ("{\"memberships\": {\"member_id\": \"a\"}}", ""),
                // The reference answers 500 to these three.
                ("[{\"member_id\": \"a\"}]", ""), ("{\"memberships\": null}", ""), (nil, ""),
                ("{\"memberships\": [", "Malformed JSON"),
            ] as [(String?, String)])
        func refuses(json: String?, text: String) throws {
            let owner = glimpse.newProject()
            let id = try sharedImage(owner)
            let answer = try owner.send("PUT", "/v1/images/\(id)/members", body: json.map { .json($0) } ?? .none)
            answer.expect(400, text)
            #expect(try owner.members(of: id) == ["x": true, "y": false])
        }

        @Test("[V1-0406, V1-0407, V1-0408] who may not share is told that there is no such image")
        func noRight() throws {
            let (owner, member, stranger) = (glimpse.newProject(), glimpse.newProject(), glimpse.newProject())
            let shared = try owner.createImage([1])
            try owner.share(shared, with: member)
            let published = try glimpse.publicImage(of: owner)
            let json = "{\"memberships\": [{\"member_id\": \"a\"}]}"
            for (client, id) in [
                (member, shared), (stranger, shared), (stranger, published), (owner, freshID()), (owner, "no-id"),
            ] {
                try put(client, id, json).expect(404)
            }
            #expect(try owner.members(of: shared) == [member.project: false])
            #expect(try owner.members(of: published) == [:])
        }

        @Test("[V1-0409] a caller without a project shares nothing")
        func noProject() throws {
            let owner = glimpse.newProject()
            let id = try sharedImage(owner)
            let nowhere = Client(port: glimpse.api.port, token: "user::member")
            try put(nowhere, id, "{\"memberships\": []}").expect(401, "No authenticated user")
            #expect(try owner.members(of: id) == ["x": true, "y": false])
        }
    }

    /// `PUT` and `DELETE /v1/images/{id}/members/{member}`.
    @Suite struct Member {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        private func put(_ client: Client, _ id: String, _ member: String, _ json: String? = nil) throws -> Answer {
            try client.send("PUT", "/v1/images/\(id)/members/\(member)", body: json.map { .json($0) } ?? .none)
        }

        private func remove(_ client: Client, _ id: String, _ member: String) throws -> Answer {
            try client.send("DELETE", "/v1/images/\(id)/members/\(member)")
        }

        @Test(
            "[V1-0414, V1-0415, V1-0417, V1-0418] a new member may share as far as the body says so",
            arguments: [
                (nil, false), ("{\"member\": {\"can_share\": true}}", true),
                ("{\"member\": {\"can_share\": false}}", false),
                // Python's truth value of a text.
                ("{\"member\": {\"can_share\": \"false\"}}", true), ("{\"member\": {\"can_share\": \"\"}}", false),
                ("{}", false), ("[]", false), ("{\"member\": \"x\"}", false), ("{\"can_share\": true}", false),
                ("null", false),
            ] as [(String?, Bool)])
        func adds(json: String?, canShare: Bool) throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            let answer = try put(owner, id, "m", json)
            #expect(answer.status == 204 && answer["content-length"] == nil)
            #expect(try owner.members(of: id) == ["m": canShare])
        }

        @Test("[V1-0416] without a body a member keeps what it may", arguments: [true, false])
        func keeps(canShare: Bool) throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            try put(owner, id, "m", "{\"member\": {\"can_share\": \(canShare)}}").expect(204)
            for json in [nil, "{}"] {
                try put(owner, id, "m", json).expect(204)
                #expect(try owner.members(of: id) == ["m": canShare])
            }
        }

        @Test("[V1-0419] a body that is not JSON is refused")
        func notJSON() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            try put(owner, id, "m", "{not").expect(400, "Malformed JSON")
            #expect(try owner.members(of: id) == [:])
        }

        // Without a body it stays removed in the reference, by accident.
        @Test(
            "[V1-0420, V1-0421] a member that was removed is added again",
            arguments: ["{\"member\": {\"can_share\": true}}", nil])
        func again(json: String?) throws {
            let (owner, member) = (glimpse.newProject(), glimpse.newProject())
            let id = try owner.createImage([1])
            for _ in 1...2 {
                try put(owner, id, member.project, json).expect(204)
                #expect(try owner.members(of: id) == [member.project: json != nil])
                #expect(try member.data(of: id) == [1])
                try remove(owner, id, member.project).expect(204)
                #expect(try owner.members(of: id) == [:])
                try member.get(id).expect(404)
            }
        }

        @Test("[V1-0422, V1-0423, V1-0424] a member shares further if it may")
        func shares() throws {
            let (owner, sharer) = (glimpse.newProject(), glimpse.newProject())
            let (member, stranger, guest) = (glimpse.newProject(), glimpse.newProject(), glimpse.newProject())
            let id = try owner.createImage([1])
            try owner.share(id, with: sharer, canShare: true)
            try owner.share(id, with: member)
            for client in [member, stranger] {
                try put(client, id, guest.project).expect(404)
                #expect(try owner.members(of: id) == [sharer.project: true, member.project: false])
            }
            try put(sharer, id, guest.project).expect(204)
            #expect(
                try owner.members(of: id) == [sharer.project: true, member.project: false, guest.project: false])
            #expect(try guest.data(of: id) == [1])
        }

        @Test("[V1-0425] a public image has members, too")
        func published() throws {
            let owner = glimpse.newProject()
            let id = try glimpse.publicImage(of: owner)
            try put(owner, id, "m").expect(204)
            #expect(try owner.members(of: id) == ["m": false])
        }

        @Test("[V1-0427, V1-0428, V1-0435] an image that is not there, or gone, gets and loses no members")
        func notFound() throws {
            let owner = glimpse.newProject()
            for id in [freshID(), "no-id"] {
                try put(owner, id, "m").expect(404)
                try remove(owner, id, "m").expect(404)
            }
            let deleted = try owner.deletedImage()
            try put(glimpse.admin, deleted, "m").expect(404, deleted)
            #expect(try glimpse.rows("SELECT COUNT(*) FROM image_members WHERE image_id = '\(deleted)'") == ["0"])
        }

        @Test("[V1-0429] a caller without a project adds nobody")
        func noProject() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            try put(Client(port: glimpse.api.port, token: "user::member"), id, "m").expect(401, "No authenticated user")
            #expect(try owner.members(of: id) == [:])
        }

        @Test("[V1-0432, V1-0433, V1-0434] a member is removed by who may, and only once")
        func removes() throws {
            let (owner, member, stranger) = (glimpse.newProject(), glimpse.newProject(), glimpse.newProject())
            let id = try owner.createImage([1])
            try owner.share(id, with: member)
            try put(owner, id, "m").expect(204)
            let before = [member.project: false, "m": false]
            for client in [member, stranger] {
                try remove(client, id, "m").expect(404)
                #expect(try owner.members(of: id) == before)
            }
            let answer = try remove(owner, id, "m")
            #expect(answer.status == 204 && answer["content-length"] == nil)
            #expect(try owner.members(of: id) == [member.project: false])
            for name in ["m", "never"] {
                try remove(owner, id, name).expect(404, "Membership could not be found.")
            }
        }
    }
}

extension Journeys.SettingRows {
    @Suite struct Members {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        private static let text =
            "The limit has been exceeded on the number of allowed image members for this image. "
            + "Attempted: 3, Maximum: 2"

        @Test("[V1-0405] no list is longer than the quota")
        func listQuota() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            let path = "/v1/images/\(id)/members"
            func list(_ names: [String]) -> String {
                "{\"memberships\": [\(names.map { "{\"member_id\": \"\($0)\"}" }.joined(separator: ","))]}"
            }
            try owner.send("PUT", path, body: .json(list(["a", "b"]))).expect(204)
            try owner.send("PUT", path, body: .json(list(["c", "d", "e"]))).expect(413, Self.text)
            #expect(try owner.members(of: id) == ["a": false, "b": false])
            try owner.send("PUT", path, body: .json(list(["c", "d"]))).expect(204)
            #expect(try owner.members(of: id) == ["c": false, "d": false])
        }

        @Test("[V1-0426] no member is added beyond the quota")
        func quota() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            for (member, status) in [("a", 204), ("b", 204), ("c", 413)] {
                let answer = try owner.send("PUT", "/v1/images/\(id)/members/\(member)")
                answer.expect(status, status == 413 ? Self.text : "")
            }
            #expect(try owner.members(of: id) == ["a": false, "b": false])
        }

        @Test("[V1-0410, V1-0430, V1-0436] a caller without identity changes no members")
        func anonymous() throws {
            let owner = glimpse.newProject()
            let id = try glimpse.publicImage(of: owner)
            let path = "/v1/images/\(id)/members"
            try owner.send("PUT", "\(path)/m").expect(204)
            try glimpse.nobody.send("PUT", path, body: .json("{\"memberships\": []}")).expect(403, "Read-only access")
            try glimpse.nobody.send("PUT", "\(path)/n").expect(403, "Read-only access")
            try glimpse.nobody.send("DELETE", "\(path)/m").expect(403, "Read-only access")
            #expect(try owner.members(of: id) == ["m": false])
        }
    }
}
