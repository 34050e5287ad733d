import JSONText
import Testing

extension Client {
    /// `PUT /v2/images/{id}/stage`
    func v2Stage(_ id: String, _ data: [UInt8]) throws -> Answer {
        try send("PUT", "/v2/images/\(id)/stage", [Self.octetStream], body: .bytes(data))
    }
}

extension Journeys.ImageRows {
    /// `PUT /v2/images/{id}/stage`
    @Suite struct V2Stage {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0499, V2-0501, V2-0368] staged data wait, and nobody sees them")
        func stage() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            let answer = try owner.v2Stage(id, [1, 2, 3])
            #expect(answer.status == 204 && answer.body == [], "\(answer.text)")
            let image = try owner.v2Image(id)
            #expect(image["status"]?.string == "uploading" && image["size"]?.int == 3)
            #expect(image["checksum"] == .null && image["os_hash_value"] == .null)
            #expect(try owner.v2Download(id).status == 204)
            #expect(try owner.get(id).status == 404)
            try owner.v2Stage(id, [4]).expect(
                409, "Image status transition from uploading to uploading is not allowed")
            try owner.v2Upload(id, [4]).expect(409, "Image status transition from uploading to saving is not allowed")
            #expect(try owner.upload([4], to: id).status == 409)
            // Deleted, they go.
            try owner.v2Delete(id).expect(204)
            #expect(try eventually { try !glimpse.blobs().contains(id) })
        }

        @Test("[V2-0500, V2-0502, V2-0507] what is wrong is refused, but formats may come later")
        func refused() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveBareImage()
            for fields in [[], [("Content-Type", "application/json")]] {
                try owner.send("PUT", "/v2/images/\(id)/stage", fields, body: .bytes([1]))
                    .expect(415, "Invalid content type")
            }
            try owner.v2ExpectQueued(id)
            try owner.v2Stage(id, [1]).expect(204)
            try owner.v2Stage(owner.createImage([1]), [2]).expect(
                409, "Image status transition from active to uploading is not allowed")
        }

        @Test("an upload to the staging area that breaks off can be done again")
        func again() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            let first = try owner.v2BeginUpload(to: id, path: "stage")
            #expect(try eventually { try owner.v2Status(of: id) == "uploading" })
            try owner.v2Stage(id, [1]).expect(409)
            first.close()
            try owner.v2ExpectQueued(id)
            try owner.v2Stage(id, [1]).expect(204)
        }

        @Test("[V2-0504, V2-0505] who may not")
        func strangers() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            for id in [try owner.reserveImage(), freshID()] { try other.v2Stage(id, [1]).expect(404) }
            let published = try glimpse.admin.reserveImage(
                [("x-image-meta-is_public", "True"), ("x-image-meta-owner", owner.project)])
            try other.v2Stage(published, [1]).expect(403)
            try owner.v2ExpectQueued(published)
        }

        @Test("[V2-0508] deleted meanwhile")
        func deleted() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            let upload = try owner.v2BeginUpload(to: id, path: "stage")
            #expect(try eventually { try owner.v2Status(of: id) == "uploading" })
            try owner.v2Delete(id).expect(204)
            try upload.send(Sample.bytes(1000))
            try upload.receiveAnswer().expect(404)
            #expect(try eventually { try !glimpse.blobs().contains(id) && glimpse.stagedFiles().isEmpty })
        }

        @Test("[V2-0498] other methods", arguments: ["GET", "POST", "DELETE"])
        func methods(method: String) throws {
            let owner = glimpse.newProject()
            let answer = try owner.send(method, "/v2/images/\(owner.reserveImage())/stage")
            #expect(answer.status == 405 && answer["allow"] == "PUT")
        }
    }
}

extension Journeys.SettingRows {
    @Suite struct V2Stage {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0509] a caller without identity stages nothing")
        func anonymous() throws {
            try glimpse.nobody.v2Stage(glimpse.publicImage(of: glimpse.newProject()), [1]).expect(403)
        }
    }
}

extension Journeys.V2LimitRows {
    @Test("[V2-0506] too large to be staged, or with what is staged already") func stageLimits() throws {
        let owner = glimpse.newProject()
        let id = try owner.reserveImage()
        try owner.v2Stage(id, Sample.bytes(1001)).expect(413, "The incoming image is too large")
        try owner.v2ExpectQueued(id)
        try owner.v2Stage(id, Sample.bytes(1000)).expect(204)
        let second = try owner.reserveImage()
        try owner.v2Stage(second, Sample.bytes(501)).expect(413, "Image exceeds the storage quota")
        try owner.v2ExpectQueued(second)
        try owner.v2Upload(second, Sample.bytes(500)).expect(204)
    }
}
