import JSONText
import Testing

extension Journeys {
    /// Tenants' quotas, as the configuration and `glance-manage quota` set them.
    @Suite(
        .sharingDaemons([
            Glimpse.Option("quota", "image_count_total", "3"), Glimpse.Option("quota", "image_size_total", "2"),
            Glimpse.Option("quota", "image_stage_total", "1"), Glimpse.Option("quota", "image_count_uploading", "1"),
        ]))
    struct V2QuotaRows {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        private static let mebibyte = 1 << 20

        @Test("[V2-0170] as many images as the quota has") func images() throws {
            let owner = glimpse.newProject()
            for _ in 1...3 { _ = try owner.v2Make() }
            let text = "the limit of image_count_total is 3, 3 are used or reserved, and 0 are left"
            try owner.v2Create().expect(413, text)
            try owner.send("POST", "/v1/images", Client.newImage("one more")).expect(413, text)
            let task = Body.json([
                "type": "import",
                "input": ["import_from": "http://example.com/x", "import_from_format": "raw"],
            ])
            try glimpse.caller(in: owner.project, role: "admin").send(
                "POST", "/v2/tasks", [Client.jsonType], body: task
            ).expect(413, text)
            #expect(try owner.v2Ids().count == 3)
        }

        @Test("a length that does not fit is refused before the body", arguments: ["v1", "v2"])
        func beforeTheBody(version: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            let path = version == "v1" ? "/v1/images/\(id)" : "/v2/images/\(id)/file"
            let connection = try owner.connect()
            defer { connection.close() }
            try connection.send(
                owner.head("PUT", path, [Client.octetStream, ("Expect", "100-continue")])
                    + "Content-Length: \(2 * Self.mebibyte + 1)\r\n\r\n")
            // Not a 100 first.
            let head = try connection.receiveHead()
            #expect(head.status == 413)
            let body = try connection.receive(bytes: try #require(head["content-length"].flatMap { Int($0) }))
            let text = "the limit of image_size_total is 2097152 bytes, 0 are used or reserved, and 2097152 are left"
            #expect(String(decoding: body, as: UTF8.self).contains(text))
            let status = try owner.status(of: id)
            #expect(status == (version == "v1" ? "killed" : "queued"))
            let second = try owner.reserveImage()
            try owner.v2Upload(second, Sample.bytes(2 * Self.mebibyte)).expect(204)
        }

        @Test("staged bytes, and their import, have limits") func staged() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            try owner.v2Stage(id, Sample.bytes(Self.mebibyte + 1)).expect(413, "image_stage_total is 1048576 bytes")
            try owner.v2Stage(id, Sample.bytes(Self.mebibyte)).expect(204)
            let other = try owner.reserveImage()
            try owner.v2Upload(other, Sample.bytes(Self.mebibyte + 1)).expect(204)
            let start = Body.json(["method": ["name": "glance-direct"]])
            try owner.send("POST", "/v2/images/\(id)/import", [Client.jsonType], body: start).expect(
                413, "image_size_total is 2097152 bytes, 1048577 are used or reserved, and 1048575 are left")
            try owner.v2Delete(other).expect(204)
            try glimpse.expectNoData(of: other)
            _ = try eventually {
                try glimpse.rows("SELECT bytes_stored FROM usage WHERE owner = '\(owner.project)'") == ["0"]
            }
            try owner.send("POST", "/v2/images/\(id)/import", [Client.jsonType], body: start).expect(202)
            try owner.expectStatus("active", of: id)
        }

        @Test("uploads that run are bounded") func uploading() throws {
            let owner = glimpse.newProject()
            let (first, second) = (try owner.reserveImage(), try owner.reserveImage())
            let connection = try owner.connect()
            defer { connection.close() }
            try connection.send(
                owner.head("PUT", "/v2/images/\(first)/file", [Client.octetStream])
                    + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
            try owner.expectStatus("saving", of: first)
            let text = "the limit of image_count_uploading is 1, 1 are used or reserved, and 0 are left"
            try owner.v2Upload(second, [1]).expect(413, text)
            try connection.sendLastChunk()
            #expect(try connection.receiveAnswer(toHead: false).status == 204)
            try owner.v2Upload(second, [1]).expect(204)
        }

        @Test("glance usage shows them") func client() throws {
            let owner = glimpse.newProject()
            _ = try owner.createImage(Sample.bytes(100))
            let command = try Command(
                Executables.client("glance"),
                [
                    "--os-image-api-version", "2", "--os-image-url", "http://127.0.0.1:\(owner.port)",
                    "--os-auth-token", owner.token, "usage",
                ], environment: ["HOME": glimpse.folder.path])
            try #require(command.isSuccess, "\(command.errors)")
            let rows = command.output.split(separator: "\n").map { row in
                row.split { $0 == "|" || $0 == " " }.map(String.init)
            }
            for row in [
                ["image_count_total", "3", "1"], ["image_size_total", "2", "1"], ["image_stage_total", "1", "0"],
                ["image_count_uploading", "1", "0"],
            ] {
                #expect(rows.contains(row), "\(command.output)")
            }
        }

        @Test("glance-manage sets other limits for one tenant, and shows them") func overrides() throws {
            let owner = glimpse.newProject()
            let shown = try glimpse.managed(
                "quota", "set", owner.project, "--image-count-total", "4", "--image-size-total", "-1")
            #expect(shown.contains("image_count_total: 4") && shown.contains("image_size_total: none"))
            for _ in 1...4 { _ = try owner.v2Make() }
            try owner.v2Create().expect(413, "image_count_total is 4")
            let usage = try #require(try owner.send("GET", "/v2/info/usage").json?["usage"])
            #expect(usage["image_count_total"] == ["usage": 4, "limit": 4])
            #expect(usage["image_size_total"] == ["usage": 0, "limit": -1])
            #expect(usage["image_stage_total"] == ["usage": 0, "limit": 1])
            #expect(usage["image_count_uploading"] == ["usage": 0, "limit": 1])
            let table = try glimpse.managed("quota", "show", owner.project).split(separator: "\n")
            #expect(table[1].split(separator: " ") == ["image_count_total", "4", "4"])
            try glimpse.managed("quota", "unset", owner.project, "--image-count-total")
            try owner.v2Create().expect(413, "image_count_total is 3")
            try glimpse.managed("quota", "unset", owner.project)
            let after = try #require(try owner.send("GET", "/v2/info/usage").json?["usage"])
            #expect(after["image_size_total"] == ["usage": 0, "limit": 2])
            for bad in [["--image-count-total", "-2"], ["--image-count-total", "x"], []] {
                #expect(try !glimpse.manage(["quota", "set", owner.project] + bad).isSuccess)
            }
        }
    }
}
