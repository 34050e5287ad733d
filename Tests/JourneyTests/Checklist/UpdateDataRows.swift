import JSONText
import Testing

extension Journeys.ImageRows {
    /// `PUT /v1/images/{id}`: data, and where they come from.
    @Suite struct UpdateData {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V1-0311] properties that come with data are merged")
        func properties() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage([("x-image-meta-property-a", "1"), ("x-image-meta-property-b", "2")])
            let answer = try owner.upload(
                [1, 2, 3], to: id,
                [
                    ("x-image-meta-property-b", "3"), ("x-image-meta-property-c", "4"),
                    ("x-glance-registry-purge-props", "True"),
                ])
            answer.expect(200)
            #expect(answer.properties == ["a": "1", "b": "3", "c": "4"])
            try owner.expectImage(id, [1, 2, 3])
        }

        @Test(
            "[V1-0346] data make a queued image active, with formats that are stored or sent", arguments: [true, false])
        func upload(areStored: Bool) throws {
            let owner = glimpse.newProject()
            let id = try areStored ? owner.reserveImage() : owner.reserveBareImage()
            let formats = [("x-image-meta-disk_format", "qcow2"), ("x-image-meta-container_format", "ovf")]
            let answer = try owner.upload([1, 2, 3], to: id, areStored ? [] : formats)
            answer.expect(200)
            #expect(answer.image?["status"]?.string == "active" && answer.image?["size"]?.int == 3)
            #expect(answer.image?["disk_format"]?.string == (areStored ? "raw" : "qcow2"))
            #expect(answer["etag"] == "5289df737df57326fcdd22597afb1fac")
            try owner.expectImage(id, [1, 2, 3])
        }

        @Test(
            "[V1-0347] without formats the data are refused, and the rest of the change is kept",
            arguments: [
                ([], "Disk format is not specified."),
                ([("x-image-meta-disk_format", "raw")], "Container format is not specified."),
            ] as [([(String, String)], String)])
        func noFormats(fields: [(String, String)], text: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveBareImage()
            try owner.upload([1, 2, 3], to: id, fields + [("x-image-meta-name", "new")]).expect(400, text)
            let shown = try owner.show(id).metadata
            #expect(shown["status"] == "queued" && shown["name"] == "new" && shown["size"] == "0")
        }

        @Test("[V1-0348] data of another type kill the image", arguments: ["text/plain", nil])
        func contentType(type: String?) throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            let answer = try owner.send(
                "PUT", "/v1/images/\(id)", type.map { [("Content-Type", $0)] } ?? [], body: .bytes([1, 2, 3]))
            answer.expect(400, "Content-Type must be application/octet-stream")
            #expect(try owner.status(of: id) == "killed")
        }

        @Test(
            "[V1-0349, V1-0350] data that are not what was announced kill the image",
            arguments: [("size", "4", "Supplied size (4)"), ("checksum", "0123", "Supplied checksum (0123)")])
        func announced(field: String, value: String, text: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage([("x-image-meta-\(field)", value)])
            try owner.upload([1, 2, 3], to: id).expect(400, text)
            let shown = try owner.show(id).metadata
            #expect(shown["status"] == "killed" && shown[field] == value)
            #expect(eventually { (try? glimpse.blobs().contains(id)) == false })
        }

        @Test("[V1-0351] only a queued image takes data")
        func notQueued() throws {
            let owner = glimpse.newProject()
            let (active, saving) = (try owner.createImage([1, 2, 3]), try owner.reserveImage())
            let upload = try owner.beginUpload(to: saving)
            let killed = try owner.killedImage()
            for (id, status) in [(active, "active"), (saving, "saving"), (killed, "killed")] {
                try owner.upload([7], to: id).expect(409, "Cannot upload to an unqueued image")
                #expect(try owner.status(of: id) == status)
            }
            try owner.expectImage(active, [1, 2, 3])
            try upload.send(Array(Sample.bytes(2000).dropFirst(1000)))
            #expect(try upload.receiveAnswer().status == 200)
            try owner.expectImage(saving, Sample.bytes(2000))
        }

        @Test("[V1-0352, V1-0353] a location makes a queued image active, and is refused for an active one")
        func location() throws {
            let owner = glimpse.newProject()
            let source = try WebSource([4, 5, 6, 7])
            defer { source.close() }
            let id = try owner.reserveImage()
            let answer = try owner.update(id, [("location", source.url)])
            answer.expect(200)
            #expect(answer.image?["status"]?.string == "active" && answer.image?["size"]?.int == 4)
            try owner.expectImage(id, [4, 5, 6, 7])
            let other = try owner.createImage([1, 2, 3])
            for id in [id, other] {
                try owner.update(id, [("location", source.url)]).expect(
                    400, "Attempted to update Location field for an image not in queued status.")
            }
            try owner.expectImage(other, [1, 2, 3])
        }

        @Test("[V1-0354, V1-0355] copy-from gives a queued image its data, and is refused for an active one")
        func copy() throws {
            let owner = glimpse.newProject()
            let source = try WebSource([4, 5, 6, 7])
            defer { source.close() }
            let copy = [("x-glance-api-copy-from", source.url)]
            let id = try owner.reserveImage()
            let answer = try owner.update(id, [], copy)
            answer.expect(200)
            #expect(answer.image?["status"]?.string == "queued")
            try owner.expectStatus("active", of: id)
            try owner.expectImage(id, [4, 5, 6, 7])
            source.behave(.good)
            let other = try owner.createImage([1, 2, 3])
            for id in [id, other] { try owner.update(id, [], copy).expect(400) }
            try owner.expectImage(other, [1, 2, 3])
        }

        @Test("[V1-0358] an admin's data for another project's image stay that project's")
        func adminUpload() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            let answer = try glimpse.admin.upload([1, 2, 3], to: id)
            #expect(answer.status == 200 && answer.image?["owner"]?.string == owner.project)
            try owner.expectImage(id, [1, 2, 3])
        }

        @Test("[V1-0366] a change that another one has overtaken conflicts, and changes nothing")
        func overtaken() throws {
            let owner = glimpse.newProject()
            let source = try WebSource([4, 5, 6, 7], .holds)
            defer { source.close() }
            let id = try owner.reserveImage()
            // It has seen a queued image, and asks the source for the size.
            let slow = Background {
                try owner.send(
                    "PUT", "/v1/images/\(id)",
                    [("x-image-meta-location", source.url), ("x-image-meta-name", "slow"), ("Accept", "*/*")])
            }
            try #require(eventually { source.isPausing })
            try owner.upload([1, 2, 3], to: id).expect(200)
            source.goOn()
            let answer = try slow.value()
            #expect(answer.status == 409 && answer.text == "Image operation conflicts")
            #expect(answer["content-type"]?.hasPrefix("text/plain") == true)
            try owner.expectImage(id, [1, 2, 3])
            #expect(try owner.show(id).metadata["name"] == "reserved")
        }
    }
}
