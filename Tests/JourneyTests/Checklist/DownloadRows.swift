import Glibc
import JSONText
import Testing

extension Journeys.ImageRows {
    /// `GET /v1/images/{id}`.
    @Suite struct Download {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V1-0259, V1-0260] the data come with HEAD's headers and an ETag without quotes")
        func data() throws {
            let owner = glimpse.newProject()
            let data = Sample.bytes(100_000)
            let id = try owner.createImage(data, [("x-image-meta-property-kernel", "one")])
            let answer = try owner.get(id)
            answer.expect(200)
            #expect(answer.body == data)
            #expect(answer["content-type"] == "application/octet-stream")
            #expect(answer["content-length"] == "100000")
            #expect(answer.metadata == (try owner.show(id).metadata))
            #expect(answer.metadata["size"] == "100000" && answer.metadata["property-kernel"] == "one")
            #expect(answer["etag"] == (try Sample.md5(ofFile: glimpse.folder.write(data, to: "data"))))
            #expect(answer["content-md5"] == nil)
        }

        @Test("[V1-0261, V1-0262] neither Range nor If-None-Match counts")
        func conditions() throws {
            let owner = glimpse.newProject()
            let data = Sample.bytes(1000)
            let id = try owner.createImage(data)
            let checksum = try #require(try owner.show(id)["etag"])
            for (name, value) in [
                ("Range", "bytes=10-19"), ("If-None-Match", checksum), ("If-None-Match", "\"\(checksum)\""),
            ] {
                let answer = try owner.send("GET", "/v1/images/\(id)", [(name, value)])
                #expect(answer.status == 200 && answer.body == data, "\(name): \(value)")
                #expect(answer["content-range"] == nil)
            }
        }

        @Test("[V1-0263] an image of size 0 has no data", arguments: [true, false])
        func nothing(isUploaded: Bool) throws {
            let owner = glimpse.newProject()
            let answer = try owner.send(
                "POST", "/v1/images", Client.newImage("empty") + (isUploaded ? [] : [("x-image-meta-size", "0")]),
                body: isUploaded ? .chunks([], pieceBytes: 1) : .none)
            #expect(answer.image?["status"]?.string == "active", "\(answer.text)")
            let data = try owner.get(try #require(answer.image?["id"]?.string))
            #expect(data.status == 200 && data["content-length"] == "0" && data.metadata["size"] == "0")
        }

        @Test("[V1-0264, V1-0265, V1-0266] an image that is not active has no data yet, or never")
        func notActive() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            try owner.get(id).expect(404, "Image \(id) is not active")
            let upload = try owner.beginUpload(to: id)
            try owner.get(id).expect(404, "Image \(id) is not active")
            upload.close()
            try owner.expectStatus("killed", of: id)
            try owner.get(id).expect(404, "Image \(id) is not active")
        }

        @Test("[V1-0268] a deleted image has no data, for an admin neither")
        func deleted() throws {
            let id = try glimpse.newProject().deletedImage()
            try glimpse.admin.get(id).expect(404, "Image \(id) is not active")
        }

        @Test("[V1-0271, V1-0272] who may not see an image is told what an unknown id is told")
        func unseen() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            for id in [id, freshID()] {
                try glimpse.newProject().get(id).expect(404, "Image with identifier \(id) not found")
            }
            try owner.expectImage(id, [1, 2, 3])
        }

        @Test("[V1-0273] a member gets the data, whatever it has answered to the invitation")
        func shared() throws {
            let (owner, member) = (glimpse.newProject(), glimpse.newProject())
            let id = try owner.createImage([1, 2, 3])
            try owner.share(id, with: member)
            for status in ["pending", "accepted", "rejected"] {
                try glimpse.changeRows("UPDATE image_members SET status = '\(status)' WHERE image_id = '\(id)'")
                #expect(try member.data(of: id) == [1, 2, 3], "\(status)")
            }
        }

        @Test("[V1-0274] everybody gets the data of a public image")
        func published() throws {
            let id = try glimpse.publicImage(of: glimpse.newProject())
            #expect(try glimpse.newProject().data(of: id) == [1, 2, 3])
        }

        @Test("[V1-0276] data that are lost are not found")
        func lost() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            try #require(unlink("\(glimpse.imagesPath)/\(id)") == 0)
            try owner.get(id).expect(404)
            try owner.show(id).expect(200)
        }

        @Test("[V1-0277, V1-0278] data that lie outside come from there, or are not to be had")
        func outside() throws {
            let owner = glimpse.newProject()
            let data = Sample.bytes(300_000)
            let source = try WebSource(data)
            defer { source.close() }
            let id = try owner.reserveImage([("x-image-meta-location", source.url)])
            let answer = try owner.get(id)
            #expect(answer.status == 200 && answer.body == data)
            #expect(answer["content-length"] == "300000")
            #expect(source.requests.last == "GET")
            source.behave(.status(503))
            try owner.get(id).expect(503)
            source.close()
            try owner.get(id).expect(503)
        }

        @Test("[V1-0279] where the data end early, the connection breaks off", arguments: [true, false])
        func endsEarly(isOurs: Bool) throws {
            let owner = glimpse.newProject()
            let data = Sample.bytes(500_000)
            let source = try WebSource(data, .breaks(afterBytes: 1000))
            defer { source.close() }
            let id: String
            if isOurs {
                id = try owner.createImage(data)
                try #require(truncate("\(glimpse.imagesPath)/\(id)", 1000) == 0)
            } else {
                id = try owner.reserveImage([("x-image-meta-location", source.url)])
            }
            let connection = try owner.connect()
            defer { connection.close() }
            try connection.send(owner.head("GET", "/v1/images/\(id)") + "\r\n")
            let head = try connection.receiveHead()
            #expect(head.status == 200 && head["content-length"] == "500000")
            let received = connection.receiveToBreak()
            #expect(received.count <= 1000 && received == Array(data.prefix(received.count)))
        }

        @Test("[V1-0281] without identity there are no data")
        func nobody() throws {
            let id = try glimpse.publicImage(of: glimpse.newProject())
            try glimpse.nobody.get(id).expect(401)
        }

        @Test("[V1-0269, V1-0270, V1-0327] a deactivated image gives nobody its data, and keeps its size")
        func deactivated() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            try glimpse.changeRows("UPDATE images SET status = 'deactivated' WHERE id = '\(id)'")
            for client in [owner, glimpse.admin] {
                try client.get(id).expect(403, "Image \(id) is deactivated")
            }
            try owner.update(id, [("size", "4")]).expect(403, "Forbidden to modify 'size' of deactivated image.")
            #expect(try owner.show(id).metadata["size"] == "3")
        }
    }
}

extension Journeys.SettingRows {
    @Suite struct Download {
        @Test("[V1-0280] with a caching pipeline later requests come with a length, too")
        func again() throws {
            let glimpse = try Glimpse.shared
            let owner = glimpse.newProject()
            let id = try owner.createImage([1, 2, 3])
            for _ in 1...3 {
                let answer = try owner.get(id)
                #expect(answer.status == 200 && answer["content-length"] == "3" && answer.body == [1, 2, 3])
            }
        }

        @Test("[V1-0267] an image that waits for the scrubber has no data, for an admin neither")
        func pendingDelete() throws {
            let glimpse = try Glimpse.shared
            let id = try glimpse.newProject().deletedImage()
            #expect(try glimpse.admin.status(of: id) == "pending_delete")
            try glimpse.admin.get(id).expect(404, "Image \(id) is not active")
        }
    }
}
