import ImageInspection
import Testing

struct SafetyTests {
    struct Flawed: CustomTestStringConvertible {
        let image: [UInt8]
        let checks: [SafetyFailure.Check]

        init(_ image: [UInt8], _ checks: [SafetyFailure.Check]) {
            (self.image, self.checks) = (image, checks)
        }

        var testDescription: String { "\(image.count) bytes, \(checks)" }
    }

    private static let flawedHeaders: [Flawed] = [
        .init(Samples.qcow2(features: 0b1011), []), .init(Samples.qcow2(backingFileOffset: 1), [.backingFile]),
        .init(Samples.qcow2(backingFileOffset: .max), [.backingFile]),
        .init(Samples.qcow2(features: 0b100), [.dataFile]),
        .init(Samples.qcow2(features: 0b1_0000), [.unknownFeatures]),
        .init(Samples.qcow2(features: 1 << 63), [.unknownFeatures]),
        .init(Samples.qcow2(backingFileOffset: 9, features: .max), [.backingFile, .dataFile, .unknownFeatures]),
        .init(Samples.qcow2(version: 1), [.unknownFeatures]), .init(Samples.qcow2(version: 4), [.unknownFeatures]),
        .init(Samples.qcow2(version: 2, features: 0xFF00), []), .init(Samples.qed, [.banned]),
        .init(Samples.luks(version: 2), [.version]), .init(Samples.luks(), []),
    ]

    @Test(arguments: flawedHeaders)
    func headers(sample: Flawed) {
        #expect(inspect(sample.image).failedChecks == sample.checks)
    }

    private static let partitionTables: [Flawed] = [
        .init(Samples.partitionTable([.init()]), []), .init(Samples.partitionTable([.init(type: 0x83)]), []),
        .init(Samples.partitionTable([.init(boot: 0x80, type: 7)]), []),
        .init(Samples.partitionTable([.init(index: 3, type: 0x83), .init(index: 1, type: 0x82)]), []),
        .init(Samples.partitionTable([]), [.mbr]),
        .init(Samples.partitionTable([.init(boot: 1, type: 0x83)]), [.mbr]),
        .init(Samples.partitionTable([.init(index: 2, boot: 0x7F, type: 0)]), [.mbr]),
        .init(Samples.partitionTable([.init(start: [0, 1, 0])]), [.mbr]),
        .init(Samples.partitionTable([.init(address: 0)]), [.mbr]),
        .init(Samples.partitionTable([.init(index: 1)]), [.mbr]),
        .init(Samples.partitionTable([.init(), .init(index: 3, type: 0xEF)]), [.mbr]),
    ]

    @Test(arguments: partitionTables)
    func partitions(sample: Flawed) {
        let verdict = inspect(sample.image)
        #expect(verdict.finding?.format == .gpt)
        #expect(verdict.failedChecks == sample.checks)
    }

    @Test func bootSectorOfFAT() {
        var image = Bytes(count: 1024)
        image.put(Samples.partitionTable(count: 1024), at: 0)
        image.put([2], at: 0x10)
        #expect(inspect(image.bytes).finding?.format == .gpt)
        image.put([0xF8], at: 0x15)
        #expect(inspect(image.bytes).finding?.format == .raw)
    }

    private static let descriptorTexts: [(String, Bool)] = [
        ("createType=\"streamOptimized\"\nRDONLY 1 SPARSE \"a\"", true),
        ("CREATETYPE=\"MONOLITHICSPARSE\"\r\n  NOACCESS 1 ZERO  \r\n\t# x y\r\nddb x y\r\n\r\n", true),
        ("createType=\"monolithicFlat\"\nRW 1 FLAT \"a\" 0", false),
        ("createType=\"twoGbMaxExtentSparse\"\nRW 1 SPARSE \"a\"", false),
        ("createType=\"vmfs\"\nRW 1 VMFS \"a\"", false), ("createType=\"\"\nRW 1 SPARSE \"a\"", false),
        ("createType=\"monolithicSparse", false), ("RW 1 SPARSE \"a\"", false), ("", false),
        ("createType=\"monolithicSparse\"\n", false),
        ("createType=\"monolithicSparse\"\nRW 1 FLAT \"/etc/passwd\" 0", false),
        ("createType=\"monolithicSparse\"\nRW 1 FLAT \"../b\" 0", false),
        ("createType=\"monolithicSparse\"\nRW 1 SPARSE \"a\"\nRW\t1\tFLAT\t\"/etc/x=y\"\t0", false),
        ("createType=\"monolithicSparse\"\nRW 1 SPARSE \"a\"\nwhat is this", false),
        ("createType=\"monolithicSparse\"\nRW 1 SPARSE \"a\"\na key=1", false),
        ("#createType=\"monolithicSparse\"\ncreateType=\"monolithicFlat\"\nRW 1 SPARSE \"a\"", false),
        ("createType=\"monolithicSparse\"\nRW 1 SPARSE \"\u{E9}\"", false),
    ]

    @Test(arguments: descriptorTexts)
    func descriptors(text: String, isSafe: Bool) {
        let verdict = inspect(Samples.vmdk(text))
        #expect(verdict.finding?.format == .vmdk)
        #expect(verdict.failedChecks == (isSafe ? [] : [.descriptor]))
    }

    @Test("a descriptor counts up to its first NUL, and all of it must be there")
    func descriptorEnd() {
        var image = Bytes(count: 8192)
        image.put(Samples.vmdk(), at: 0)
        image.put("what is this", at: 1500)
        #expect(inspect(image.bytes).failedChecks == [])
        for sectors: UInt64 in [16, 1 << 40, .max] {
            let verdict = inspect(Samples.vmdk(descriptorSectors: sectors))
            #expect(verdict.finding?.isComplete == false)
        }
        #expect(inspect(Samples.vmdk(descriptorSectors: .max, count: 512 + (1 << 20))).finding?.isComplete == true)
    }

    private static let brokenSparseHeaders: [[UInt8]] = [
        Samples.vmdk(version: 0), Samples.vmdk(version: 4), Samples.vmdk(descriptorSector: 0),
        Samples.vmdk(descriptorSector: 2), Samples.vmdk(descriptorSector: .max), Samples.vmdk(descriptorSectors: 0),
    ]

    @Test(arguments: brokenSparseHeaders.indices)
    func sparseHeaders(index: Int) {
        let image = Self.brokenSparseHeaders[index]
        #expect(inspect(image).finding?.format == .vmdk)
        #expect(inspect(image).finding?.isComplete == true)
        #expect(inspect(image).failedChecks == [.descriptor])
    }

    private static let brokenFooters: [[UInt8]] = [
        Samples.streamOptimized(footer: [UInt8](repeating: 0, count: 512)),
        Samples.streamOptimized(footer: Samples.sparseHeader(version: 2, grainDirectory: 30)),
        Samples.streamOptimized(footer: Samples.sparseHeader(descriptorSector: 9, grainDirectory: 30)),
        Samples.streamOptimized(footer: Samples.sparseHeader(descriptorSectors: 9, grainDirectory: 30)),
        Samples.streamOptimized(footer: Samples.sparseHeader()), Samples.streamOptimized(marker: 1),
        Samples.streamOptimized(end: 1), Samples.streamOptimized() + [0],
        Samples.vmdk(grainDirectory: .max),
    ]

    @Test("a footer must not say other than the header", arguments: brokenFooters.indices)
    func footers(index: Int) {
        let image = Self.brokenFooters[index]
        for pieceBytes in [100, 511, 1536, 4096, 1 << 20] {
            #expect(inspect(image, pieceBytes: pieceBytes).failedChecks == [.footer])
        }
    }

    @Test("a descriptor of a great many lines")
    func manyLines() {
        let text = Samples.descriptor + String(repeating: "a=\n", count: 20_000)
        let image = { Samples.vmdk($0, descriptorSectors: 200, count: 512 + 200 * 512) }
        #expect(inspect(image(text), pieceBytes: 1000).failedChecks == [])
        #expect(inspect(image(text + "a b"), pieceBytes: 1000).failedChecks == [.descriptor])
    }

    @Test("text is a VMDK only with a createType")
    func texts() {
        let text = Array(String(repeating: "Lorem ipsum dolor sit amet\n", count: 60_000).utf8)
        #expect(inspect(text).finding?.format == .raw)
        let flat = Array("# Disk DescriptorFile\ncreateType=\"monolithicFlat\"\nRW 1 FLAT \"/etc/passwd\" 0\n".utf8)
        #expect(inspect(flat).failedChecks == [.descriptor])
        // Where others have stopped looking.
        #expect(inspect(text.head(100_000) + flat).failedChecks == [.descriptor])
        #expect(inspect(text.head(1000) + Array("\u{E9}".utf8) + flat).failedChecks == [.descriptor])
        #expect(inspect(text.head(1000) + [0] + flat).finding?.format == .raw)
        #expect(inspect(text.head((1 << 20) - 1) + flat).finding?.format == .raw)
    }
}
