import JSONText
import Testing

private let hello = Array("hello".utf8)
private let helloMD5 = "5d41402abc4b2a76b9719d911017c592"

extension Journeys.ImageRows {
    /// `GET /v2/images/{id}/file`
    @Suite struct V2Download {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0329] the data, with their length and MD5; HEAD tells the same")
        func data() throws {
            let owner = glimpse.newProject()
            let data = Sample.bytes(100_000)
            let id = try owner.createImage(data)
            let md5 = try Sample.md5(ofFile: glimpse.folder.write(data, to: "data"))
            for method in ["GET", "HEAD"] {
                let answer = try owner.send(method, "/v2/images/\(id)/file")
                answer.expect(200)
                #expect(answer.body == (method == "GET" ? data : []))
                #expect(answer["content-type"] == "application/octet-stream")
                #expect(answer["content-length"] == "100000")
                #expect(answer["content-md5"] == md5 && answer["etag"] == "\"\(md5)\"")
                #expect(answer["accept-ranges"] == "bytes" && answer["content-range"] == nil)
            }
        }

        @Test("[V2-0330] data outside have no MD5, and come whole")
        func outside() throws {
            let owner = glimpse.newProject()
            let source = try WebSource(hello)
            defer { source.close() }
            let answer = try owner.send(
                "POST", "/v1/images", Client.newImage("outside") + [("x-image-meta-location", source.url)])
            let id = try answer.image().id
            let whole = try owner.v2Download(id)
            #expect(whole.status == 200 && whole.body == hello, "\(whole.text)")
            #expect(whole["content-md5"] == nil && whole["accept-ranges"] == nil)
            let part = try owner.v2Download(id, [("Range", "bytes=1-2")])
            #expect(part.status == 200 && part.body == hello)
        }

        @Test("[V2-0331] no data yet")
        func none() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            for method in ["GET", "HEAD"] {
                let answer = try owner.send(method, "/v2/images/\(id)/file")
                #expect(answer.status == 204 && answer.body == [])
            }
            let upload = try owner.v2BeginUpload(to: id)
            defer { upload.close() }
            try owner.expectStatus("saving", of: id)
            #expect(try owner.v2Download(id).status == 204)
        }

        @Test("[V2-0332] no byte", arguments: [true, false])
        func empty(isUploaded: Bool) throws {
            let owner = glimpse.newProject()
            let id: String
            if isUploaded {
                id = try owner.reserveImage()
                try owner.v2Upload(id, []).expect(204)
            } else {
                id = try owner.make(["disk_format": "raw", "container_format": "bare", "size": "0"])
            }
            let answer = try owner.v2Download(id)
            #expect(answer.status == 200 && answer.body == [] && answer["content-length"] == "0")
        }

        @Test("[V2-0333, V2-0334] a deactivated image is an admin's to read")
        func deactivated() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage(hello)
            try owner.v2Deactivate(id)
            let text = "The requested image has been deactivated. Image data download is forbidden."
            try owner.v2Download(id).expect(403, text)
            try owner.v2Download(id, [("Range", "bytes=0-1")]).expect(403, text)
            try owner.get(id).expect(403)
            #expect(try glimpse.admin.v2Download(id).body == hello)
        }

        @Test("[V2-0335] an image that the caller does not see")
        func invisible() throws {
            let id = try glimpse.newProject().createImage(hello)
            for unseen in [id, freshID(), "no-id"] {
                let answer = try glimpse.newProject().v2Download(unseen)
                answer.expect(404, "No image found with ID \(unseen)")
            }
        }

        @Test("[V2-0336] public and shared images are everybody's to read, or their members'")
        func open() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            #expect(try other.v2Download(glimpse.publicImage(of: owner, hello)).body == hello)
            let id = try owner.createImage(hello)
            try owner.share(id, with: other)
            #expect(try other.v2Download(id).body == hello)
        }

        @Test("[V2-0337] a reader does not download")
        func reader() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage(hello)
            let reader = Client(port: owner.port, token: "user:\(owner.project):reader")
            try reader.v2Download(id).expect(403, "You are not authorized to complete download_image action.")
        }

        @Test(
            "[V2-0338, V2-0339, V2-0340, V2-0341, V2-0342, V2-0346, V2-0347] a part",
            arguments: [
                ("Range", "bytes=0-1", 0, 2), ("Range", "bytes=1-", 1, 4), ("Range", "bytes=-2", 3, 2),
                ("Range", "bytes=2-99", 2, 3), ("Range", "bytes=-99", 0, 5), ("Range", "bytes=4-4", 4, 1),
                ("Content-Range", "bytes 1-2/*", 1, 2), ("Content-Range", "bytes 1-2/5", 1, 2),
            ])
        func part(field: String, range: String, offset: Int, bytes: Int) throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage(hello)
            let answer = try owner.v2Download(id, [(field, range)])
            answer.expect(206)
            #expect(answer.body == Array(hello[offset..<offset + bytes]))
            #expect(answer["content-range"] == "bytes \(offset)-\(offset + bytes - 1)/5")
            #expect(answer["content-length"] == "\(bytes)" && answer["content-md5"] == helloMD5)
        }

        @Test(
            "[V2-0343, V2-0344, V2-0345, V2-0348, V2-0349, V2-0350] ranges that are not served",
            arguments: [
                (
                    "Range", "bytes=5-", 416,
                    "Invalid start position in Range header. Start position MUST be in the inclusive range [0, 4]."
                ),
                ("Range", "bytes=3-1", 416, "Invalid Range header."),
                ("Range", "lines=0-1", 416, "Invalid Range header."),
                ("Range", "first two", 416, "Invalid Range header."),
                ("Range", "bytes=0-1,3-4", 400, "Requests with multiple ranges are not supported in Glance"),
                ("Content-Range", "bytes 1-5/*", 416, "Content-Range"),
                ("Content-Range", "two", 416, "Invalid Content-Range header."),
                ("Content-Range", "bytes */5", 416, "Invalid Content-Range header."),
            ])
        func refused(field: String, range: String, status: Int, text: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage(hello)
            let answer = try owner.v2Download(id, [(field, range)])
            answer.expect(status, text)
            #expect(answer["content-range"] == (status == 416 ? "bytes */5" : nil))
        }

        @Test("conditions: what has not changed is not sent, what has changed is not sent in part")
        func conditions() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage(hello)
            for (fields, status) in [
                ([("If-None-Match", "\"\(helloMD5)\"")], 304), ([("If-None-Match", "\"other\"")], 200),
                ([("If-Range", "\"\(helloMD5)\""), ("Range", "bytes=1-2")], 206),
                ([("If-Range", "\"other\""), ("Range", "bytes=1-2")], 200),
                ([("If-Range", "Wed, 21 Oct 2015 07:28:00 GMT"), ("Range", "bytes=1-2")], 200),
            ] {
                let answer = try owner.v2Download(id, fields)
                #expect(answer.status == status, "\(fields)")
                #expect(answer.body.count == [200: 5, 206: 2, 304: 0][status], "\(fields)")
            }
        }

        @Test("[V2-0353, V2-0354] there is one store to prefer")
        func preference() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage(hello)
            #expect(try owner.send("GET", "/v2/images/\(id)/file?prefer=").body == hello)
            try owner.send("GET", "/v2/images/\(id)/file?prefer=fast").expect(400)
        }

        @Test("[V2-0355] a body")
        func body() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage(hello)
            try owner.send("GET", "/v2/images/\(id)/file", body: .bytes(hello))
                .expect(400, "A body is not expected with this request.")
        }

        @Test("[V2-0357] the place outside does not answer")
        func away() throws {
            let owner = glimpse.newProject()
            let source = try WebSource(hello)
            let answer = try owner.send(
                "POST", "/v1/images",
                Client.newImage("outside") + [("x-image-meta-location", source.url)])
            let id = try answer.image().id
            source.close()
            try owner.v2Download(id).expect(503)
        }

        @Test("[V2-0359, V2-0398] other methods", arguments: ["POST", "DELETE"])
        func methods(method: String) throws {
            let owner = glimpse.newProject()
            let answer = try owner.send(method, "/v2/images/\(owner.createImage(hello))/file")
            answer.expect(405)
            #expect(answer["allow"] == "GET, PUT")
        }
    }
}
