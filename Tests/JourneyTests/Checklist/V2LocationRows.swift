import JSONText
import Testing

extension Client {
    fileprivate func addLocation(_ url: String, to id: String, _ more: String = "") throws -> Answer {
        try addLocation(to: id, .json(#"{"url": "\#(url)"\#(more)}"#))
    }

    fileprivate func addLocation(to id: String, _ body: Body) throws -> Answer {
        try send("POST", "/v2/images/\(id)/locations", [Self.jsonType], body: body)
    }
}

extension Journeys.ImageRows {
    /// `/v2/images/{id}/locations`
    @Suite struct V2Locations {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        private static let helloSHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

        private func service(_ client: Client) -> Client {
            Client(port: client.port, token: "nova:\(client.project):service,member")
        }

        @Test("[V2-0438, V2-0440, V2-0442, V2-0443] data outside become the image's, with their digests")
        func add() throws {
            let owner = glimpse.newProject()
            let source = try WebSource(Array("hello".utf8))
            defer { source.close() }
            let claim = #", "validation_data": {"os_hash_algo": "sha256", "os_hash_value": "\#(Self.helloSHA256)"}"#
            for (client, more) in [(owner, ""), (owner, claim), (service(owner), "")] {
                let id = try owner.reserveImage()
                let empty = try glimpse.admin.send("GET", "/v2/images/\(id)/locations")
                #expect(empty.status == 200 && empty.text == "[]")
                let answer = try client.addLocation(source.url, to: id, more)
                #expect(answer.status == 202 && answer.body == [], "\(answer.text)")
                try owner.v2Expect("active", id)
                let image = try owner.v2Image(id)
                #expect(image["size"]?.int == 5 && image["os_hash_algo"]?.string == "sha512")
                #expect(image["checksum"]?.string == "5d41402abc4b2a76b9719d911017c592")
                #expect(image["os_hash_value"]?.string?.hasPrefix("9b71d224bd62f3785d96d46ad3ea3d73") == true)
                #expect(try owner.v2Download(id).body == Array("hello".utf8))
                for reader in [service(owner), glimpse.admin] {
                    let list = try reader.send("GET", "/v2/images/\(id)/locations")
                    #expect(list.status == 200, "\(list.text)")
                    #expect(list.json == [["url": .string(source.url), "metadata": [:]]], "\(list.text)")
                }
                #expect(try eventually { try owner.v2Tasks(id).first?["status"]?.string == "success" })
                #expect(try owner.v2Tasks(id).first?["type"]?.string == "location_import")
            }
        }

        @Test("[V2-0452] a location that is bad, or other than was said, leaves the image queued")
        func bad() throws {
            let owner = glimpse.newProject()
            let source = try WebSource(Array("Hello".utf8))
            defer { source.close() }
            let claim = #", "validation_data": {"os_hash_algo": "sha256", "os_hash_value": "\#(Self.helloSHA256)"}"#
            let id = try owner.reserveImage()
            try owner.addLocation(source.url, to: id, claim).expect(202)
            #expect(try eventually { try owner.v2Tasks(id).last?["status"]?.string == "failure" })
            #expect(try owner.v2Tasks(id).last?["message"]?.string?.contains(Self.helloSHA256) == true)
            try owner.v2ExpectQueued(id)
            source.behave(.status(404))
            try owner.addLocation(source.url, to: id).expect(202)
            #expect(try eventually { try owner.v2Tasks(id).last?["status"]?.string == "failure" })
            try owner.v2ExpectQueued(id)
            #expect(try owner.v2Tasks(id).count == 2)
            source.goOn()
            try owner.addLocation(source.url, to: id).expect(202)
            try owner.v2Expect("active", id)
        }

        @Test("[V2-0439, V2-0441, V2-0451] who may not")
        func strangers() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            let id = try owner.createImage([1])
            try owner.send("GET", "/v2/images/\(id)/locations").expect(403)
            for unseen in [try owner.reserveImage(), freshID()] {
                try other.send("GET", "/v2/images/\(unseen)/locations").expect(404)
                try other.addLocation("http://127.0.0.1/x", to: unseen).expect(404)
            }
        }

        @Test("[V2-0444] places that are not on the web", arguments: ["file:///etc/passwd", "rbd://pool/x", "x"])
        func scheme(url: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            try owner.addLocation(url, to: id).expect(
                403, "http store must be enabled to use location API by normal user.")
            for client in [glimpse.admin, service(owner)] { try client.addLocation(url, to: id).expect(400) }
            try owner.v2ExpectQueued(id)
            #expect(try owner.v2Tasks(id) == [])
        }

        @Test(
            "[V2-0445, V2-0446, V2-0447, V2-0448, V2-0450] bodies that name no location",
            arguments: [
                "{}", #"{"url": 5}"#, "[]", "",
                #"{"url": "http://127.0.0.1/x", "validation_data": {"os_hash_algo": "sha512"}}"#,
                #"{"url": "http://127.0.0.1/x", "validation_data": {"os_hash_value": "00"}}"#,
                #"{"url": "http://127.0.0.1/x", "validation_data": {"os_hash_algo": "crc", "os_hash_value": "00"}}"#,
                #"{"url": "http://127.0.0.1/x", "validation_data": {"os_hash_algo": "md5", "os_hash_value": "00"}}"#,
                #"{"url": "http://127.0.0.1/x", "validation_data": {"os_hash_algo": "md5", "os_hash_value": "zz41402abc4b2a76b9719d911017c592"}}"#,
            ])
        func bodies(body: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            try owner.addLocation(to: id, body.isEmpty ? .none : .json(body)).expect(400)
            #expect(try owner.v2Tasks(id) == [])
        }

        @Test("[V2-0449] an image that has data")
        func active() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            try owner.addLocation("http://127.0.0.1/x", to: id).expect(
                409, "It's not allowed to add locations if image status is active.")
            try owner.expectImage(id, [1])
        }

        @Test("[V2-0453, V2-0454] other methods", arguments: ["PUT", "DELETE"])
        func methods(method: String) throws {
            let owner = glimpse.newProject()
            let answer = try owner.send(method, "/v2/images/\(owner.reserveImage())/locations")
            #expect(answer.status == 405 && answer["allow"] == "POST")
        }
    }
}
