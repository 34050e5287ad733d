import JSONText
import Testing

extension Client {
    private func path(_ id: String, _ member: String? = nil) -> String {
        "/v2/images/\(id)/members" + (member.map { "/\($0)" } ?? "")
    }

    fileprivate func addMember(_ member: String, to id: String) throws -> Answer {
        try send("POST", path(id), body: .json(["member": .string(member)]))
    }

    fileprivate func setStatus(_ status: String, of member: String, in id: String) throws -> Answer {
        try send("PUT", path(id, member), body: .json(["status": .string(status)]))
    }

    fileprivate func member(_ method: String, _ member: String, of id: String) throws -> Answer {
        try send(method, path(id, member))
    }

    /// The members that the caller sees, with their statuses.
    fileprivate func v2Members(
        of id: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [String: String] {
        let answer = try send("GET", path(id))
        try #require(answer.status == 200, "\(answer.text)", sourceLocation: sourceLocation)
        #expect(answer.json?["schema"]?.string == "/v2/schemas/members", sourceLocation: sourceLocation)
        var result: [String: String] = [:]
        for entry in try #require(answer.json?["members"]?.array, sourceLocation: sourceLocation) {
            result[try #require(entry["member_id"]?.string)] = try #require(entry["status"]?.string)
        }
        return result
    }
}

extension Journeys.ImageRows {
    /// `/v2/images/{id}/members`
    @Suite struct V2Members {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        /// An owner, a member, and the image that they share.
        private func shared() throws -> (owner: Client, member: Client, id: String) {
            let (owner, member) = (glimpse.newProject(), glimpse.newProject())
            let id = try owner.createImage([1, 2, 3])
            try owner.addMember(member.project, to: id).expect(200)
            return (owner, member, id)
        }

        @Test("[V2-0461, V2-0476] a new member, as POST and GET show it")
        func add() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            let id = try owner.createImage([1, 2, 3])
            let added = try owner.addMember(other.project, to: id)
            added.expect(200)
            #expect(
                added.json?.names == ["member_id", "image_id", "status", "created_at", "updated_at", "schema"])
            #expect(added.json?["member_id"]?.string == other.project && added.json?.id == "")
            #expect(added.json?["image_id"]?.string == id && added.json?["status"]?.string == "pending")
            #expect(added.json?["schema"]?.string == "/v2/schemas/member")
            #expect(added.json?["created_at"]?.string?.hasSuffix("Z") == true)
            for client in [owner, other, glimpse.admin] {
                let shown = try client.member("GET", other.project, of: id)
                #expect(shown.status == 200 && shown.json == added.json, "\(shown.text)")
            }
            // v1 sees the same.
            #expect(try owner.members(of: id) == [other.project: false])
            try other.expectImage(id, [1, 2, 3])
        }

        @Test("[V2-0455, V2-0456, V2-0457] the owner sees all members, a member itself")
        func list() throws {
            let (owner, member, id) = try shared()
            try owner.addMember("another", to: id).expect(200)
            #expect(try owner.v2Members(of: id) == [member.project: "pending", "another": "pending"])
            #expect(try member.v2Members(of: id) == [member.project: "pending"])
            #expect(try owner.v2Members(of: owner.createImage([1])) == [:])
        }

        @Test("[V2-0459, V2-0470, V2-0477, V2-0478, V2-0489, V2-0490, V2-0495, V2-0496] what is not there to be seen")
        func notFound() throws {
            let (owner, member, id) = try shared()
            let third = glimpse.newProject()
            for unseen in [id, freshID()] {
                try third.send("GET", "/v2/images/\(unseen)/members").expect(404, "No image found with ID \(unseen)")
                try third.addMember("x", to: unseen).expect(404)
                try third.member("GET", member.project, of: unseen).expect(404)
                try third.setStatus("accepted", of: member.project, in: unseen).expect(404)
                try third.member("DELETE", member.project, of: unseen).expect(404)
            }
            // One member does not see the other.
            try owner.addMember(third.project, to: id).expect(200)
            try third.member("GET", member.project, of: id).expect(404)
            try third.setStatus("accepted", of: member.project, in: id).expect(404)
            for client in [owner, glimpse.admin] {
                try client.member("GET", "nobody", of: id).expect(404)
                try client.setStatus("accepted", of: "nobody", in: id).expect(404)
                try client.member("DELETE", "nobody", of: id).expect(404)
            }
            #expect(try owner.v2Members(of: id) == [member.project: "pending", third.project: "pending"])
        }

        @Test("[V2-0458, V2-0471, V2-0479, V2-0491, V2-0497] an image that is not shared")
        func notShared() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            try owner.addMember("kept", to: id).expect(200)
            try glimpse.admin.update(id, [("is_public", "True")]).expect(200)
            let text = "Only shared images have members."
            for client in [owner, glimpse.admin] {
                try client.send("GET", "/v2/images/\(id)/members").expect(403, text)
                try client.addMember("new", to: id).expect(403, text)
                try client.member("GET", "kept", of: id).expect(404)
                try client.setStatus("accepted", of: "kept", in: id).expect(403, text)
                try client.member("DELETE", "kept", of: id).expect(403, text)
            }
        }

        @Test("[V2-0462, V2-0473] a member is added once, and again when it was removed")
        func again() throws {
            let (owner, member, id) = try shared()
            try owner.addMember(member.project, to: id).expect(409)
            try member.setStatus("accepted", of: member.project, in: id).expect(200)
            try owner.addMember(member.project, to: id).expect(409)
            try owner.member("DELETE", member.project, of: id).expect(204)
            let added = try owner.addMember(member.project, to: id)
            #expect(added.status == 200 && added.json?["status"]?.string == "pending")
        }

        @Test(
            "[V2-0463, V2-0464, V2-0465, V2-0466, V2-0467, V2-0468] bodies that name no member",
            arguments: [
                ("{}", "Member to be added not specified"), ("{\"member\": \"\"}", "Member can't be empty"),
                ("{\"member\": null}", "Member can't be empty"), ("{\"member\": 5}", ""), ("[\"member\"]", ""),
                ("\"member\"", ""), (nil, "Body expected in request."), ("{", "Malformed JSON in request body."),
                ("{\"member\": \"\u{1F4BE}\"}", "4 byte unicode"),
            ] as [(String?, String)])
        func bodies(body: String?, text: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            try owner.send("POST", "/v2/images/\(id)/members", body: body.map(Body.json) ?? .none).expect(400, text)
            #expect(try owner.v2Members(of: id) == [:])
        }

        @Test("[V2-0469, V2-0494] a member neither invites nor leaves")
        func memberChanges() throws {
            let (owner, member, id) = try shared()
            try member.addMember("friend", to: id).expect(403)
            try member.member("DELETE", member.project, of: id).expect(403)
            #expect(try owner.v2Members(of: id) == [member.project: "pending"])
        }

        @Test("[V2-0481, V2-0482, V2-0483, V2-0485] a member answers for itself, an admin for it")
        func answers() throws {
            let (owner, member, id) = try shared()
            for client in [member, glimpse.admin] {
                for status in ["accepted", "rejected", "pending"] {
                    let answer = try client.setStatus(status, of: member.project, in: id)
                    answer.expect(200)
                    #expect(answer.json?["status"]?.string == status)
                    #expect(try owner.v2Members(of: id) == [member.project: status])
                    #expect(try member.v2Download(id).body == [1, 2, 3])
                }
            }
        }

        @Test("[V2-0484] the owner does not answer for a member")
        func ownerAnswers() throws {
            let (owner, member, id) = try shared()
            try owner.setStatus("accepted", of: member.project, in: id).expect(403)
            #expect(try owner.v2Members(of: id) == [member.project: "pending"])
        }

        @Test(
            "[V2-0486, V2-0487, V2-0488] answers that are none",
            arguments: [
                ("{\"status\": \"maybe\"}", "Incorrect request: Status must be"), ("{}", "Status not specified"),
                ("[\"accepted\"]", ""), ("{\"status\": null}", ""), ("{\"status\": 1}", ""),
            ])
        func badAnswers(body: String, text: String) throws {
            let (owner, member, id) = try shared()
            try member.send("PUT", "/v2/images/\(id)/members/\(member.project)", body: .json(body)).expect(400, text)
            #expect(try owner.v2Members(of: id) == [member.project: "pending"])
        }

        @Test("[V2-0493] a member that is removed sees the image no more")
        func remove() throws {
            let (owner, member, id) = try shared()
            let answer = try owner.member("DELETE", member.project, of: id)
            #expect(answer.status == 204 && answer.body == [])
            try member.v2Show(id).expect(404)
            #expect(try owner.v2Members(of: id) == [:])
        }

        @Test(
            "[V2-0460, V2-0474, V2-0475, V2-0480, V2-0492] other methods",
            arguments: [
                ("HEAD", "", "GET, POST"), ("PUT", "", "GET, POST"), ("DELETE", "", "GET, POST"),
                ("POST", "/m", "GET, PUT, DELETE"), ("PATCH", "/m", "GET, PUT, DELETE"),
            ])
        func methods(method: String, path: String, allow: String) throws {
            let owner = glimpse.newProject()
            let answer = try owner.send(method, "/v2/images/\(owner.createImage([1]))/members\(path)")
            #expect(answer.status == 405 && answer["allow"] == allow)
        }
    }
}

extension Journeys.SettingRows {
    @Suite struct V2Members {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0472] no more members than the quota has")
        func quota() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            for member in ["a", "b"] { try owner.addMember(member, to: id).expect(200) }
            try owner.addMember("c", to: id).expect(413, "Image member limit exceeded for image \(id)")
            try owner.member("DELETE", "a", of: id).expect(204)
            try owner.addMember("c", to: id).expect(200)
        }
    }
}
