import JSONText
import Testing

extension Journeys.ImageRows {
    /// `HEAD /v1/images/{id}`.
    @Suite struct Show {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V1-0282] the answer has headers and no body")
        func noBody() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            let connection = try owner.connect()
            defer { connection.close() }
            let answer = try owner.send("HEAD", "/v1/images/\(id)", over: connection)
            #expect(answer.status == 200 && answer["content-length"] == "0")
            #expect(answer.metadata["id"] == id)
            // A body would be in the way of the next answer.
            let next = try owner.send("GET", "/v1/images/\(id)", over: connection)
            #expect(next.status == 200 && next.body == [1, 2, 3])
        }

        @Test("[V1-0283, V1-0290] all that is known of an image, each under its name")
        func everything() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage(
                [1, 2, 3],
                [
                    ("x-image-meta-virtual_size", "9"), ("x-image-meta-min_disk", "4"), ("x-image-meta-min_ram", "5"),
                    ("x-image-meta-property-kernel_id", "one"), ("x-image-meta-property-ramdisk_id", "two"),
                ], named: "all")
            let answer = try owner.show(id)
            var metadata = answer.metadata
            for time in ["created_at", "updated_at"] { #expect(metadata.removeValue(forKey: time) != nil) }
            let checksum = "5289df737df57326fcdd22597afb1fac"
            #expect(
                metadata == [
                    "id": id, "name": "all", "status": "active", "size": "3", "virtual_size": "9",
                    "disk_format": "raw", "container_format": "bare", "checksum": checksum, "min_disk": "4",
                    "min_ram": "5", "is_public": "False", "protected": "False", "deleted": "False",
                    "owner": owner.project, "property-kernel_id": "one", "property-ramdisk_id": "two",
                ])
            #expect(answer["etag"] == checksum)
            #expect(try owner.show(owner.reserveImage())["etag"] == nil)
        }

        @Test("[V1-0284] what an image does not have is left out")
        func nothing() throws {
            let answer = try glimpse.admin.send(
                "POST", "/v1/images", [("x-image-meta-owner", ""), ("x-image-meta-property-none", "")])
            #expect(answer.properties == ["none": "None"], "\(answer.text)")
            let shown = try glimpse.admin.show(try #require(answer.image?["id"]?.string))
            #expect(
                shown.metadata.keys.sorted() == [
                    "created_at", "deleted", "id", "is_public", "min_disk", "min_ram", "protected", "size", "status",
                    "updated_at",
                ])
        }

        @Test("[V1-0285] flags are True and False")
        func flags() throws {
            let owner = glimpse.newProject()
            let plain = try owner.show(owner.createImage([1])).metadata
            #expect([plain["is_public"], plain["protected"], plain["deleted"]] == ["False", "False", "False"])
            let id = try glimpse.publicImage(of: owner)
            try owner.update(id, [("protected", "True")]).expect(200)
            let flagged = try owner.show(id).metadata
            #expect([flagged["is_public"], flagged["protected"]] == ["True", "True"])
            #expect(try glimpse.admin.show(owner.deletedImage()).metadata["deleted"] == "True")
        }

        @Test("[V1-0286] times have microseconds where there are some, and no zone")
        func times() throws {
            let owner = glimpse.newProject()
            for time in ["2026-11-23T07:37:57.164928", "2026-11-23T07:37:57"] {
                let shown = try owner.show(owner.reserveImage([("x-image-meta-created_at", time)])).metadata
                #expect(shown["created_at"] == time)
            }
            let natural = try owner.show(owner.createImage([1])).metadata
            for name in ["created_at", "updated_at"] {
                let time = try #require(natural[name])
                let pattern = time.map { $0.isNumber ? "9" : $0 }
                #expect(["9999-99-99T99:99:99", "9999-99-99T99:99:99.999999"].contains(String(pattern)), "\(time)")
            }
        }

        @Test("[V1-0287] properties are named in lower case with underscores")
        func properties() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1], [("X-Image-Meta-Property-Kernel-ID", "One-Two")])
            let names = try owner.show(id).fields.map(\.name).filter { $0.lowercased().contains("property") }
            #expect(names == ["x-image-meta-property-kernel_id"])
            #expect(try owner.show(id)["x-image-meta-property-kernel_id"] == "One-Two")
        }

        @Test("[V1-0288] text is raw UTF-8, in names too")
        func unicode() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1], [("x-image-meta-property-größe", "größer als ✓")], named: "Bär 熊")
            let metadata = try owner.show(id).metadata
            #expect(metadata["name"] == "Bär 熊")
            #expect(metadata["property-größe"] == "größer als ✓")
        }

        @Test("[V1-0289] where the data lie is nobody's business")
        func location() throws {
            let owner = glimpse.newProject()
            let source = try WebSource([1, 2, 3])
            defer { source.close() }
            let outside = try owner.reserveImage([("x-image-meta-location", source.url)])
            for id in [outside, try owner.createImage([1])] {
                for client in [owner, glimpse.admin] {
                    let answer = try client.show(id)
                    #expect(answer.status == 200 && answer.metadata["status"] == "active")
                    let isTold = answer.fields.contains { name, value in
                        name.contains("location") || value.contains("://") || value.contains(glimpse.imagesPath)
                    }
                    #expect(!isTold, "\(answer.fields)")
                }
            }
        }

        @Test("[V1-0291] an image is shown in any state")
        func states() throws {
            let owner = glimpse.newProject()
            let (queued, saving) = (try owner.reserveImage(), try owner.reserveImage())
            let upload = try owner.beginUpload(to: saving)
            let killed = try owner.killedImage()
            for (id, status) in [(queued, "queued"), (saving, "saving"), (killed, "killed")] {
                let answer = try owner.show(id)
                #expect(answer.status == 200 && answer.metadata["status"] == status)
            }
            upload.close()
            try owner.expectStatus("killed", of: saving)
            let id = try owner.createImage([1])
            try glimpse.changeRows("UPDATE images SET status = 'deactivated' WHERE id = '\(id)'")
            let answer = try owner.show(id)
            #expect(answer.status == 200 && answer.metadata["status"] == "deactivated")
        }

        @Test(
            "[V1-0292, V1-0293, V1-0294] what is no image is not found",
            arguments: [freshID(), "no-id", "%2e%2e", "0123456789abcdef0123456789abcdef-12345"])
        func unknown(id: String) throws {
            let answer = try glimpse.admin.show(id)
            #expect(answer.status == 404)
            #expect(answer.metadata == [:])
            // The connection ends with the answer, so a body would be seen.
            let connection = try glimpse.admin.connect()
            defer { connection.close() }
            let head = glimpse.admin.head("HEAD", "/v1/images/\(id)", [("Connection", "close")])
            try connection.send(head + "\r\n")
            #expect(try connection.receiveHead().status == 404)
            #expect(try connection.receiveToEnd() == [])
        }

        @Test("[V1-0295, V1-0296, V1-0297, V1-0298, V1-0301] who sees which image")
        func visibility() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            let hidden = try owner.createImage([1])
            let shared = try owner.createImage([1])
            try owner.share(shared, with: other)
            let published = try glimpse.publicImage(of: owner)
            let ownerless = try glimpse.ownerlessImage()
            for (id, status) in [(hidden, 404), (shared, 200), (published, 200), (ownerless, 200)] {
                #expect(try other.show(id).status == status)
                let answer = try glimpse.admin.show(id)
                #expect(answer.status == 200 && answer.metadata["id"] == id)
            }
            #expect(try other.show(ownerless).metadata["owner"] == nil)
            #expect(try owner.show(hidden).status == 200)
        }

        @Test("[V1-0299, V1-0300] a deleted image is shown to admins alone")
        func deleted() throws {
            let owner = glimpse.newProject()
            let id = try owner.deletedImage()
            #expect(try owner.show(id).status == 404)
            let answer = try glimpse.admin.show(id)
            #expect(answer.status == 200)
            #expect(answer.metadata["deleted"] == "True" && answer.metadata["status"] == "deleted")
            #expect(answer.metadata["deleted_at"]?.hasPrefix("20") == true)
        }

        @Test("[V1-0303] without identity nothing is shown")
        func nobody() throws {
            let id = try glimpse.publicImage(of: glimpse.newProject())
            let answer = try glimpse.nobody.show(id)
            #expect(answer.status == 401 && answer.metadata == [:])
        }
    }
}
