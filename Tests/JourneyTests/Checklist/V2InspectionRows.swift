import JSONText
import Testing

extension Glimpse {
    /// An image that qemu-img makes.
    fileprivate func disk(_ format: String, _ more: [String] = [], megabytes: Int = 4) throws -> [UInt8] {
        let path = "\(folder.path)/\(freshID()).\(format)"
        let made = try Command("qemu-img", ["create", "-q", "-f", format] + more + [path, "\(megabytes)M"])
        try #require(made.isSuccess, "\(made.errors)")
        return try contents(of: path)
    }
}

extension Client {
    fileprivate func reserve(_ disk: String, _ container: String = "bare") throws -> String {
        try make(["disk_format": disk, "container_format": container])
    }
}

extension Journeys.ImageRows {
    /// What the bytes are, against what the image says.
    @Suite struct V2Inspection {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0382] bytes that are not what disk_format says", arguments: ["qcow2", "vmdk", "iso"])
        func mismatch(format: String) throws {
            let owner = glimpse.newProject()
            let id = try owner.reserve(format)
            let text = "Image disk_format \(format) does not match stream data raw"
            try owner.v2Upload(id, Sample.bytes(100_000)).expect(415, text)
            try owner.v2ExpectQueued(id)
            #expect(try !glimpse.blobs().contains(id))
            // v1 takes what it is given, as ever.
            #expect(try owner.upload(Sample.bytes(1000), to: id).status == 200)
        }

        @Test("[V2-0383, V2-0384] a raw disk may hold anything, and so may what is packed")
        func anything() throws {
            let owner = glimpse.newProject()
            let disk = try glimpse.disk("qcow2")
            for (format, container) in [("raw", "bare"), ("vhd", "ovf"), ("qcow2", "bare")] {
                let id = try owner.reserve(format, container)
                try owner.v2Upload(id, disk).expect(204)
                let size = try owner.v2Image(id)["virtual_size"]
                let expected: [String: JSONValue] = [
                    "raw": .int(Int64(disk.count)), "vhd": .null, "qcow2": .int(4 << 20),
                ]
                #expect(size == expected[format], "\(format)")
            }
        }

        @Test("[V2-0386] a disk with a backing file")
        func backingFile() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserve("qcow2")
            let disk = try glimpse.disk("qcow2", ["-u", "-b", "/etc/passwd", "-F", "raw"])
            try owner.v2Upload(id, disk).expect(415)
            try owner.v2ExpectQueued(id)
        }

        @Test("imports are looked at, too: staged data with the formats that the image has then")
        func imports() throws {
            let owner = glimpse.newProject()
            let data = Sample.bytes(100_000)
            let staged = try owner.reserve("qcow2")
            try owner.v2Stage(staged, data).expect(204)
            try owner.v2ImportStaged(staged).expect(202)
            let source = try WebSource(data)
            defer { source.close() }
            let fetched = try owner.reserve("qcow2")
            try owner.v2WebDownload(fetched, source.url).expect(202)
            for id in [staged, fetched] {
                #expect(try eventually { try owner.v2Tasks(id).first?["status"]?.string == "failure" })
                #expect(
                    try owner.v2Tasks(id).first?["message"]?.string
                        == "Image disk_format qcow2 does not match stream data raw")
                try owner.v2ExpectQueued(id)
                #expect(try !glimpse.blobs().contains(id))
            }
            let disk = try glimpse.disk("qcow2")
            try owner.v2Stage(staged, disk).expect(204)
            try owner.v2ImportStaged(staged).expect(202)
            try owner.v2Expect("active", staged)
            #expect(try owner.v2Image(staged)["virtual_size"]?.int == 4 << 20)
        }
    }
}

extension Journeys {
    /// Where bytes need not be what an image says.
    @Suite(
        .sharingDaemons([
            Glimpse.Option("image_format", "require_image_format_match", "False"),
            Glimpse.Option("DEFAULT", "enabled_import_methods", "web-download"),
        ]))
    struct V2FreeFormatRows {
        let glimpse: Glimpse

        init() throws { glimpse = try Glimpse.shared }

        @Test("[V2-0385] other bytes are taken, but none that are a danger")
        func mismatch() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserve("qcow2")
            try owner.v2Upload(id, Sample.bytes(1000)).expect(204)
            let danger = try owner.reserve("qcow2")
            let disk = try glimpse.disk("qcow2", ["-u", "-b", "/etc/passwd", "-F", "raw"])
            try owner.v2Upload(danger, disk).expect(415)
        }

        @Test("[V2-0503] nothing is staged where it can't be imported")
        func noStaging() throws {
            let owner = glimpse.newProject()
            let id = try owner.reserveImage()
            try owner.v2Stage(id, [1]).expect(404, "'glance-direct' method is not available at this site.")
            try owner.v2ImportStaged(id).expect(400, "Unknown import method name 'glance-direct'.")
        }
    }
}
