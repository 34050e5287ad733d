import Glibc
import JSONText
import Testing

/// What `image_conversion` makes of imported data.
extension Journeys.ImportPlugins {
    @Test(
        "from one format to another",
        arguments: [
            ("qcow2", "raw"), ("raw", "qcow2"), ("vmdk", "raw"), ("vhdx", "qcow2"), ("vdi", "vmdk"), ("vpc", "raw"),
        ])
    func conversion(from format: String, to target: String) throws {
        let disk = try Disk()
        let path = try disk.path(as: format)
        let source = try WebSource(try contents(of: disk.compressed(path, "gz")))
        defer { source.close() }
        let output = Glimpse.Option("image_conversion", "output_format", target)
        try Glimpse.run(Self.plugins(Self.both, [output])) { glimpse in
            let client = glimpse.client
            let diskFormat = format == "vpc" ? "vhd" : format
            let staged = try Self.importStaged(try contents(of: path), as: diskFormat, client)
            let fetched = try client.v2Make(Self.image(diskFormat))
            try client.v2WebDownload(fetched, source.url).expect(202)
            try client.v2Expect("active", fetched)
            var bytes = 0
            for id in [staged, fetched] {
                let image = try client.v2Image(id)
                let data = try client.v2Download(id).body
                bytes += data.count
                #expect(image["disk_format"]?.string == target && image["container_format"]?.string == "bare")
                #expect(image["size"]?.int == Int64(data.count))
                let file = try disk.folder.write(data, to: "download")
                #expect(image["checksum"]?.string == (try Sample.md5(ofFile: file)))
                let raw = try disk.raw(in: data, target)
                #expect(image["virtual_size"]?.int == Int64(raw.count))
                // Virtual PC's disks are whole cylinders.
                #expect(raw.starts(with: disk.raw) && (format == "vpc" || raw.count == disk.raw.count))
            }
            try glimpse.expectBlobs([staged, fetched])
            try Self.expectUsage(glimpse, bytes: bytes)
        }
    }

    @Test func aLongImageIsReadAsItWasWritten() throws {
        // Long enough to be written past the page cache, and ragged at the end.
        let disk = try Disk(noiseBytes: (40 << 20) + 1536)
        let compressed = try contents(of: disk.compressed(disk.path(as: "qcow2"), "zst"))
        try Glimpse.run(Self.plugins(Self.both)) { glimpse in
            let id = try Self.importStaged(compressed, as: "qcow2", glimpse.client)
            try glimpse.client.expectImage(id, disk.raw)
            try Self.expectUsage(glimpse, bytes: disk.raw.count)
        }
    }

    @Test func whatIsSoAlreadyAndWhatIsAnISOImageStayAsTheyAre() throws {
        let disk = try Disk()
        var iso = [UInt8](repeating: 0, count: 64 << 10)
        iso.replaceSubrange((32 << 10)..<(32 << 10) + 6, with: [1] + Array("CD001".utf8))
        iso.replaceSubrange((32 << 10) + 80..<(32 << 10) + 84, with: [32, 0, 0, 0])
        iso.replaceSubrange((32 << 10) + 128..<(32 << 10) + 130, with: [0, 8])
        try Glimpse.run(Self.plugins(Self.both)) { glimpse in
            let client = glimpse.client
            let raw = try Self.importStaged(disk.raw, as: "raw", client)
            try client.expectImage(raw, disk.raw)
            let boot = try Self.importStaged(iso, as: "iso", client)
            try client.expectImage(boot, iso)
            #expect(try client.v2Image(boot)["disk_format"]?.string == "iso")
            try Self.expectUsage(glimpse, bytes: disk.raw.count + iso.count)
        }
    }

    @Test func nothingThatPointsElsewhereIsConverted() throws {
        let disk = try Disk()
        let base = try disk.path(as: "qcow2")
        let child = "\(disk.folder.path)/child.qcow2"
        try Disk.run("qemu-img", "create", "-q", "-f", "qcow2", "-b", base, "-F", "qcow2", child)
        let outside = "\(disk.folder.path)/outside.qcow2"
        try Disk.run(
            "qemu-img", "create", "-q", "-f", "qcow2", "-o", "data_file=\(disk.folder.path)/data", outside, "1M")
        let program = try Self.program(
            "echo called >>\(disk.folder.path)/calls; exec qemu-img \"$@\"", in: disk.folder)
        try Glimpse.run(
            Self.plugins(Self.both, [Glimpse.Option("image_conversion", "qemu_img", program)])
        ) { glimpse in
            let client = glimpse.client
            let cases = [
                (child, "qcow2", "backing file"), (outside, "qcow2", "another file"),
                (base, "raw", "does not match"), (base, "vmdk", "does not match"),
            ]
            for (path, diskFormat, reason) in cases {
                let id = try Self.importStaged(try contents(of: path), as: diskFormat, client, ends: "queued")
                let message = try Self.message(of: id, client)
                #expect(message.contains(reason), "\(message)")
            }
            #expect(access("\(disk.folder.path)/calls", F_OK) != 0)
            try glimpse.expectBlobs([])
            try Self.expectUsage(glimpse, bytes: 0)
        }
    }

    @Test func aDiskThatDoesNotFitIsRefused() throws {
        let folder = try TemporaryFolder()
        let huge = "\(folder.path)/huge.qcow2"
        try Disk.run("qemu-img", "create", "-q", "-f", "qcow2", huge, "1T")
        let data = try contents(of: huge)
        for bound in [
            Glimpse.Option("DEFAULT", "image_size_cap", "100MB"),
            Glimpse.Option("quota", "image_size_total", "100"),
        ] {
            try Glimpse.run(Self.plugins(Self.both, [bound])) { glimpse in
                let client = glimpse.client
                let id = try Self.importStaged(data, as: "qcow2", client, ends: "queued")
                let message = try Self.message(of: id, client)
                #expect(message.contains("100 MiB") || message.contains("104857600"), "\(message)")
                try glimpse.expectBlobs([])
                try Self.expectUsage(glimpse, bytes: 0)
            }
        }
    }

    @Test func whatTheProgramSaysIsToldAndItsTimeIsBounded() throws {
        let disk = try Disk()
        let data = try contents(of: try disk.path(as: "qcow2"))
        let broken = try Self.program("echo 'no more\nof this' >&2; exit 1", in: disk.folder)
        let cases = [
            (broken, "qemu-img can't convert the image: no more of this"),
            (try Self.program("sleep 100", in: disk.folder), "the conversion took longer than 1 seconds"),
            ("no-qemu-img", "needs the program no-qemu-img"),
        ]
        for (program, reason) in cases {
            let options = [
                Glimpse.Option("image_conversion", "qemu_img", program),
                Glimpse.Option("image_conversion", "timeout", "1"),
            ]
            try Glimpse.run(Self.plugins(Self.both, options)) { glimpse in
                let client = glimpse.client
                let id = try Self.importStaged(data, as: "qcow2", client, ends: "queued")
                let message = try Self.message(of: id, client)
                #expect(message.contains(reason), "\(message)")
                if program == "no-qemu-img" { #expect(glimpse.api.log.contains(reason), "no warning") }
                try glimpse.expectBlobs([])
                try Self.expectUsage(glimpse, bytes: 0)
            }
        }
    }
}
