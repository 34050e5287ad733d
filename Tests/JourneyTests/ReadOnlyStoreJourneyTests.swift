import FoundationEssentials
import Glibc
import JSONText
import Testing

extension Journeys {
    /// A store that is read-only by its section: it had its images before.
    @Suite struct ReadOnlyStores {
        /// Stores `fast` and `archive`, and the folder of the second, which is read-only from a moment on.
        private final class Archive {
            let folder: TemporaryFolder
            var path: String { "\(folder.path)/images" }

            init() throws { folder = try TemporaryFolder() }

            var options: [Glimpse.Option] {
                [
                    Glimpse.Option("DEFAULT", "enabled_backends", "fast:file, archive:file, web:http"),
                    Glimpse.Option("glance_store", "default_backend", "fast"),
                    Glimpse.Option("fast", "filesystem_store_datadir", "{folder}/images"),
                    Glimpse.Option("archive", "filesystem_store_datadir", path),
                    Glimpse.Option("DEFAULT", "show_multiple_locations", "True"),
                ] + Glimpse.Option.copiesFromLoopback
            }

            /// Starts a daemon for which the folder is a filesystem that is mounted read-only, once it is closed; where nobody
            /// may mount here, its mode keeps others than root from writing into it.
            var launcher: [String] {
                guard let command = try? Command("unshare", ["-m", "true"]), command.isSuccess else { return [] }
                return [
                    "unshare", "-m", "sh", "-c",
                    """
                    if [ -e '\(folder.path)/closed' ]; then
                        mount --bind '\(path)' '\(path)' && mount -o remount,ro,bind '\(path)' || exit 9
                    fi
                    exec "$@"
                    """, "sh",
                ]
            }

            /// Makes the store read-only for the next start.
            func close(_ glimpse: Glimpse) throws {
                try glimpse.api.stop()
                Glibc.close(creat("\(folder.path)/closed", 0o600))
                chmod(path, 0o555)
                try start(glimpse)
            }

            func start(_ glimpse: Glimpse) throws {
                try glimpse.api.start(environment: ["OS_ARCHIVE__READ_ONLY": "true"])
                guard !launcher.isEmpty else { return }
                let mounts = String(decoding: try contents(of: "/proc/\(glimpse.api.id)/mountinfo"), as: UTF8.self)
                #expect(mounts.contains(" \(path) ro,"), "it is not mounted read-only")
            }

            deinit { chmod(path, 0o755) }

            /// Everything in the folder, with what would tell that somebody has written.
            func listing() throws -> [String] {
                try FileManager.default.subpathsOfDirectory(atPath: path).sorted().map { name in
                    var status = stat()
                    #expect(stat("\(path)/\(name)", &status) == 0)
                    return "\(name) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
                }
            }
        }

        /// A journey with one image in the archive alone and one in both stores; the archive is read-only by then.
        private func run(_ journey: (Glimpse, Archive, _ alone: String, _ both: String) throws -> Void) throws {
            let archive = try Archive()
            try Glimpse.run(archive.options, apiLauncher: archive.launcher) { glimpse in
                let alone = try glimpse.client.createImage(data, [("x-image-meta-store", "archive")])
                let both = try glimpse.client.createImage(data)
                try glimpse.admin.v2Import(
                    both, #"{"method": {"name": "copy-image"}, "stores": ["archive"]}"#
                ).expect(202)
                #expect(try eventually { try glimpse.client.v2Tasks(both).last?["status"]?.string == "success" })
                // What no row accounts for, and what an upload has left.
                _ = try archive.folder.write([1], to: "images/\(Sample.newID())")
                _ = try archive.folder.write([1], to: "images/.staging/\(Sample.newID()).0")
                try archive.close(glimpse)
                let before = try archive.listing()
                try journey(glimpse, archive, alone, both)
                #expect(try archive.listing() == before, "something was written")
            }
        }

        private let data = Sample.bytes(300_000)

        @Test func itsImagesAreServed() throws {
            try run { glimpse, archive, alone, both in
                for id in [alone, both] { try glimpse.client.expectImage(id, data) }
                let part = try glimpse.client.send(
                    "GET", "/v2/images/\(alone)/file?prefer=archive", [("Range", "bytes=100000-199999")])
                #expect(part.status == 206 && part.body == Array(data[100_000..<200_000]))
                let stores = try glimpse.client.send("GET", "/v2/info/stores").json?["stores"]?.array ?? []
                #expect(stores.map { $0["id"]?.string } == ["fast", "archive", "web"])
                #expect(stores.map { $0["read-only"]?.string } == [nil, "true", "true"])
                let details = try glimpse.admin.send("GET", "/v2/info/stores/detail").json?["stores"]?.array ?? []
                #expect(details.map { $0["read-only"]?.string } == [nil, "true", "true"])
                #expect(details[1]["type"]?.string == "file")
                #expect(details[1]["properties"]?["data_dir"]?.string == archive.path)
                // From there into others.
                try glimpse.admin.v2Import(
                    alone, #"{"method": {"name": "copy-image"}, "all_stores": true}"#
                ).expect(202)
                #expect(try eventually { try glimpse.client.v2Stores(of: alone) == "archive,fast" })
                try glimpse.client.expectImage(alone, data)
            }
        }

        @Test func nothingIsPutIntoIt() throws {
            try run { glimpse, _, alone, _ in
                let client = glimpse.client
                let refusal = "'archive' is read-only"
                let id = try client.reserveImage()
                try client.v2Upload(id, data, [("x-image-meta-store", "archive")]).expect(410, refusal)
                try client.v2ExpectQueued(id)
                try client.post(["store": "archive"], data: data).expect(410, refusal)
                try client.v2Stage(id, data).expect(204)
                let direct = #"{"method": {"name": "glance-direct"}"#
                for rest in [#""stores": ["archive"]"#, #""stores": ["fast", "archive"]"#] {
                    try client.v2Import(id, "\(direct), \(rest)}").expect(410, refusal)
                }
                try client.send(
                    "POST", "/v2/images/\(id)/import", [Client.jsonType, ("x-image-meta-store", "archive")],
                    body: .json("\(direct)}")
                ).expect(410, refusal)
                #expect(try client.v2Status(of: id) == "uploading" && client.v2Tasks(id) == [])
                try client.v2Import(id, "\(direct), \"all_stores\": true}").expect(202)
                try client.v2Expect("active", id)
                #expect(try client.v2Stores(of: id) == "fast", "all that take data")
                try glimpse.admin.v2Import(
                    id, #"{"method": {"name": "copy-image"}, "stores": ["archive"]}"#
                ).expect(410, refusal)
                try glimpse.admin.v2Import(id, #"{"method": {"name": "copy-image"}, "all_stores": true}"#).expect(202)
                #expect(try client.v2Stores(of: id) == "fast")
            }
        }

        @Test func nothingIsTakenOutOfIt() throws {
            try run { glimpse, archive, alone, both in
                let (client, admin) = (glimpse.client, glimpse.admin)
                try client.v2Delete(alone).expect(403, "the store 'archive' is read-only")
                try client.send("DELETE", "/v1/images/\(alone)").expect(403, "the store 'archive' is read-only")
                try client.expectImage(alone, data)
                for id in [alone, both] {
                    try admin.send("DELETE", "/v2/stores/archive/\(id)").expect(403, "the store 'archive' is read-only")
                }
                try admin.v2Patch(both, body: .json(#"[{"op": "remove", "path": "/locations/1"}]"#)).expect(
                    403, "the store 'archive' is read-only")
                #expect(try client.v2Stores(of: both) == "fast,archive")
                try client.v2Delete(both).expect(204)
                #expect(try eventually { try glimpse.blobs() == [] })
                #expect(try eventually { try glimpse.rows("SELECT COUNT(*) FROM reclaims") == ["0"] })
                #expect(try glimpse.rows("SELECT SUM(bytes_stored) FROM usage") == ["\(data.count)"])
                #expect(access("\(archive.path)/\(both)", F_OK) == 0)
            }
        }

        @Test func startsLeaveItAsItIs() throws {
            try run { glimpse, archive, alone, both in
                for _ in 0..<2 {
                    try glimpse.api.kill()
                    try archive.start(glimpse)
                    for id in [alone, both] { try glimpse.client.expectImage(id, data) }
                }
                // A copy into it that was begun before the store became what it is.
                try glimpse.api.kill()
                _ = try glimpse.rows(
                    """
                    DELETE FROM image_locations WHERE image_id = '\(both)' AND store = 'archive';
                    INSERT INTO tasks (id, type, status, image_id, source_url, created_at, updated_at, stores)
                        VALUES ('00000000-0000-0000-0000-00000000cafe', 'copy_image', 'processing', '\(both)', '', 1, 1,
                            '{"ids":["archive"],"must_all_succeed":true,"failed":[],"done":[]}');
                    """)
                try archive.start(glimpse)
                #expect(try eventually { try glimpse.client.v2Tasks(both).first?["status"]?.string == "failure" })
                let message = try glimpse.client.v2Tasks(both).first?["message"]?.string
                #expect(message?.contains("read-only") == true, "\(message ?? "")")
                try glimpse.client.expectImage(both, data)
            }
        }
    }
}
