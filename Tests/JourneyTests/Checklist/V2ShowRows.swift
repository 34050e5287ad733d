import JSONText
import Testing

extension Journeys.V2ImageRows {
    /// `GET /v2/images/{id}`, and the paths round it.
    @Suite struct V2Show {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0177] [V2-0179] [V2-0181] [V2-0185] an image with data")
        func active() throws {
            let owner = glimpse.newProject()
            let id = try owner.v2MakeActive(["os_distro": "guix", "a b": "1"])
            let image = try owner.v2Image(id)
            #expect(image["status"] == "active" && image["size"] == 3)
            #expect(image["checksum"] == "5289df737df57326fcdd22597afb1fac")
            #expect(image["os_hash_algo"] == "sha512" && image["os_hash_value"]?.string?.count == 128)
            #expect(image["os_distro"] == "guix" && image["a b"] == "1")
            #expect(image["direct_url"] == nil && image["locations"] == nil && image["stores"] == nil)
        }

        @Test("[V2-0186] [V2-0187] [V2-0188] [V2-0189] [V2-0190] [V2-0193] who sees what")
        func visibility() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            for visibility in ["public", "community"] {
                let id = try glimpse.v2Make(visibility, of: owner)
                #expect(try other.v2Image(id)["visibility"]?.string == visibility)
            }
            for status in ["pending", "accepted", "rejected"] {
                let id = try owner.v2Make()
                try other.v2Show(id).expect(404)
                try glimpse.v2Share(id, of: owner, with: other, status: status)
                #expect(try other.v2Show(id).status == 200)
            }
            let own = try owner.v2Make(["visibility": "private", "os_hidden": true])
            #expect(try owner.v2Image(own)["os_hidden"] == true)
            try other.v2Show(own).expect(404, "No image found with ID \(own)")
            #expect(try glimpse.admin.v2Show(own).status == 200)
            #expect(try owner.v2Show(glimpse.ownerlessImage()).status == 200)
        }

        @Test("[V2-0191] [V2-0192] [V2-0195] [V2-0198] what is not shown")
        func missing() throws {
            let owner = glimpse.newProject()
            let id = try owner.v2Make()
            let noRole = Client(port: owner.port, token: "user:\(owner.project):nothing")
            try noRole.v2Show(id).expect(404, "No image found with ID \(id)")
            try owner.send("GET", "/v2/images/\(id)", body: .json("{}")).expect(
                400, "A body is not expected with this request.")
            try owner.v2Delete(id).expect(204)
            for client in [owner, glimpse.admin] {
                try client.v2Show(id).expect(404, "No image found with ID \(id)")
                try client.v2Show("no-such-id").expect(404)
            }
        }

        @Test("[V2-0194] [V2-0196] properties that clients do not see as they are stored")
        func properties() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage([("x-image-meta-property-empty", ""), ("x-image-meta-property-self", "x")])
            _ = try glimpse.rows(
                "INSERT INTO image_properties (image_id, name, value) VALUES ('\(id)', 'os_glance_stage_host', 'h')")
            let image = try owner.v2Image(id)
            #expect(image["empty"] == "")
            #expect(image["os_glance_stage_host"] == nil)
            #expect(image["self"]?.string == "/v2/images/\(id)")
        }

        @Test("[V2-0199] [V2-0200] [V2-0201] other methods", arguments: ["HEAD", "POST", "PUT"])
        func methods(method: String) throws {
            let owner = glimpse.newProject()
            let answer = try owner.send(method, "/v2/images/\(owner.v2Make())")
            #expect(answer.status == 405 && answer["allow"] == "GET, PATCH, DELETE")
        }

        @Test("[V2-0001] [V2-0002] [V2-0003] [V2-0004] [V2-0006] [V2-0007] [V2-0648] [V2-0649] paths")
        func paths() throws {
            let owner = glimpse.newProject()
            let root = try owner.send("GET", "/v2")
            #expect(root.status == 302 && root["location"] == "http://127.0.0.1:\(owner.port)/v2/")
            #expect(try owner.send("GET", "/v2/").status == 404)
            for minor in ["v2.0", "v2.7", "v2.9", "v2.15", "v2.17"] {
                #expect(try owner.send("GET", "/\(minor)/images").status == 200, "\(minor)")
            }
            for minor in ["v2.8", "v2.14", "v2.99"] {
                #expect(try owner.send("GET", "/\(minor)/images").status == 300, "\(minor)")
            }
            #expect(try owner.send("GET", "/v2/nothing").status == 404)
            #expect(try owner.send("FOO", "/v2/nothing").status == 501)
        }
    }

    /// `DELETE /v2/images/{id}`
    @Suite struct V2Delete {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0296] [V2-0298] [V2-0299] [V2-0300] [V2-0303] once and no more")
        func once() throws {
            let owner = glimpse.newProject()
            for client in [owner, glimpse.admin] {
                let id = try owner.v2MakeActive()
                try client.v2Delete(id).expect(204)
                #expect(try owner.v2Ids("owner=\(owner.project)") == [])
                for other in [owner, glimpse.admin, glimpse.newProject()] {
                    try other.v2Delete(id).expect(404, "Failed to find image \(id) to delete")
                }
            }
            let unknown = freshID()
            try owner.v2Delete(unknown).expect(404, "Failed to find image \(unknown) to delete")
            try owner.v2Delete("nonsense").expect(404)
        }

        @Test("[V2-0297] [V2-0308] a protected image stays, and so does one whose request has a body")
        func protected() throws {
            let owner = glimpse.newProject()
            let id = try owner.v2Make(["protected": true])
            for client in [owner, glimpse.admin] {
                try client.v2Delete(id).expect(403, "Image \(id) is protected and cannot be deleted.")
            }
            try owner.v2Patch(id, [.replace("/protected", false)]).expect(200)
            try owner.send("DELETE", "/v2/images/\(id)", body: .json("{}")).expect(
                400, "A body is not expected with this request.")
            try owner.v2Delete(id).expect(204)
        }

        @Test("[V2-0301] [V2-0302] images of others")
        func others() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            let own = try owner.v2Make(["visibility": "private"])
            try other.v2Delete(own).expect(404, "Failed to find image \(own) to delete")
            for visibility in ["public", "community"] {
                try other.v2Delete(glimpse.v2Make(visibility, of: owner)).expect(
                    403, "You are not authorized to complete delete_image action.")
            }
            let shared = try owner.v2Make()
            try glimpse.v2Share(shared, of: owner, with: other)
            try other.v2Delete(shared).expect(403)
        }

        @Test(
            "[V2-0304] in any status",
            arguments: ["queued", "saving", "uploading", "importing", "active", "deactivated", "killed"])
        func statuses(status: String) throws {
            let owner = glimpse.newProject()
            let id = try ["active", "deactivated"].contains(status) ? owner.v2MakeActive() : owner.v2Make()
            try glimpse.setStatus(status, of: id)
            try owner.v2Delete(id).expect(204)
            try owner.v2Show(id).expect(404)
        }
    }
}
