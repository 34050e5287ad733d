import JSONText
import Testing

extension Journeys.ImageRows {
    /// What v1 tells of the disk in an image: it refuses no bytes, but knows their size where they are what they should
    /// be.
    @Suite struct VirtualSizes {
        private static func image(_ diskFormat: String, container: String = "bare") -> [(String, String)] {
            [
                ("x-image-meta-name", diskFormat), ("x-image-meta-disk_format", diskFormat),
                ("x-image-meta-container_format", container), ("Content-Type", "application/octet-stream"),
            ]
        }

        private static let disks: [(diskFormat: String, qemu: [String])] = [
            ("raw", ["raw"]), ("qcow2", ["qcow2", "-o", "compat=0.10"]), ("qcow2", ["qcow2", "-o", "compat=1.1"]),
            ("vdi", ["vdi"]), ("vhd", ["vpc", "-o", "subformat=dynamic,force_size=on"]), ("vhdx", ["vhdx"]),
            ("vmdk", ["vmdk", "-o", "subformat=monolithicSparse"]),
            ("vmdk", ["vmdk", "-o", "subformat=streamOptimized"]),
        ]

        @Test("disks as qemu-img makes them", arguments: disks.indices)
        func asMadeByQEMU(index: Int) throws {
            let (diskFormat, qemu) = Self.disks[index]
            let glimpse = try Glimpse.shared
            let folder = try TemporaryFolder()
            let path = "\(folder.path)/disk"
            let raw = try folder.write(Sample.bytes(1 << 20) + [UInt8](repeating: 0, count: 3 << 20), to: "raw")
            let made = try Command("qemu-img", ["convert", "-f", "raw", "-O"] + qemu + [raw, path])
            try #require(made.isSuccess, "\(made.errors)")
            let owner = glimpse.newProject()
            let answer = try owner.send(
                "POST", "/v1/images", Self.image(diskFormat), body: .bytes(try contents(of: path)))
            #expect(answer.status == 201, "\(answer.text)")
            #expect(answer.image?["virtual_size"]?.int == 4 << 20)
        }

        @Test(
            "bytes that are something else",
            arguments: [("qcow2", "bare", nil), ("ami", "ami", nil), ("raw", "ovf", nil), ("raw", "bare", 700)])
        func others(diskFormat: String, container: String, virtualSize: Int?) throws {
            let owner = try Glimpse.shared.newProject()
            let fields = Self.image(diskFormat, container: container)
            let answer = try owner.send("POST", "/v1/images", fields, body: .bytes(Sample.bytes(700)))
            #expect(answer.status == 201, "\(answer.text)")
            #expect(answer.image?["virtual_size"] == (virtualSize.map { .int(Int64($0)) } ?? .null))
        }
    }
}
