import Glibc
import JSONText
import Testing

extension Journeys {
    /// What the import plugins make of data, with real images of qemu-img.
    @Suite struct ImportPlugins {
        /// An image that holds some noise and some holes, in several forms.
        struct Disk {
            let folder: TemporaryFolder
            let raw: [UInt8]

            init(noiseBytes: Int = 3 << 20) throws {
                folder = try TemporaryFolder()
                raw = Sample.bytes(noiseBytes) + [UInt8](repeating: 0, count: 5 << 20)
                _ = try folder.write(raw, to: "disk.raw")
            }

            /// The path of the disk as an image of that format.
            func path(as format: String) throws -> String {
                let path = "\(folder.path)/disk.\(format)"
                guard access(path, F_OK) != 0 else { return path }
                try Self.run("qemu-img", "convert", "-f", "raw", "-O", format, "\(folder.path)/disk.raw", path)
                return path
            }

            /// The path of another file, compressed.
            func compressed(_ path: String, _ form: String) throws -> String {
                let target = "\(path).\(form)"
                guard access(target, F_OK) != 0 else { return target }
                switch form {
                case "gz": try Self.run("gzip", "-kq", path)
                case "xz": try Self.run("xz", "-kq", "-1", path)
                case "zst": try Self.run("zstd", "-kq", path)
                default: try Self.run("python3", "-m", "zipfile", "-c", target, path)
                }
                return target
            }

            /// The disk inside an image.
            func raw(in image: [UInt8], _ format: String) throws -> [UInt8] {
                let path = try folder.write(image, to: "result.\(format)")
                try Self.run("qemu-img", "convert", "-f", format, "-O", "raw", path, "\(path).raw")
                return try contents(of: "\(path).raw")
            }

            static func run(_ words: String...) throws {
                let command = try Command(words[0], Array(words.dropFirst()))
                try #require(command.isSuccess, "\(words): \(command.errors)")
            }
        }

        static func plugins(_ names: String, _ more: [Glimpse.Option] = []) -> [Glimpse.Option] {
            [Glimpse.Option("image_import_opts", "image_import_plugins", names)] + Glimpse.Option.copiesFromLoopback
                + more
        }

        static let both = "[image_decompression, image_conversion]"

        static func image(_ diskFormat: String, _ more: (String, JSONValue)...) -> JSONValue {
            var object = JSONObject()
            object.append("disk_format", .string(diskFormat))
            object.append("container_format", .string("bare"))
            for (name, value) in more { object.append(name, value) }
            return .object(object)
        }

        /// Imports staged data and waits for the end.
        static func importStaged(
            _ data: [UInt8], as diskFormat: String, _ client: Client, ends status: String = "active"
        ) throws -> String {
            let id = try client.v2Make(image(diskFormat))
            try client.v2Stage(id, data).expect(204)
            try client.v2ImportStaged(id).expect(202)
            try client.v2Expect(status, id)
            return id
        }

        /// Expects that the tenant has nothing but these bytes, and nothing under way.
        static func expectUsage(_ glimpse: Glimpse, bytes: Int) throws {
            let count = try Command(
                "sqlite3",
                [
                    "-readonly", "\(glimpse.folder.path)/glance.sqlite",
                    "SELECT bytes_stored, bytes_reserved, bytes_staged, uploads_in_flight FROM usage WHERE owner = 'lab'",
                ])
            #expect(count.output == "\(bytes)|0|0|0\n", "\(count.errors)")
        }

        static func message(of id: String, _ client: Client) throws -> String {
            #expect(try eventually { try client.v2Tasks(id).last?["status"]?.string == "failure" })
            return try client.v2Tasks(id).last?["message"]?.string ?? ""
        }

        /// A program in qemu-img's place.
        static func program(_ script: String, in folder: TemporaryFolder) throws -> String {
            let path = try folder.write("#!/bin/sh\n\(script)\n", to: "program-\(UInt64.random(in: 0...(.max)))")
            chmod(path, 0o755)
            return path
        }

        // MARK: Decompression

        @Test("compressed data, staged and from a web server", arguments: ["gz", "xz", "zst", "zip"])
        func decompression(form: String) throws {
            let disk = try Disk()
            let qcow2 = try disk.path(as: "qcow2")
            let (data, compressed) = (try contents(of: qcow2), try contents(of: disk.compressed(qcow2, form)))
            try #require(compressed != data)
            let source = try WebSource(compressed)
            defer { source.close() }
            try Glimpse.run(Self.plugins("image_decompression")) { glimpse in
                let client = glimpse.client
                let staged = try Self.importStaged(compressed, as: "qcow2", client)
                let fetched = try client.v2Make(Self.image("qcow2"))
                try client.v2WebDownload(fetched, source.url).expect(202)
                try client.v2Expect("active", fetched)
                for id in [staged, fetched] {
                    let image = try client.v2Image(id)
                    #expect(image["size"]?.int == Int64(data.count) && image["disk_format"]?.string == "qcow2")
                    #expect(image["virtual_size"]?.int == Int64(disk.raw.count))
                    #expect(image["checksum"]?.string == (try Sample.md5(ofFile: qcow2)))
                    try client.expectImage(id, data)
                }
                try glimpse.expectBlobs([staged, fetched])
                try Self.expectUsage(glimpse, bytes: 2 * data.count)
            }
        }

        @Test func whatIsNotImportedStaysCompressed() throws {
            let disk = try Disk()
            let compressed = try contents(of: disk.compressed("\(disk.folder.path)/disk.raw", "gz"))
            let source = try WebSource(compressed)
            defer { source.close() }
            let containers = Glimpse.Option("image_format", "container_formats", "bare,compressed")
            try Glimpse.run(Self.plugins("image_decompression", [containers])) { glimpse in
                let client = glimpse.client
                let uploaded = try client.v2Make(Self.image("raw"))
                try client.v2Upload(uploaded, compressed).expect(204)
                let first = try client.createImage(compressed)
                let copied = try client.reserveImage([("x-glance-api-copy-from", source.url)])
                try client.v2Expect("active", copied)
                let asIs = try client.v2Make(["disk_format": "raw", "container_format": "compressed"])
                try client.v2Stage(asIs, compressed).expect(204)
                try client.v2ImportStaged(asIs).expect(202)
                try client.v2Expect("active", asIs)
                for id in [uploaded, first, copied, asIs] { try client.expectImage(id, compressed) }
            }
        }

        @Test func aBombIsRefusedInFlatMemory() throws {
            // 64 MiB of zeros over and over: 10 GiB.
            let folder = try TemporaryFolder()
            try Disk.run("sh", "-c", "head -c 67108864 /dev/zero | gzip -9 >\(folder.path)/bomb")
            let member = try contents(of: "\(folder.path)/bomb")
            let bomb = Array((0..<160).map { _ in member }.joined())
            try #require(bomb.count < 12 << 20)
            for bound in [
                Glimpse.Option("DEFAULT", "image_size_cap", "100MB"),
                Glimpse.Option("quota", "image_size_total", "100"),
                Glimpse.Option("DEFAULT", "user_storage_quota", "100MB"),
            ] {
                try Glimpse.run(Self.plugins("image_decompression", [bound])) { glimpse in
                    let client = glimpse.client
                    let id = try Self.importStaged(bomb, as: "raw", client, ends: "queued")
                    let message = try Self.message(of: id, client)
                    #expect(message.contains("100 MiB") || message.contains("104857600"), "\(message)")
                    try glimpse.expectBlobs([])
                    try Self.expectUsage(glimpse, bytes: 0)
                    if !Executables.areSanitized { #expect(try glimpse.api.residentBytesMax() < 150 << 20) }
                }
            }
        }

        @Test func brokenDataFailTheImport() throws {
            let disk = try Disk()
            let compressed = try contents(of: disk.compressed("\(disk.folder.path)/disk.raw", "gz"))
            var corrupt = compressed
            corrupt[corrupt.count / 2] ^= 0xFF
            let lha = Array("..-lh5-".utf8) + Sample.bytes(1000)
            try Glimpse.run(Self.plugins("image_decompression")) { glimpse in
                let client = glimpse.client
                let cases = [
                    (Array(compressed.dropLast(100)), "truncated"), (corrupt, "corrupt"),
                    (lha, "LHA archives are not read"),
                ]
                for (data, reason) in cases {
                    let id = try Self.importStaged(data, as: "raw", client, ends: "queued")
                    let message = try Self.message(of: id, client)
                    #expect(message.contains(reason), "\(message)")
                    #expect(try client.v2Image(id)["os_glance_failed_import"]?.string == "file")
                }
                try glimpse.expectBlobs([])
                try Self.expectUsage(glimpse, bytes: 0)
            }
        }

        // MARK: Properties

        @Test func importedImagesGetTheOperatorsProperties() throws {
            let options = [
                Glimpse.Option("inject_metadata_properties", "inject", "\"imported\":\"yes\", os_type:linux, note:a,b"),
                Glimpse.Option("inject_metadata_properties", "ignore_user_roles", "admin"),
            ]
            let source = try WebSource([1, 2, 3])
            defer { source.close() }
            try Glimpse.run(Self.plugins("inject_image_metadata", options)) { glimpse in
                for (client, isInjected) in [(glimpse.client, true), (glimpse.admin, false)] {
                    let id = try client.v2Make(Self.image("raw", ("os_type", "bsd"), ("mine", "too")))
                    try client.v2WebDownload(id, source.url).expect(202)
                    try client.v2Expect("active", id)
                    let image = try client.v2Image(id)
                    #expect(image["imported"]?.string == (isInjected ? "yes" : nil))
                    #expect(image["note"]?.string == (isInjected ? "a,b" : nil))
                    #expect(image["os_type"]?.string == (isInjected ? "linux" : "bsd"))
                    #expect(image["mine"]?.string == "too")
                }
                let uploaded = try glimpse.client.v2Make(Self.image("raw"))
                try glimpse.client.v2Upload(uploaded, [1]).expect(204)
                #expect(try glimpse.client.v2Image(uploaded)["imported"] == nil)
            }
        }

        // MARK: The glance command

        @Test func glanceImageCreateViaImport() throws {
            let disk = try Disk()
            let compressed = try disk.compressed(disk.path(as: "qcow2"), "xz")
            let source = try WebSource(try contents(of: compressed))
            defer { source.close() }
            try Glimpse.run(Self.plugins(Self.both)) { glimpse in
                let terminal = try Terminal()
                for way in [
                    ["--import-method", "glance-direct", "--file", compressed],
                    ["--import-method", "web-download", "--uri", source.url],
                ] {
                    let created = try Command(
                        Executables.client("glance"),
                        [
                            "--os-image-api-version", "2", "--os-image-url", "http://127.0.0.1:\(glimpse.api.port)",
                            "--os-auth-token", glimpse.client.token, "image-create-via-import", "--name", "disk",
                            "--disk-format", "qcow2", "--container-format", "bare",
                        ] + way, environment: ["HOME": glimpse.folder.path], input: terminal.path)
                    try #require(created.isSuccess, "\(created.errors)")
                    let line = try #require(created.output.split(separator: "\n").first { $0.hasPrefix("| id ") })
                    let id = try #require(line.split(separator: "|").last).trimmingPrefix(" ").prefix(36)
                    try glimpse.client.v2Expect("active", String(id))
                    try glimpse.client.expectImage(String(id), disk.raw)
                }
            }
        }
    }
}
