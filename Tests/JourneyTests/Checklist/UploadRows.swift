import Glibc
import JSONText
import Testing

/// Data whose MD5 is known.
private let hello = Array("hello".utf8)
private let helloMD5 = "5d41402abc4b2a76b9719d911017c592"

extension Journeys {
    /// The checklist's rows about POST with data.
    @Suite(.sharingDaemons([.init("DEFAULT", "image_size_cap", "9000000000000000000")]))
    struct UploadRows {
        private static let formats: [(String, String)] = [
            ("x-image-meta-disk_format", "raw"), ("x-image-meta-container_format", "bare"),
        ]

        @Test("[V1-0138] [V1-0139] data", arguments: ["application/octet-stream", "application/octet-stream; a=b"])
        func upload(contentType: String) throws {
            let client = try Glimpse.shared.newProject()
            let answer = try client.post(
                [:], Self.formats + [("Content-Type", contentType)], body: .bytes(hello))
            #expect(answer.status == 201)
            #expect(answer["etag"] == helloMD5)
            let image = try answer.image()
            #expect(image["status"] == .string("active"))
            #expect(image["size"] == .int(5))
            #expect(image["checksum"] == .string(helloMD5))
            try client.expectImage(image.id, hello)
        }

        @Test("[V1-0140] [V1-0141] another Content-Type, or none", arguments: ["text/plain", nil])
        func contentType(type: String?) throws {
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            let fields = Self.formats + (type.map { [("Content-Type", $0)] } ?? [])
            let answer = try client.post(["id": id], fields, body: .bytes(hello))
            answer.expect(400, "Content-Type must be application/octet-stream")
            #expect(try client.status(of: id) == "killed")
            try Glimpse.shared.expectNoData(of: id)
        }

        @Test("[V1-0142] a body of no bytes is a reservation")
        func emptyBody() throws {
            let client = try Glimpse.shared.newProject()
            let image = try client.post(data: []).image()
            #expect(image["status"] == .string("queued"))
            #expect(try client.status(of: image.id) == "queued")
        }

        @Test("[V1-0143] [V1-0144] a chunked body is counted", arguments: [5, 0])
        func chunks(count: Int) throws {
            let client = try Glimpse.shared.newProject()
            let data = Array(hello.prefix(count))
            let answer = try client.post(
                [:], Self.formats + [Client.octetStream], body: .chunks(data, pieceBytes: 2))
            let image = try answer.image()
            #expect(answer.status == 201)
            #expect(image["status"] == .string("active"))
            #expect(image["size"] == .int(Int64(count)))
            try client.expectImage(image.id, data)
        }

        @Test(
            "[V1-0145] [V1-0146] data without a format",
            arguments: [
                ("container_format", "bare", "Disk format is not specified."),
                ("disk_format", "raw", "Container format is not specified."),
            ])
        func missingFormat(field: String, format: String, text: String) throws {
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            let answer = try client.post(
                ["id": id], [("x-image-meta-\(field)", format), Client.octetStream], body: .bytes(hello))
            answer.expect(400, text)
            #expect(try client.status(of: id) == "queued")
            try Glimpse.shared.expectNoData(of: id)
        }

        @Test("[V1-0147] one format of Amazon's is both")
        func amazon() throws {
            let client = try Glimpse.shared.newProject()
            let image = try client.post(["disk_format": "ami"], [Client.octetStream], body: .bytes(hello)).image()
            #expect(image["container_format"] == .string("ami"))
            #expect(image["disk_format"] == .string("ami"))
            try client.expectImage(image.id, hello)
        }

        @Test(
            "[V1-0148] [V1-0150] [V1-0151] what the client says of its data is right",
            arguments: [("size", "5"), ("size", "0"), ("checksum", helloMD5)])
        func declaredRight(field: String, value: String) throws {
            let client = try Glimpse.shared.newProject()
            let answer = try client.post(
                [:], Self.formats + [("x-image-meta-\(field)", value), Client.octetStream], body: .bytes(hello))
            let image = try answer.image()
            #expect(answer.status == 201)
            #expect(image["size"] == .int(5))
            #expect(image["checksum"] == .string(helloMD5))
            try client.expectImage(image.id, hello)
        }

        @Test(
            "[V1-0149] [V1-0152] what the client says of its data is wrong",
            arguments: [
                ("size", "6", "Supplied size (6) and size generated from uploaded image (5) did not match."),
                (
                    "checksum", "0123456789abcdef0123456789abcdef",
                    "Supplied checksum (0123456789abcdef0123456789abcdef) and checksum generated from uploaded image "
                        + "(\(helloMD5)) did not match."
                ),
            ])
        func declaredWrong(field: String, value: String, text: String) throws {
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            let fields = Self.formats + [("x-image-meta-\(field)", value), Client.octetStream]
            try client.post(["id": id], fields, body: .bytes(hello)).expect(400, text)
            let shown = try client.send("HEAD", "/v1/images/\(id)")
            #expect(shown["x-image-meta-status"] == "killed")
            #expect(shown["x-image-meta-\(field)"] == value)
            try Glimpse.shared.expectNoData(of: id)
        }

        @Test("[V1-0158] a store that nothing can be put into")
        func storeHTTP() throws {
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            try client.post(["id": id, "store": "http"], data: hello).expect(
                410, "Error in store configuration. Adding images to store is disabled.")
            #expect(try client.status(of: id) == "killed")
            try Glimpse.shared.expectNoData(of: id)
        }

        @Test("[V1-0159] a store that has no room")
        func storeFull() throws {
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            let answer = try client.announce(
                "POST", "/v1/images", Client.newImage("large", id: id), bytes: 1 << 50)
            answer.expect(413, "Image storage media is full")
            #expect(try client.status(of: id) == "killed")
            try Glimpse.shared.expectNoData(of: id)
            // Whatever image_size_cap says, no upload may be larger than that.
            let larger = try client.announce("POST", "/v1/images", Client.newImage("larger"), bytes: (1 << 50) + 1)
            larger.expect(400, "Denying attempt to upload image larger than 1125899906842624 bytes.")
            // The next one that fits is taken.
            try client.expectImage(client.make(data: hello), hello)
        }

        @Test("[V1-0161] a client that leaves in the middle")
        func disconnect() throws {
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            let connection = try client.connect()
            try connection.send(
                client.head("POST", "/v1/images", Client.newImage("half", id: id)) + "Content-Length: 10\r\n\r\nhello")
            try client.expectStatus("saving", of: id)
            connection.close()
            try client.expectStatus("killed", of: id)
            try Glimpse.shared.expectNoData(of: id)
        }

        @Test("[V1-0162] the image is deleted while its data come", arguments: ["member", "admin"])
        func deleted(role: String) throws {
            let client = try Glimpse.shared.newProject(role: role)
            let id = Sample.newID()
            let connection = try client.connect()
            try connection.send(
                client.head("POST", "/v1/images", Client.newImage("gone", id: id)) + "Content-Length: 10\r\n\r\nhello")
            try client.expectStatus("saving", of: id)
            #expect(try client.send("DELETE", "/v1/images/\(id)").status == 200)
            try connection.send("world")
            // The reference says so to admins alone; others get 500, by accident.
            try connection.receiveAnswer().expect(
                412,
                "Image \(id) could not be found after upload. The image may have been deleted during the upload.")
            #expect(try client.status(of: id) == (role == "admin" ? "deleted" : "404"))
            try Glimpse.shared.expectNoData(of: id)
        }

        @Test("[V1-0163] [V1-0164] metadata may change during an upload, data may not")
        func meanwhile() throws {
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            let connection = try client.connect()
            try connection.send(
                client.head("POST", "/v1/images", Client.newImage("before", id: id))
                    + "Content-Length: 10\r\n\r\nhello")
            try client.expectStatus("saving", of: id)
            let path = "/v1/images/\(id)"
            let renamed = try client.send("PUT", path, [("x-image-meta-name", "after")])
            #expect(renamed.status == 200)
            #expect(renamed.image?["name"]?.string == "after")
            try client.send("PUT", path, [Client.octetStream], body: .bytes([1])).expect(
                409, "Cannot upload to an unqueued image")
            #expect(try client.status(of: id) == "saving")
            try connection.send("world")
            let image = try connection.receiveAnswer().image()
            #expect(image["status"] == .string("active"))
            #expect(image["name"] == .string("after"))
            try client.expectImage(id, Array("helloworld".utf8))
        }

        @Test("[V1-0196] Expect: 100-continue")
        func expectContinue() throws {
            let client = try Glimpse.shared.newProject()
            let connection = try client.connect()
            try connection.send(
                client.head("POST", "/v1/images", Client.newImage("polite") + [("Expect", "100-continue")])
                    + "Content-Length: 5\r\n\r\n")
            #expect(try connection.receiveHead().status == 100)
            try connection.send(hello)
            let answer = try connection.receiveAnswer()
            #expect(answer.status == 201)
            try client.expectImage(answer.image().id, hello)
        }
    }

    /// The checklist's row about a store that may not be written to.
    @Suite struct StoreNotWritableRows {
        @Test("[V1-0160] a store that may not be written to")
        func notWritable() throws {
            // Root may write anywhere, unless it has lost its capabilities.
            let launcher = geteuid() == 0 ? ["setpriv", "--bounding-set=-all"] : []
            try Glimpse.run(apiLauncher: launcher) { glimpse in
                let client = glimpse.client
                let id = Sample.newID()
                let staging = "\(glimpse.imagesPath)/.staging"
                #expect(chmod(staging, 0o500) == 0)
                defer { chmod(staging, 0o700) }
                try client.post(["id": id], data: hello).expect(
                    503, "Insufficient permissions on image storage media")
                #expect(try client.status(of: id) == "killed")
                try glimpse.expectBlobs([])
                #expect(chmod(staging, 0o700) == 0)
                try client.expectImage(client.make(data: hello), hello)
            }
        }
    }
}
