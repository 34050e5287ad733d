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
