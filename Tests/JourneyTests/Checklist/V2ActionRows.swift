import JSONText
import Testing

extension Journeys.ImageRows {
    /// `/v2/images/{id}/actions/…`
    @Suite struct V2Actions {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        private func act(_ client: Client, _ action: String, _ id: String, body: Body = .none) throws -> Answer {
            try client.send("POST", "/v2/images/\(id)/actions/\(action)", body: body)
        }

        @Test("[V2-0311, V2-0312, V2-0317, V2-0321, V2-0322, V2-0327] there and back, twice each")
        func thereAndBack() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            for client in [owner, glimpse.admin] {
                for (action, status) in [("deactivate", "deactivated"), ("reactivate", "active")] {
                    for _ in 1...2 {
                        let answer = try act(client, action, id)
                        #expect(answer.status == 204 && answer.body == [])
                        #expect(try owner.v2Image(id)["status"]?.string == status)
                        #expect(try owner.status(of: id) == status)
                    }
                }
            }
            try owner.expectImage(id, [1, 2, 3])
        }

        @Test("[V2-0313, V2-0323] an image without data", arguments: ["deactivate", "reactivate"])
        func queued(action: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            try act(owner, action, id).expect(403, "Not allowed to \(action) image in status 'queued'")
            #expect(try owner.v2Image(id)["status"]?.string == "queued")
        }

        @Test("a deactivated image may be changed, and deleted")
        func deactivated() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            try act(owner, "deactivate", id).expect(204)
            try owner.update(id, [("name", "new")]).expect(200)
            try owner.v2Delete(id).expect(204)
            try act(owner, "reactivate", id).expect(404)
        }

        @Test("[V2-0314, V2-0324] a body", arguments: ["deactivate", "reactivate"])
        func body(action: String) throws {
            let owner = glimpse.newProject()
            try act(owner, action, owner.createImage([1]), body: .json("{}"))
                .expect(400, "A body is not expected with this request.")
        }

        @Test("[V2-0315, V2-0316, V2-0325, V2-0326] who may not", arguments: ["deactivate", "reactivate"])
        func strangers(action: String) throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            let hidden = try owner.createImage([1])
            for id in [hidden, freshID()] { try act(other, action, id).expect(404) }
            let published = try glimpse.publicImage(of: owner)
            try act(other, action, published).expect(403, "You are not authorized to complete \(action) action.")
            let shared = try owner.createImage([1])
            try owner.share(shared, with: other)
            try act(other, action, shared).expect(403)
            for id in [hidden, published, shared] { #expect(try owner.status(of: id) == "active") }
        }

        @Test("[V2-0310, V2-0318, V2-0320, V2-0328] other methods", arguments: ["GET", "PUT"])
        func methods(method: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            for action in ["deactivate", "reactivate"] {
                let answer = try owner.send(method, "/v2/images/\(id)/actions/\(action)")
                #expect(answer.status == 405 && answer["allow"] == "POST", "\(action)")
            }
        }

        @Test("[V2-0319] other actions")
        func unknown() throws {
            let owner = glimpse.newProject()
            try act(owner, "foo", owner.createImage([1])).expect(404)
        }
    }
}
