import FoundationEssentials
import JSONText
import Testing

extension Client {
    /// The last task of an image, once it is over.
    func v2EndedTask(
        _ id: String, within seconds: Double = 60, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        func ended() throws -> JSONValue? {
            try v2Tasks(id).last.flatMap { ["success", "failure"].contains($0["status"]?.string ?? "") ? $0 : nil }
        }
        _ = try eventually(within: seconds) { try ended() != nil }
        return try #require(try ended(), "the task hangs", sourceLocation: sourceLocation)
    }

    /// Imports with the members of a method beside its name.
    func v2Import(_ id: String, method: String, _ members: String) throws -> Answer {
        try v2Import(id, "{\"method\": {\"name\": \"\(method)\", \(members)}}")
    }
}

private let importOptions =
    Glimpse.Option.copiesFromLoopback + [
        Glimpse.Option("image_import_opts", "max_retries", "1"),
        Glimpse.Option("image_import_opts", "max_parallel_copies", "3"),
        Glimpse.Option("image_import_opts", "max_parallel_copies_per_tenant", "2"),
        Glimpse.Option("image_import_opts", "file_source_dirs", "{folder}/isos"),
        Glimpse.Option("DEFAULT", "user_storage_quota", "4MB"),
    ]

extension Journeys {
    /// What imports can do beyond Glance's: digests, several places, files, bounds.
    @Suite(.sharingDaemons(importOptions))
    struct ImportSources {
        private static let data = Sample.bytes(700_000)

        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        /// Hex digits of a digest of some data, as the tool of coreutils says.
        private func digest(_ tool: String, _ data: [UInt8] = data) throws -> String {
            let path = try glimpse.folder.write(data, to: "digest-\(Sample.newID())")
            return String(try Command(tool, [path]).output.prefix { $0 != " " })
        }

        @Test("a digest that is promised with the request", arguments: ["md5", "sha1", "sha256", "sha512"])
        func promisedDigest(algorithm: String) throws {
            let source = try WebSource(Self.data)
            defer { source.close() }
            let owner = glimpse.newProject()
            let good = try digest("\(algorithm)sum")
            let id = try owner.reserveImage()
            func start(_ value: String) throws {
                try owner.v2Import(
                    id, method: "web-download",
                    """
                    "uri": "\(source.url)", "os_hash_algo": "\(algorithm)", "os_hash_value": "\(value)"
                    """
                ).expect(202)
            }
            try start(String(good.reversed()))
            let failed = try owner.v2EndedTask(id)
            #expect(failed["status"]?.string == "failure")
            let message = failed["message"]?.string ?? ""
            #expect(message.contains(good) && message.contains(String(good.reversed())), "\(message)")
            try owner.v2ExpectQueued(id)
            try glimpse.expectNoData(of: id)
            try start(good.uppercased())
            #expect(try owner.v2EndedTask(id)["status"]?.string == "success")
            try owner.expectImage(id, Self.data)
        }

        /// With a break in between, and after it in another process: every byte is seen once.
        @Test("a digest of what came in parts")
        func digestInParts() throws {
            let source = try WebSource(Self.data, .breaks(afterBytes: 300_000))
            defer { source.close() }
            let owner = glimpse.newProject()
            let id = try owner.reserveImage([
                ("x-image-meta-property-expected_digest", "sha256:\(try digest("sha256sum"))")
            ])
            try owner.v2WebDownload(id, source.url).expect(202)
            let task = try owner.v2EndedTask(id)
            #expect(task["status"]?.string == "success", "\(task)")
            #expect(source.requests.contains("GET bytes=300000-"))
            try owner.expectImage(id, Self.data)
            #expect(try owner.v2Image(id)["expected_digest"]?.string?.hasPrefix("sha256:") == true)
        }

        @Test(
            "digests that are none",
            arguments: [
                #""checksum": "00""#, #""os_hash_algo": "sha256""#, #""os_hash_algo": "x", "os_hash_value": "00""#,
                #""uris": []"#, #""uris": ["ftp://h/x"]"#, #""uris": "http://h/x""#,
            ])
        func malformed(members: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            try owner.v2Import(id, method: "web-download", "\"uri\": \"http://127.0.0.1/x\", \(members)").expect(400)
            try owner.v2ExpectQueued(id)
            #expect(try owner.v2Tasks(id) == [])
        }

        @Test("several places are tried in their order")
        func severalPlaces() throws {
            let away = try WebSource([], .status(404))
            let wrong = try WebSource(Sample.bytes(5000))
            let broken = try WebSource(Self.data, .breaks(afterBytes: 1000))
            let good = try WebSource(Self.data)
            defer { for source in [away, wrong, broken, good] { source.close() } }
            let owner = glimpse.newProject()
            let digest = try digest("md5sum")
            func start(_ id: String, _ sources: [WebSource]) throws {
                let urls = sources.map { "\"\($0.url)\"" }.joined(separator: ", ")
                try owner.v2Import(id, method: "web-download", "\"uris\": [\(urls)], \"checksum\": \"\(digest)\"")
                    .expect(
                        202)
            }
            let id = try owner.reserveImage()
            try start(id, [away, wrong, broken, good])
            let task = try owner.v2EndedTask(id)
            #expect(task["status"]?.string == "success", "\(task)")
            #expect(task["result"]?["bytes"]?.int == 700_000)
            try owner.expectImage(id, Self.data)
            for source in [away, wrong, broken, good] { #expect(source.requests.contains("GET")) }

            let lost = try owner.reserveImage()
            try start(lost, [away, wrong])
            let failed = try owner.v2EndedTask(lost)
            let message = failed["message"]?.string ?? ""
            #expect(message.contains("source 1: the source was not found"), "\(message)")
            #expect(message.contains("source 2: the checksum should be"), "\(message)")
            try owner.v2ExpectQueued(lost)
            try glimpse.expectNoData(of: lost)
        }

        @Test("progress, and what waits")
        func progress() throws {
            let source = try WebSource(Self.data, .pauses(afterBytes: 400_000))
            defer { source.close() }
            let owner = glimpse.newProject()
            let other = glimpse.newProject()
            let mine = try (0..<4).map { _ in try owner.reserveImage() }
            for id in mine { try owner.v2WebDownload(id, source.url).expect(202) }
            func statuses(_ ids: [String], _ client: Client) throws -> [String] {
                try ids.map { try client.v2Tasks($0).last?["status"]?.string ?? "" }
            }
            // Two of a tenant's run, in the order in which they came, and one more of another's.
            #expect(try eventually { try statuses(mine, owner) == ["processing", "processing", "pending", "pending"] })
            let theirs = try (0..<2).map { _ in try other.reserveImage() }
            for id in theirs { try other.v2WebDownload(id, source.url).expect(202) }
            #expect(try eventually { try statuses(theirs, other) == ["processing", "pending"] })
            #expect(
                try eventually {
                    try owner.v2Tasks(mine[0]).last?["message"]?.string == "400000 of 700000 bytes"
                })
            let task = try #require(try owner.v2Tasks(mine[0]).last)
            #expect(task["result"]?["bytes"]?.int == 400_000 && task["result"]?["bytes_expected"]?.int == 700_000)
            let shown = try glimpse.admin.send("GET", "/v2/tasks/\(try #require(task["id"]?.string))")
            #expect(shown.json?["message"]?.string == "400000 of 700000 bytes", "\(shown.text)")
            #expect(try statuses(mine, owner) == ["processing", "processing", "pending", "pending"])

            // What waits can be deleted, and makes room at once.
            try owner.v2Delete(mine[2]).expect(204)
            source.goOn()
            for id in [mine[0], mine[1], mine[3]] { try owner.v2Expect("active", id) }
            for id in theirs { try other.v2Expect("active", id) }
        }

        @Test("files of the operator's folder, for admins")
        func files() throws {
            let folder = "\(glimpse.folder.path)/isos"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            _ = try glimpse.folder.write(Self.data, to: "isos/disk one.iso")
            let secret = try glimpse.folder.write(Sample.bytes(100), to: "secret")
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: secret)
            let url = "file://\(folder)/disk%20one.iso"
            let owner = glimpse.newProject()
            let admin = glimpse.newProject(role: "admin")
            let id = try admin.reserveImage()
            let foreign = try owner.reserveImage()
            try owner.v2WebDownload(foreign, url).expect(400, "does not pass filtering")
            for bad in [
                "file://\(secret)", "file://\(folder)/../secret", "file://\(folder)/%2e%2e/secret",
                "file:///etc/passwd",
                "file://\(glimpse.imagesPath)/\(id)",
            ] {
                try admin.v2WebDownload(id, bad).expect(400, "does not pass filtering")
            }
            // A link is in the folder by its name; where it leads to is not looked at.
            for missing in ["file://\(folder)/link", "file://\(folder)/missing"] {
                try admin.v2WebDownload(id, missing).expect(202)
                let failed = try admin.v2EndedTask(id)
                #expect(failed["message"]?.string?.contains("can't be opened") == true, "\(failed)")
                try admin.v2ExpectQueued(id)
            }
            try admin.v2WebDownload(id, url).expect(202)
            #expect(try admin.v2EndedTask(id)["status"]?.string == "success")
            try admin.expectImage(id, Self.data)
            // v1 and tasks know of no files.
            let copy = Client.newImage("x") + [("x-glance-api-copy-from", url)]
            #expect(try admin.send("POST", "/v1/images", copy).status == 400)
        }

        /// What a source says of its size is known when the request comes: nobody waits for an image that is killed.
        @Test("v1's copy_from beyond the quota is refused at once")
        func overQuota() throws {
            let source = try WebSource(Sample.bytes(3_000_000))
            defer { source.close() }
            let owner = glimpse.newProject()
            _ = try owner.createImage(Sample.bytes(2_000_000))
            let copy = [("x-glance-api-copy-from", source.url)]
            let refused = try owner.send("POST", "/v1/images", Client.newImage("x") + copy)
            #expect(refused.status == 413, "\(refused.text)")
            #expect(try owner.list().count == 1 && !source.requests.contains("GET"))
            let reserved = try owner.reserveImage()
            #expect(try owner.send("PUT", "/v1/images/\(reserved)", copy).status == 413)
            #expect(try owner.status(of: reserved) == "queued")
            // Who names a size is believed, and hears of it later.
            let later = try owner.send(
                "POST", "/v1/images", Client.newImage("x") + copy + [("x-image-meta-size", "1")])
            #expect(later.status == 201, "\(later.text)")
            try owner.expectStatus("killed", of: try later.image().id)
        }
    }

    /// The way out through a proxy.
    @Suite struct Proxies {
        @Test func aProxyResolvesTheNames() throws {
            let data = Sample.bytes(300_000)
            let proxy = try WebSource(data, .breaks(afterBytes: 200_000))
            defer { proxy.close() }
            // The default filter: the proxy is the operator's, wherever it is.
            let options = [
                Glimpse.Option("image_import_opts", "http_proxy", "http://me:s3cret@127.0.0.1:\(proxy.port)"),
                Glimpse.Option("image_import_opts", "no_proxy", "direct.example"),
                Glimpse.Option("image_import_opts", "max_retries", "1"),
            ]
            try Glimpse.run(options) { glimpse in
                let client = glimpse.client
                let id = try client.reserveImage()
                try client.v2WebDownload(id, "http://mirror.example/disk.img").expect(202)
                #expect(try client.v2EndedTask(id)["status"]?.string == "success")
                try client.expectImage(id, data)
                #expect(proxy.requests == ["GET", "GET bytes=200000-"])
                for (url, reason) in [
                    ("http://127.0.0.1/x", "allowed_networks"), ("http://localhost/x", "allowed_networks"),
                    ("http://169.254.169.254/x", "allowed_networks"), ("http://direct.example/x", "cannot be reached"),
                ] {
                    let other = try client.reserveImage()
                    try client.v2WebDownload(other, url).expect(202)
                    let task = try client.v2EndedTask(other)
                    #expect(task["message"]?.string?.contains(reason) == true, "\(url): \(task)")
                    try client.v2ExpectQueued(other)
                }
                #expect(proxy.requests.count == 2)
                #expect(!glimpse.api.log.contains("s3cret"))
            }
        }
    }

    /// Leases: which of several processes does a task.
    @Suite struct TaskLeases {
        private static let options =
            Glimpse.Option.copiesFromLoopback + [Glimpse.Option("image_import_opts", "task_lease", "5")]

        /// Two with one registry: while one lives, the other keeps away from what it does; when it is gone, it goes on.
        @Test func anotherTakesOver() throws {
            let data = Sample.bytes(2_000_000)
            let source = try WebSource(data, .pauses(afterBytes: 1_000_000))
            defer { source.close() }
            try Glimpse.run(Self.options) { glimpse in
                let text = String(
                    decoding: try contents(of: "\(glimpse.folder.path)/glance-api.conf"), as: UTF8.self)
                let file = try glimpse.folder.write(
                    text.replacing("\(glimpse.folder.path)/images", with: "\(glimpse.folder.path)/images-2"),
                    to: "glance-api-2.conf")
                let other = try Daemon("glance-api", configuration: file, folder: glimpse.folder)
                let id = try glimpse.client.reserveImage()
                try glimpse.client.v2WebDownload(id, source.url).expect(202)
                #expect(eventually { source.isPausing })
                try other.start()
                defer { try? other.stop() }
                let second = Client(port: other.port, token: glimpse.client.token)
                // Longer than a lease.
                let start = secondsNow()
                #expect(!eventually(within: 8) { source.requests.filter { $0.hasPrefix("GET") }.count > 1 })
                #expect(secondsNow() - start >= 8)
                #expect(try second.v2Status(of: id) == "importing")
                try glimpse.api.kill()
                source.goOn()
                try second.v2Expect("active", id)
                try second.expectImage(id, data)
                #expect(try second.v2Tasks(id).count == 1)
                try second.v2Delete(id).expect(204)
                try glimpse.api.start()
            }
        }
    }
}
