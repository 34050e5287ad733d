import ImageInspection

/// Bytes to be written into at offsets.
struct Bytes {
    private(set) var bytes: [UInt8]

    init(count: Int) { bytes = [UInt8](repeating: 0, count: count) }

    mutating func put(_ values: [UInt8], at offset: Int) {
        bytes.replaceSubrange(offset..<offset + values.count, with: values)
    }

    mutating func put(_ text: String, at offset: Int) { put(Array(text.utf8), at: offset) }

    mutating func putBigEndian<Integer: FixedWidthInteger>(_ value: Integer, at offset: Int) {
        withUnsafeBytes(of: value.bigEndian) { put(Array($0), at: offset) }
    }

    mutating func putLittleEndian<Integer: FixedWidthInteger>(_ value: Integer, at offset: Int) {
        withUnsafeBytes(of: value.littleEndian) { put(Array($0), at: offset) }
    }
}

/// Small images of each format, made here.
enum Samples {
    static func bytes(_ count: Int, _ fill: (inout Bytes) -> Void) -> [UInt8] {
        var bytes = Bytes(count: count)
        fill(&bytes)
        return bytes.bytes
    }

    static func qcow2(
        version: UInt32 = 3, size: UInt64 = 1 << 30, backingFileOffset: UInt64 = 0, features: UInt64 = 0,
        count: Int = 1024
    ) -> [UInt8] {
        bytes(count) {
            $0.put([0x51, 0x46, 0x49, 0xFB], at: 0)
            $0.putBigEndian(version, at: 4)
            $0.putBigEndian(backingFileOffset, at: 8)
            $0.putBigEndian(size, at: 24)
            $0.putBigEndian(features, at: 72)
        }
    }

    static let qed = bytes(1024) { $0.put([0x51, 0x45, 0x44, 0], at: 0) }

    static func vdi(size: UInt64 = 5 << 20) -> [UInt8] {
        bytes(1024) {
            $0.put("<<< Oracle VM VirtualBox Disk Image >>>\n", at: 0)
            $0.putLittleEndian(UInt32(0xBEDA_107F), at: 0x40)
            $0.putLittleEndian(size, at: 0x170)
        }
    }

    static func vhd(size: UInt64 = 7 << 20, count: Int = 1024) -> [UInt8] {
        bytes(count) {
            $0.put("conectix", at: 0)
            $0.putBigEndian(size, at: 40)
        }
    }

    static func vhdx(
        size: UInt64 = 9 << 20, metadataOffset: UInt64 = 1 << 20, regions: UInt32 = 2, entries: UInt16 = 3,
        itemOffset: UInt32 = 64 << 10, itemBytes: UInt32 = 8
    ) -> [UInt8] {
        let metadata = 1 << 20
        return bytes(metadata + (64 << 10) + 512) {
            $0.put("vhdxfile", at: 0)
            let table = 192 << 10
            $0.put("regi", at: table)
            $0.putLittleEndian(regions, at: table + 8)
            $0.put([UInt8](repeating: 1, count: 16), at: table + 16)
            let entry = table + 16 + 32
            $0.put([0x06, 0xA2, 0x7C, 0x8B, 0x90, 0x47, 0x9A, 0x4B], at: entry)
            $0.put([0xB8, 0xFE, 0x57, 0x5F, 0x05, 0x0F, 0x88, 0x6E], at: entry + 8)
            $0.putLittleEndian(metadataOffset, at: entry + 16)
            $0.put("metadata", at: metadata)
            $0.putLittleEndian(entries, at: metadata + 10)
            let item = metadata + 32 + 2 * 32
            $0.put([0x24, 0x42, 0xA5, 0x2F, 0x1B, 0xCD, 0x76, 0x48], at: item)
            $0.put([0xB2, 0x11, 0x5D, 0xBE, 0xD8, 0x3B, 0xF4, 0xB8], at: item + 8)
            $0.putLittleEndian(itemOffset, at: item + 16)
            $0.putLittleEndian(itemBytes, at: item + 20)
            $0.putLittleEndian(size, at: metadata + (64 << 10))
        }
    }

    static func iso(blocks: UInt32 = 300, identifier: String = "CD001", type: UInt8 = 1) -> [UInt8] {
        bytes(40 << 10) {
            let descriptor = 32 << 10
            $0.put([type], at: descriptor)
            $0.put(identifier, at: descriptor + 1)
            $0.putLittleEndian(blocks, at: descriptor + 80)
            $0.putLittleEndian(UInt16(2048), at: descriptor + 128)
        }
    }

    struct Partition {
        var index = 0
        var boot: UInt8 = 0
        var start: [UInt8] = [0, 2, 0]
        var type: UInt8 = 0xEE
        var address: UInt32 = 1
    }

    static func partitionTable(_ partitions: [Partition] = [Partition()], count: Int = 2048) -> [UInt8] {
        bytes(count) {
            for partition in partitions {
                let entry = 446 + 16 * partition.index
                $0.put([partition.boot] + partition.start + [partition.type], at: entry)
                $0.putLittleEndian(partition.address, at: entry + 8)
            }
            $0.put([0x55, 0xAA], at: 510)
        }
    }

    static func luks(version: UInt16 = 1, payloadSectors: UInt32 = 4, count: Int = 4096) -> [UInt8] {
        bytes(count) {
            $0.put([0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE], at: 0)
            $0.putBigEndian(version, at: 6)
            $0.putBigEndian(payloadSectors, at: 104)
        }
    }

    static let descriptor = """
        # Disk DescriptorFile
        version=1
        CID=4ad6f4a1
        createType="monolithicSparse"

        # Extent description
        RW 2048 SPARSE "disk.vmdk"

        ddb.adapterType = "ide"

        """

    static func vmdk(
        _ descriptor: String = descriptor, version: UInt32 = 1, sectors: UInt64 = 2048, descriptorSector: UInt64 = 1,
        descriptorSectors: UInt64 = 4, grainDirectory: UInt64 = 21, count: Int = 8192
    ) -> [UInt8] {
        bytes(count) {
            $0.put(
                sparseHeader(
                    version: version, sectors: sectors, descriptorSector: descriptorSector,
                    descriptorSectors: descriptorSectors, grainDirectory: grainDirectory), at: 0)
            $0.put(descriptor, at: 512)
        }
    }

    static func sparseHeader(
        version: UInt32 = 3, sectors: UInt64 = 2048, descriptorSector: UInt64 = 1, descriptorSectors: UInt64 = 4,
        grainDirectory: UInt64 = .max
    ) -> [UInt8] {
        bytes(512) {
            $0.put("KDMV", at: 0)
            $0.putLittleEndian(version, at: 4)
            $0.putLittleEndian(sectors, at: 12)
            $0.putLittleEndian(descriptorSector, at: 28)
            $0.putLittleEndian(descriptorSectors, at: 36)
            $0.putLittleEndian(grainDirectory, at: 56)
        }
    }

    /// Ends in a footer with its two markers.
    static func streamOptimized(
        footer: [UInt8] = sparseHeader(grainDirectory: 30), marker: UInt8 = 3, end: UInt8 = 0
    ) -> [UInt8] {
        let text = descriptor.replacing("monolithicSparse", with: "streamOptimized")
        var image = vmdk(text, version: 3, grainDirectory: .max)
        image += bytes(512) { $0.put([marker], at: 12) }
        image += footer
        image += bytes(512) { $0.put([end], at: 12) }
        return image
    }

    /// One of each, and what it is.
    static let all: [(bytes: [UInt8], format: ContentFormat, size: VirtualSize)] = [
        ([UInt8](repeating: 7, count: 100_000), .raw, .bytes(100_000)),
        (qcow2(), .qcow2, .bytes(1 << 30)),
        (qcow2(version: 2), .qcow2, .bytes(1 << 30)),
        (qed, .qed, .unknown),
        (vdi(), .vdi, .bytes(5 << 20)),
        (vhd(), .vhd, .bytes(7 << 20)),
        (vhdx(), .vhdx, .bytes(9 << 20)),
        (iso(), .iso, .bytes(300 * 2048)),
        (iso(identifier: "NSR02"), .iso, .bytes(300 * 2048)),
        (iso(identifier: "NSR03", type: 2), .iso, .unknown),
        (partitionTable(), .gpt, .bytes(2048)),
        (luks(), .luks, .bytes(2048)),
        (vmdk(), .vmdk, .bytes(1 << 20)),
        (streamOptimized(), .vmdk, .bytes(1 << 20)),
        (Array((descriptor + descriptor).utf8), .vmdk, .unreadable),
    ]
}

extension String {
    func replacing(_ part: String, with other: String) -> String {
        var rest = self[...]
        var result = ""
        while !rest.isEmpty {
            if rest.hasPrefix(part) {
                result += other
                rest = rest.dropFirst(part.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result
    }
}

extension [UInt8] {
    func head(_ count: Int) -> [UInt8] { Array(prefix(count)) }
}

/// Feeds pieces that end at the cuts.
func inspect(_ bytes: [UInt8], cuts: [Int] = []) -> InspectionVerdict {
    var inspector = ImageInspector()
    bytes.withUnsafeBytes { buffer in
        var start = 0
        for end in cuts + [bytes.count] {
            inspector.feed(UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
            start = end
        }
    }
    return inspector.finish()
}

func inspect(_ bytes: [UInt8], pieceBytes: Int) -> InspectionVerdict {
    inspect(bytes, cuts: Array(stride(from: pieceBytes, to: bytes.count, by: pieceBytes)))
}

extension InspectionVerdict {
    var failedChecks: [SafetyFailure.Check] { matches.flatMap(\.failures).map(\.check) }
}
