import JSONText
import Testing

private let hello = Array("hello".utf8)
private let helloMD5 = "5d41402abc4b2a76b9719d911017c592"

extension Client {
    /// An upload by v2 that has begun, and waits for the rest of its 2000 bytes.
    func v2BeginUpload(to id: String, path: String = "file") throws -> Connection {
        let connection = try connect()
        try connection.send(
            head("PUT", "/v2/images/\(id)/\(path)", [Self.octetStream]) + "Content-Length: 2000\r\n\r\n")
        try connection.send(Sample.bytes(1000))
        return connection
    }

    func v2Status(of id: String) throws -> String? { try v2Image(id)["status"]?.string }

    /// Expects an image that waits for its data, with nothing of them left.
    func v2ExpectQueued(_ id: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        _ = try eventually { try v2Status(of: id) == "queued" }
        let image = try v2Image(id)
        #expect(image["status"]?.string == "queued", sourceLocation: sourceLocation)
        for field in ["size", "checksum", "os_hash_algo", "os_hash_value", "virtual_size"] {
            #expect(image[field] == .null, "\(field)", sourceLocation: sourceLocation)
        }
    }

    /// The image after an action of its owner.
    func v2Deactivate(_ id: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let answer = try send("POST", "/v2/images/\(id)/actions/deactivate")
        #expect(answer.status == 204, "\(answer.text)", sourceLocation: sourceLocation)
    }
}

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

    /// `PUT /v2/images/{id}/file`
    @Suite struct V2Upload {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0360, V2-0371, V2-0377] data make the image active")
        func active() throws {
            let owner = glimpse.newProject()
            for more in [[], [("x-openstack-image-size", "5")], [("x-image-meta-store", "fast")]] {
                let id = try owner.reserveImage()
                let answer = try owner.v2Upload(id, hello, more)
                answer.expect(204)
                #expect(answer.body == [])
                let image = try owner.v2Image(id)
                #expect(image["status"]?.string == "active" && image["size"]?.int == 5)
                #expect(image["checksum"]?.string == helloMD5 && image["os_hash_algo"]?.string == "sha512")
                #expect(image["os_hash_value"]?.string?.hasPrefix("9b71d224bd62f3785d96d46ad3ea3d73") == true)
                try owner.expectImage(id, hello)
                #expect(try owner.v2Download(id).body == hello)
            }
        }

        @Test("[V2-0361, V2-0362] no byte, and chunks", arguments: [0, 5])
        func chunks(count: Int) throws {
            let owner = glimpse.newProject()
            let data = Array(hello.prefix(count))
            for body in [Body.bytes(data), .chunks(data, pieceBytes: 2)] {
                let id = try owner.reserveImage()
                try owner.send("PUT", "/v2/images/\(id)/file", [Client.octetStream], body: body).expect(204)
                let image = try owner.v2Image(id)
                #expect(image["status"]?.string == "active" && image["size"]?.int == Int64(count))
                #expect(
                    image["checksum"]?.string == (count == 0 ? "d41d8cd98f00b204e9800998ecf8427e" : helloMD5))
                #expect(try owner.v2Download(id).body == data)
            }
        }

        @Test(
            "[V2-0363, V2-0364, V2-0372, V2-0373, V2-0374] what is wrong with the request leaves the image queued",
            arguments: [
                ([], 415, "Invalid content type None"),
                ([("Content-Type", "application/json")], 415, "Invalid content type application/json"),
                (
                    [Client.octetStream, ("x-openstack-image-size", "9")], 400,
                    "Size mismatch: expected 9 bytes, got 5 bytes"
                ),
                ([Client.octetStream, ("x-openstack-image-size", "3")], 400, "Size exceeds: "),
                ([Client.octetStream, ("x-openstack-image-size", "0")], 400, "Size exceeds: "),
                ([Client.octetStream, ("x-openstack-image-size", "x")], 400, "x-openstack-image-size"),
                ([Client.octetStream, ("x-openstack-image-size", "-1")], 400, "x-openstack-image-size"),
            ] as [([(String, String)], Int, String)])
        func refused(fields: [(String, String)], status: Int, text: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            for body in [Body.bytes(hello), .chunks(hello, pieceBytes: 2)] {
                try owner.send("PUT", "/v2/images/\(id)/file", fields, body: body).expect(status, text)
                try owner.v2ExpectQueued(id)
            }
            #expect(try glimpse.blobs().contains(id) == false)
            // [V2-0381] below: it can be done again.
            try owner.v2Upload(id, hello).expect(204)
        }

        @Test(
            "[V2-0365, V2-0366] formats that are missing",
            arguments: [
                (["container_format": "bare"], "Property disk_format must be set prior to saving data."),
                ([:], "Properties disk_format, container_format must be set prior to saving data."),
            ] as [([String: String], String)])
        func formats(given: [String: String], text: String) throws {
            let owner = glimpse.newProject()
            let answer = try owner.send("POST", "/v1/images", given.map { ("x-image-meta-\($0.key)", $0.value) })
            let id = try answer.image().id
            try owner.v2Upload(id, hello).expect(400, text)
            try owner.v2ExpectQueued(id)
        }

        @Test("[V2-0367, V2-0369] an image that has data keeps them")
        func notQueued() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage(hello)
            try owner.v2Upload(id, [1]).expect(409, "Image status transition from active to saving is not allowed")
            try owner.v2Deactivate(id)
            try owner.v2Upload(id, [1]).expect(409, "Image status transition from deactivated to saving")
            #expect(try glimpse.admin.v2Download(id).body == hello)
            try owner.v2Upload(owner.killedImage(), [1]).expect(409)
        }

        @Test("[V2-0370, V2-0381] a second uploader waits; one that broke off can be done again")
        func second() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            let first = try owner.v2BeginUpload(to: id)
            try owner.expectStatus("saving", of: id)
            try owner.v2Upload(id, hello).expect(409, "Image status transition from saving to saving is not allowed")
            #expect(try owner.upload(hello, to: id).status == 409)
            first.close()
            try owner.v2ExpectQueued(id)
            try owner.v2Upload(id, hello).expect(204)
            #expect(try owner.v2Download(id).body == hello)
        }

        @Test("[V2-0390] deleted during its upload")
        func deleted() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            let upload = try owner.v2BeginUpload(to: id)
            try owner.expectStatus("saving", of: id)
            try owner.v2Delete(id).expect(204)
            try upload.send(Sample.bytes(1000))
            try upload.receiveAnswer().expect(410, "Image \(id) could not be found after upload")
            #expect(try eventually { try !glimpse.blobs().contains(id) && glimpse.stagedFiles().isEmpty })
        }

        @Test("[V2-0392, V2-0393, V2-0394] who may not")
        func strangers() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            let id = try owner.reserveImage()
            for unseen in [id, freshID()] {
                try other.v2Upload(unseen, hello).expect(404, "No image found with ID \(unseen)")
            }
            let text = "You are not authorized to complete upload_image action."
            try Client(port: owner.port, token: "user:\(owner.project):reader").v2Upload(id, hello).expect(403, text)
            let community = try owner.v2Make(
                ["visibility": "community", "disk_format": "raw", "container_format": "bare"])
            try other.v2Upload(community, hello).expect(403, text)
            try owner.v2ExpectQueued(id)
        }

        @Test("[V2-0395] an admin, for another project")
        func admin() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            try glimpse.admin.v2Upload(id, hello).expect(204)
            #expect(try owner.v2Download(id).body == hello)
            #expect(try owner.v2Image(id)["owner"]?.string == owner.project)
        }

        @Test("[V2-0397] a change during the upload stays")
        func change() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            let upload = try owner.v2BeginUpload(to: id)
            try owner.expectStatus("saving", of: id)
            try owner.update(id, [("name", "new")]).expect(200)
            try upload.send(Sample.bytes(1000))
            try upload.receiveAnswer().expect(204)
            #expect(try owner.v2Image(id)["name"]?.string == "new")
        }
    }
}

extension Journeys.SettingRows {
    @Suite struct V2Upload {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0396] a caller without identity gives no data")
        func anonymous() throws {
            let id = try glimpse.publicImage(of: glimpse.newProject())
            try glimpse.nobody.v2Upload(id, hello).expect(403)
        }
    }
}

extension Journeys {
    /// Rows about v2's data where there is little room for them.
    @Suite(
        .sharingDaemons([
            Glimpse.Option("DEFAULT", "image_size_cap", "1000"),
            Glimpse.Option("DEFAULT", "user_storage_quota", "1500"),
        ]))
    struct V2LimitRows {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0378, V2-0379, V2-0380] too large for an image, or for its owner", arguments: [true, false])
        func limits(isChunked: Bool) throws {
            let owner = glimpse.newProject()
            func send(_ count: Int, to id: String) throws -> Answer {
                let data = Sample.bytes(count)
                return try owner.send(
                    "PUT", "/v2/images/\(id)/file", [Client.octetStream],
                    body: isChunked ? .chunks(data, pieceBytes: 100) : .bytes(data))
            }
            let id = try owner.reserveImage()
            try send(1001, to: id).expect(413, "The incoming image is too large")
            try owner.v2ExpectQueued(id)
            try send(1000, to: id).expect(204)
            let second = try owner.reserveImage()
            try send(501, to: second).expect(413, "Image exceeds the storage quota")
            try owner.v2ExpectQueued(second)
            try send(500, to: second).expect(204)
        }
    }
}
