import JSONText
import Testing

extension Journeys {
    /// The main job, over the raw wire.
    @Suite struct RoundTrip {
        @Test("reserve, upload, show, list, change, download, delete", arguments: [false, true])
        func wholeLife(registryOverTCP: Bool) throws {
            try Glimpse.run(registryOverTCP: registryOverTCP) { glimpse in
                let client = glimpse.client
                let data = Sample.bytes(3_000_017)

                let reserved = try client.send("POST", "/v1/images", Client.newImage("first"))
                #expect(reserved.status == 201)
                let id = try #require(reserved.image?["id"]?.string)
                #expect(reserved.image?["status"]?.string == "queued")
                #expect(reserved["location"]?.hasSuffix("/v1/images/\(id)") == true)
                #expect(try client.send("GET", "/v1/images/\(id)").status == 404)

                let type = ("Content-Type", "application/octet-stream")
                let uploaded = try client.send("PUT", "/v1/images/\(id)", [type], body: .bytes(data))
                #expect(uploaded.status == 200, "\(uploaded.text)")
                #expect(uploaded.image?["status"]?.string == "active")
                #expect(uploaded.image?["size"]?.int == 3_000_017)
                let checksum = try #require(uploaded.image?["checksum"]?.string)
                let file = try glimpse.folder.write(data, to: "data")
                #expect(try checksum == Sample.md5(ofFile: file))

                let shown = try client.send("HEAD", "/v1/images/\(id)")
                #expect(shown.status == 200)
                #expect(shown["x-image-meta-name"] == "first")
                #expect(shown["x-image-meta-status"] == "active")
                #expect(shown["x-image-meta-size"] == "3000017")
                #expect(shown["x-image-meta-checksum"] == checksum)
                #expect(shown["x-image-meta-disk_format"] == "raw")
                #expect(shown["x-image-meta-owner"] == "lab")
                #expect(shown["etag"] == checksum)

                #expect(try client.list() == [id])
                let details = try client.send("GET", "/v1/images/detail").json?["images"]?.array
                #expect(details?.count == 1)
                #expect(details?.first?["name"]?.string == "first")
                #expect(details?.first?["owner"]?.string == "lab")

                let changed = try client.send(
                    "PUT", "/v1/images/\(id)",
                    [("x-image-meta-name", "second"), ("x-image-meta-property-os-distro", "debian")])
                #expect(changed.status == 200, "\(changed.text)")
                #expect(changed.image?["name"]?.string == "second")
                #expect(changed.image?["properties"]?["os_distro"]?.string == "debian")

                let downloaded = try client.send("GET", "/v1/images/\(id)")
                #expect(downloaded.status == 200)
                #expect(downloaded["content-length"] == "3000017")
                #expect(downloaded["content-type"] == "application/octet-stream")
                #expect(downloaded["x-image-meta-property-os_distro"] == "debian")
                #expect(downloaded.body == data, "the data differ")
                #expect(try glimpse.blobs() == [id])

                let deleted = try client.send("DELETE", "/v1/images/\(id)")
                #expect(deleted.status == 200)
                #expect(deleted.body.isEmpty)
                #expect(try client.status(of: id) == "404")
                #expect(try client.list() == [])
                try glimpse.expectBlobs([])
            }
        }

        @Test func createWithDataInEveryFraming() throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let data = Sample.bytes(1_500_003)
                let framings: [(String, Body)] = [
                    ("length", .bytes(data)), ("large chunks", .chunks(data, pieceBytes: 65536)),
                    ("one chunk", .chunks(data, pieceBytes: data.count)),
                    ("odd chunks", .chunks(data, pieceBytes: 4099)),
                ]
                var ids: [String] = []
                for (name, body) in framings {
                    let answer = try client.send("POST", "/v1/images", Client.newImage(name), body: body)
                    #expect(answer.status == 201, "\(name): \(answer.text)")
                    #expect(answer.image?["status"]?.string == "active")
                    ids.append(try #require(answer.image?["id"]?.string))
                }
                for id in ids { try client.expectImage(id, data) }
                #expect(try Set(client.list()) == Set(ids))
                try glimpse.expectBlobs(ids)

                let empty = try client.send(
                    "POST", "/v1/images", Client.newImage("empty"), body: .chunks([], pieceBytes: 1))
                #expect(empty.image?["status"]?.string == "active")
                #expect(empty.image?["size"]?.int == 0)
                try client.expectImage(try #require(empty.image?["id"]?.string), [])
            }
        }

        @Test func curlUploads() throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let data = Sample.bytes(5_000_001)
                let file = try glimpse.folder.write(data, to: "data")
                for arguments in [[], ["-H", "Transfer-Encoding: chunked"]] {
                    let id = try client.reserveImage()
                    let url = "http://127.0.0.1:\(client.port)/v1/images/\(id)"
                    let curl = try Command(
                        "curl",
                        [
                            "-sS", "-f", "-T", file, "-H", "X-Auth-Token: \(client.token)",
                            "-H", "Content-Type: application/octet-stream",
                        ] + arguments + [url])
                    #expect(curl.isSuccess, "\(curl.errors)")
                    try client.expectImage(id, data)
                }
            }
        }

        @Test func propertiesAreReplacedOrKept() throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let id = try client.createImage([1, 2, 3], [("x-image-meta-property-a", "1")])
                func properties(_ fields: [(String, String)]) throws -> [String: String] {
                    let answer = try client.send("PUT", "/v1/images/\(id)", fields)
                    #expect(answer.status == 200, "\(answer.text)")
                    let members = try #require(answer.image?["properties"]?.object?.members)
                    return Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value.string ?? "") })
                }
                let keep = ("x-glance-registry-purge-props", "false")
                #expect(try properties([("x-image-meta-property-b", "2"), keep]) == ["a": "1", "b": "2"])
                #expect(try properties([("x-image-meta-property-c", "3")]) == ["c": "3"])
                #expect(try properties([keep]) == ["c": "3"])
                #expect(try properties([]) == [:])
            }
        }

        @Test func protectedImagesStay() throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let id = try client.createImage([1, 2, 3], [("x-image-meta-protected", "True")])
                #expect(try client.send("DELETE", "/v1/images/\(id)").status == 403)
                try client.expectImage(id, [1, 2, 3])
                let changed = try client.send("PUT", "/v1/images/\(id)", [("x-image-meta-protected", "False")])
                #expect(changed.image?["protected"]?.bool == false)
                #expect(try client.send("DELETE", "/v1/images/\(id)").status == 200)
                try glimpse.expectBlobs([])
            }
        }

        @Test func whatWasToldHoldsAfterARestart() throws {
            try Glimpse.run { glimpse in
                let data = Sample.bytes(100_000)
                let id = try glimpse.client.createImage(data)
                let queued = try glimpse.client.reserveImage()
                try glimpse.stop()
                try glimpse.registry.start()
                try glimpse.api.start()
                try glimpse.client.expectImage(id, data)
                #expect(try glimpse.client.status(of: queued) == "queued")
                try glimpse.expectBlobs([id])
            }
        }

        @Test func declaredSizeAndChecksumAreChecked() throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                var generator = SeededGenerator(seed: 7)
                for wrong in [
                    ("x-image-meta-size", "99"), ("x-image-meta-checksum", "0123456789abcdef0123456789abcdef"),
                ] {
                    let id = Sample.id(&generator)
                    let answer = try client.send(
                        "POST", "/v1/images", Client.newImage("wrong", id: id) + [wrong], body: .bytes([1, 2, 3]))
                    #expect(answer.status == 400, "\(wrong): \(answer.text)")
                    #expect(try client.status(of: id) == "killed")
                }
                try glimpse.expectBlobs([])
            }
        }

        @Test func versionsAndHealthNeedNoToken() throws {
            try Glimpse.run { glimpse in
                let connection = try Connection(port: glimpse.api.port)
                func get(_ path: String) throws -> Answer {
                    try connection.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    return try connection.receiveAnswer()
                }
                #expect(try get("/").status == 300)
                let versions = try get("/versions")
                #expect(versions.status == 200)
                let ids = versions.json?["versions"]?.array?.compactMap { $0["id"]?.string }
                #expect(ids?.contains("v1.1") == true)
                #expect(try get("/healthcheck").text.contains("OK"))
                #expect(try get("/v1/images").status == 401)
            }
        }
    }
}
