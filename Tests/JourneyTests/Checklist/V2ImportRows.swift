import JSONText
import Testing

extension Client {
    /// `POST /v2/images/{id}/import`
    func v2Import(_ id: String, _ body: String) throws -> Answer {
        try send("POST", "/v2/images/\(id)/import", [Self.jsonType], body: .json(body))
    }

    func v2WebDownload(_ id: String, _ uri: String) throws -> Answer {
        try v2Import(id, #"{"method": {"name": "web-download", "uri": "\#(uri)"}}"#)
    }

    func v2ImportStaged(_ id: String) throws -> Answer {
        try v2Import(id, #"{"method": {"name": "glance-direct"}}"#)
    }

    /// Waits until the image has the status.
    func v2Expect(_ status: String, _ id: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        _ = try eventually { try v2Status(of: id) == status }
        #expect(try v2Status(of: id) == status, sourceLocation: sourceLocation)
    }

    /// The tasks of an image.
    func v2Tasks(_ id: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [JSONValue] {
        let answer = try send("GET", "/v2/images/\(id)/tasks")
        try #require(answer.status == 200, "\(answer.text)", sourceLocation: sourceLocation)
        return try #require(answer.json?["tasks"]?.array, sourceLocation: sourceLocation)
    }
}

extension Journeys.ImageRows {
    /// `POST /v2/images/{id}/import`
    @Suite struct V2Import {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0400, V2-0437, V2-0526] staged data become the image's")
        func staged() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            let data = Sample.bytes(300_000)
            try owner.v2Stage(id, data).expect(204)
            let answer = try owner.v2ImportStaged(id)
            #expect(answer.status == 202 && answer.body == [], "\(answer.text)")
            try owner.v2Expect("active", id)
            let image = try owner.v2Image(id)
            #expect(image["size"]?.int == 300_000 && image["os_hash_algo"]?.string == "sha512")
            #expect(image["checksum"]?.string == (try Sample.md5(ofFile: glimpse.folder.write(data, to: "data"))))
            #expect(image["os_glance_import_task"] == nil)
            #expect(image["os_glance_importing_to_stores"]?.string == "")
            try owner.expectImage(id, data)
            #expect(try eventually { try owner.v2Tasks(id).first?["status"]?.string == "success" })
            let task = try #require(try owner.v2Tasks(id).first)
            #expect(task["type"]?.string == "api_image_import" && task["image_id"]?.string == id)
            #expect(task["input"]?["import_req"]?["method"]?["name"]?.string == "glance-direct")
            #expect(task["owner"]?.string == owner.project && task["user_id"]?.string == "user")
        }

        @Test("[V2-0402, V2-0433, V2-0436] data from a web server")
        func web() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            let data = Sample.bytes(1_000_000)
            let source = try WebSource(data, .pauses(afterBytes: 500_000))
            defer { source.close() }
            let answer = try owner.v2WebDownload(id, source.url)
            #expect(answer.status == 202 && answer.body == [], "\(answer.text)")
            #expect(eventually { source.isPausing })
            let running = try owner.v2Image(id)
            #expect(running["status"]?.string == "importing")
            let task = try #require(try owner.v2Tasks(id).first)
            #expect(running["os_glance_import_task"]?.string == task["id"]?.string)
            #expect(running["os_glance_importing_to_stores"]?.string == "file")
            #expect(task["status"]?.string == "processing")
            try owner.v2WebDownload(id, source.url).expect(409)
            try owner.v2Upload(id, [1]).expect(409)
            #expect(try owner.v2Download(id).status == 204)
            source.goOn()
            try owner.v2Expect("active", id)
            #expect(try owner.v2Image(id)["os_glance_import_task"] == nil)
            try owner.expectImage(id, data)
        }

        @Test("[V2-0403, V2-0407] a source that fails leaves the image queued, to be tried again")
        func failure() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            let source = try WebSource([1, 2, 3], .status(404))
            defer { source.close() }
            for behaviour in [WebSource.Behaviour.status(404), .redirects(to: "ftp://127.0.0.1/x")] {
                source.behave(behaviour)
                try owner.v2WebDownload(id, source.url).expect(202)
                #expect(try eventually { try owner.v2Tasks(id).last?["status"]?.string == "failure" })
                try owner.v2ExpectQueued(id)
                let image = try owner.v2Image(id)
                #expect(image["os_glance_failed_import"]?.string == "file" && image["os_glance_import_task"] == nil)
                #expect(try owner.v2Tasks(id).last?["message"]?.string?.isEmpty == false)
            }
            #expect(try owner.v2Tasks(id).count == 2)
            source.goOn()
            try owner.v2WebDownload(id, source.url).expect(202)
            try owner.v2Expect("active", id)
            #expect(try owner.v2Image(id)["os_glance_failed_import"]?.string == "")
            try owner.expectImage(id, [1, 2, 3])
        }

        @Test("an image that is deleted during its import leaves nothing")
        func deleted() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            let source = try WebSource(Sample.bytes(1_000_000), .pauses(afterBytes: 500_000))
            defer { source.close() }
            try owner.v2WebDownload(id, source.url).expect(202)
            #expect(eventually { source.isPausing })
            try owner.v2Delete(id).expect(204)
            source.goOn()
            #expect(
                try eventually {
                    try !glimpse.blobs().contains(id) && !glimpse.stagedFiles().contains { $0.hasPrefix(id) }
                })
        }

        @Test(
            "[V2-0405] sources that are refused at once",
            arguments: ["", "ftp://example.org/x", "file:///etc/passwd", "http://", "http:///x", "example.org"])
        func filtered(uri: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            try owner.v2WebDownload(id, uri).expect(400, "URI for web-download does not pass filtering: \(uri)")
            try owner.v2Import(id, #"{"method": {"name": "web-download"}}"#).expect(400, "does not pass filtering")
            try owner.v2ExpectQueued(id)
            #expect(try owner.v2Tasks(id) == [])
        }

        @Test(
            "[V2-0419, V2-0420, V2-0421, V2-0422, V2-0423, V2-0424, V2-0425] requests that are none",
            arguments: [
                ("{}", "Import request requires a 'method' field."),
                (#"{"method": {}}"#, "Import request requires a 'name' field."),
                (#"{"method": "web-download"}"#, "Import request requires a 'name' field."),
                (#"{"method": {"name": "magic"}}"#, "Unknown import method name 'magic'."),
                (#"{"method": {"name": "glance-download"}}"#, "Unknown import method name 'glance-download'."),
                (#"{"method": {"name": 5}}"#, "Unknown import method name"),
                (#"{"method": {"name": "web-download", "uri": "http://h/x"}, "all_stores": "yes"}"#, "all_stores"),
                (
                    #"{"method": {"name": "web-download", "uri": "http://h/x"}, "all_stores_must_succeed": 1}"#,
                    "all_stores_must_succeed"
                ),
                ("{", "Malformed JSON in request body."), ("", "Body expected in request."),
            ])
        func malformed(body: String, text: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            try owner.v2Import(id, body).expect(400, text)
            try owner.v2ExpectQueued(id)
        }

        @Test("[V2-0401, V2-0404, V2-0413, V2-0416] images in another status")
        func status() throws {
            let owner = glimpse.newProject()
            let url = "http://127.0.0.1/x"
            let queued = try owner.reserveImage()
            try owner.v2ImportStaged(queued).expect(
                409, "Image needs to be staged before 'glance-direct' method can be used")
            let copy = #"{"method": {"name": "copy-image"}}"#
            try glimpse.admin.v2Import(queued, copy).expect(
                409, "Only images with status active can be targeted for copying")
            let staged = try owner.reserveImage()
            try owner.v2Stage(staged, [1]).expect(204)
            try owner.v2WebDownload(staged, url).expect(
                409, "Image needs to be in 'queued' state to use 'web-download' method")
            let active = try owner.createImage([1])
            for answer in [try owner.v2WebDownload(active, url), try owner.v2ImportStaged(active)] {
                answer.expect(409, "Image with status active cannot be target for import")
            }
            try owner.expectImage(active, [1])
            try owner.v2Delete(staged).expect(204)
        }

        @Test("[V2-0412, V2-0414, V2-0415] one store has nothing to copy to")
        func copyImage() throws {
            let owner = glimpse.newProject()
            let id = try owner.createImage([1])
            let copy = #"{"method": {"name": "copy-image"}, "stores": ["file"]}"#
            try owner.v2Import(id, copy).expect(403, "You are not authorized to complete copy_image action.")
            try glimpse.admin.v2Import(id, copy).expect(400, "Image is already present at store 'file'")
            try glimpse.admin.v2Import(id, #"{"method": {"name": "copy-image"}, "all_stores": true}"#).expect(202)
        }

        @Test("[V2-0417, V2-0418] formats that are missing")
        func formats() throws {
            let owner = glimpse.newProject()
            for (given, missing) in [("container_format", "disk_format"), ("disk_format", "container_format")] {
                let format = given == "disk_format" ? "raw" : "bare"
                let id = try owner.make([:], data: nil)
                try owner.update(id, [(given, format)]).expect(200)
                try owner.v2WebDownload(id, "http://127.0.0.1/x").expect(
                    409, "'\(missing)' needs to be set before import")
            }
        }

        @Test("[V2-0434, V2-0435] who may not")
        func strangers() throws {
            let (owner, other) = (glimpse.newProject(), glimpse.newProject())
            for id in [try owner.reserveImage(), freshID()] {
                try other.v2WebDownload(id, "http://127.0.0.1/x").expect(404, "No image found with ID \(id)")
            }
            let published = try glimpse.admin.reserveImage(
                [("x-image-meta-is_public", "True"), ("x-image-meta-owner", owner.project)])
            try other.v2WebDownload(published, "http://127.0.0.1/x").expect(403)
        }

        @Test("[V2-0399] other methods", arguments: ["GET", "PUT"])
        func methods(method: String) throws {
            let owner = glimpse.newProject()
            let answer = try owner.send(method, "/v2/images/\(owner.reserveImage())/import")
            #expect(answer.status == 405 && answer["allow"] == "POST")
        }

        @Test("[V2-0527, V2-0528, V2-0529] tasks of images without any, or out of sight")
        func tasks() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            #expect(try owner.v2Tasks(id) == [])
            for unseen in [id, freshID()] {
                try glimpse.newProject().send("GET", "/v2/images/\(unseen)/tasks").expect(404)
            }
            let other = try owner.send("POST", "/v2/images/\(id)/tasks")
            #expect(other.status == 404 && other["allow"] == nil)
        }
    }
}

extension Journeys {
    /// Rows about imports where sources are filtered as in Glance.
    @Suite(.sharingDaemons([]))
    struct V2FilterRows {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0405, V2-0406] a port that is not the web's; none is fine")
        func ports() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            try owner.v2WebDownload(id, "http://example.org:8080/x").expect(400, "does not pass filtering")
            try owner.v2WebDownload(id, "http://127.0.0.1/x").expect(202)
            #expect(try eventually { try owner.v2Tasks(id).last?["status"]?.string == "failure" })
            try owner.v2ExpectQueued(id)
        }
    }

    /// Imports that are cut off.
    @Suite struct V2ImportCrashes {
        @Test func importGoesOnAfterACrash() throws {
            try Glimpse.run(Glimpse.Option.copiesFromLoopback) { glimpse in
                let client = glimpse.client
                let data = Sample.bytes(8_000_000)
                let source = try WebSource(data, .pauses(afterBytes: 4_000_000))
                defer { source.close() }
                let id = try client.reserveImage()
                try client.v2WebDownload(id, source.url).expect(202)
                let staged = try client.reserveImage()
                try client.v2Stage(staged, [1, 2, 3]).expect(204)
                #expect(eventually { source.isPausing })
                #expect(try eventually { try glimpse.stagedBytes() > 1_000_000 })
                try glimpse.api.kill()
                source.goOn()
                try glimpse.api.start()
                let again = Client(port: glimpse.api.port, token: client.token)
                try again.v2Expect("active", id)
                try again.expectImage(id, data)
                // What was there is not fetched again, and only goes on with the same source.
                let part = try #require(source.requests.last { $0.hasPrefix("GET bytes=") }, "\(source.requests)")
                let start = try #require(Int(part.dropFirst("GET bytes=".count).dropLast()))
                #expect(start > 1_000_000 && start <= 4_000_000, "\(part)")
                #expect(source.conditions == ["\"one\""])
                #expect(try again.v2Status(of: staged) == "uploading")
                try again.v2ImportStaged(staged).expect(202)
                try again.v2Expect("active", staged)
                try again.expectImage(staged, [1, 2, 3])
                for id in [id, staged] { try again.v2Delete(id).expect(204) }
                try glimpse.expectBlobs([])
            }
        }
    }
}
