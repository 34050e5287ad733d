import ImageInspection
import Testing

struct ImageInspectorTests {
    @Test("each format is seen, with its size", arguments: Samples.all.indices)
    func formats(index: Int) {
        let sample = Samples.all[index]
        let verdict = inspect(sample.bytes)
        #expect(verdict.totalBytes == Int64(sample.bytes.count))
        #expect(verdict.finding?.format == sample.format)
        #expect(verdict.finding?.virtualSize == sample.size)
        #expect(verdict.finding?.isComplete == true)
    }

    @Test("the verdict does not depend on where the stream is cut", arguments: Samples.all.indices)
    func cuts(index: Int) {
        let bytes = Samples.all[index].bytes
        let whole = inspect(bytes)
        #expect(inspect(bytes, pieceBytes: 1) == whole)
        for size in [3, 511, 512, 513, 4096, 65_536] { #expect(inspect(bytes, pieceBytes: size) == whole) }
        // Every single cut around what is looked at; not all of them in the big ones.
        let interesting = [32 << 10, 34 << 10, 192 << 10, 256 << 10, 1 << 20, (1 << 20) + (64 << 10), bytes.count]
        let cuts = Set(0..<2600).union(interesting.flatMap { Array($0 - 140...$0 + 140) })
        for cut in cuts where cut <= bytes.count && (bytes.count < 1 << 17 || cut % 7 == 0) {
            #expect(inspect(bytes, cuts: [cut]) == whole, "cut at \(cut)")
        }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let cuts = (0..<8).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
            #expect(inspect(bytes, cuts: cuts) == whole, "cut at \(cuts)")
        }
    }

    @Test("a stream that ends early is judged, too", arguments: Samples.all.indices)
    func truncated(index: Int) {
        let (bytes, format, _) = Samples.all[index]
        let lengths = Set(0..<1100).union([32 << 10, 34 << 10, 200_000, 262_144, 1 << 20, 1_114_112])
        for count in lengths where count < bytes.count {
            let verdict = inspect(Array(bytes[..<count]))
            #expect(verdict.totalBytes == Int64(count))
            #expect([format, .raw].contains(verdict.finding?.format), "ended at \(count)")
        }
    }

    @Test func nothingAtAll() {
        #expect(inspect([]) == InspectionVerdict(totalBytes: 0, matches: []))
        #expect(inspect([]).finding?.format == .raw)
        #expect(inspect([]).finding?.virtualSize == .bytes(0))
    }

    /// Described in a word: the testing library would write out megabytes, in minutes.
    struct CutOff: CustomTestStringConvertible {
        let bytes: [UInt8]
        let format: ContentFormat
        let isComplete: Bool

        init(_ bytes: [UInt8], _ format: ContentFormat, _ isComplete: Bool) {
            (self.bytes, self.format, self.isComplete) = (bytes, format, isComplete)
        }

        var testDescription: String { "\(bytes.count) bytes of \(format)" }
    }

    private static let cutOffs: [CutOff] = [
        .init(Samples.qcow2().head(511), .raw, true), .init(Samples.vdi().head(511), .raw, true),
        .init(Samples.vhd().head(511), .vhd, false), .init(Samples.vhd().head(7), .raw, true),
        .init(Samples.vhdx().head(100), .vhdx, false), .init(Samples.vhdx().head((1 << 20) + 100), .vhdx, false),
        .init(Samples.vmdk().head(63), .vmdk, false), .init(Samples.vmdk().head(2559), .vmdk, false),
        .init(Samples.vmdk().head(2560), .vmdk, true), .init(Samples.luks().head(591), .luks, false),
        .init(Samples.luks().head(592), .luks, true), .init(Samples.iso().head((34 << 10) - 1), .raw, true),
        .init(Samples.iso().head(34 << 10), .iso, true), .init(Samples.partitionTable().head(511), .raw, true),
    ]

    @Test("headers that are cut off", arguments: cutOffs)
    func cutOff(sample: CutOff) {
        let finding = inspect(sample.bytes).finding
        #expect(finding?.format == sample.format)
        #expect(finding?.isComplete == sample.isComplete)
    }

    @Test func twoFormatsAtOnce() {
        var image = Bytes(count: 40 << 10)
        image.put(Samples.iso(), at: 0)
        image.put(Samples.qcow2(), at: 0)
        let hidden = inspect(image.bytes)
        #expect(hidden.matches.map(\.format) == [.qcow2, .iso])
        #expect(hidden.finding == nil)
        // A disk that boots from a DVD and from a USB stick.
        image.put(Samples.partitionTable(), at: 0)
        let hybrid = inspect(image.bytes)
        #expect(hybrid.matches.map(\.format) == [.iso, .gpt])
        #expect(hybrid.finding?.format == .iso)
    }

    @Test("sizes that cannot be")
    func unreadableSizes() {
        let tooBig = UInt64(Int64.max) + 1
        let images = [
            Samples.qcow2(size: tooBig), Samples.vdi(size: .max), Samples.vhd(size: tooBig), Samples.vhdx(size: .max),
            Samples.vhdx(itemBytes: 4), Samples.vmdk(sectors: .max), Samples.vmdk(sectors: 1 << 54),
            Samples.luks(payloadSectors: .max), Samples.luks(payloadSectors: 9),
        ]
        for image in images { #expect(inspect(image).finding?.virtualSize == .unreadable) }
        #expect(inspect(Samples.qcow2(size: tooBig - 1)).finding?.virtualSize == .bytes(.max))
        #expect(inspect(Samples.luks(payloadSectors: 8)).finding?.virtualSize == .bytes(0))
    }

    private static let misledVHDXs: [CutOff] = [
        .init(Samples.vhdx(metadataOffset: .max), .vhdx, false), .init(Samples.vhdx(metadataOffset: 0), .vhdx, false),
        .init(Samples.vhdx(metadataOffset: 1 << 62), .vhdx, false),
        .init(Samples.vhdx(metadataOffset: (1 << 62) - 1), .vhdx, false),
        .init(Samples.vhdx(metadataOffset: 256 << 10), .vhdx, false), .init(Samples.vhdx(entries: 2048), .vhdx, false),
        .init(Samples.vhdx(itemOffset: 0), .vhdx, false), .init(Samples.vhdx(itemOffset: .max), .vhdx, false),
        .init(Samples.vhdx(regions: 2048), .vhdx, true), .init(Samples.vhdx(regions: .max), .vhdx, true),
        .init(Samples.vhdx(regions: 1), .vhdx, true),
        .init(Samples.vhdx(entries: 2), .vhdx, true), .init(Samples.vhdx(entries: 0), .vhdx, true),
    ]

    @Test("a VHDX whose tables lead nowhere", arguments: misledVHDXs)
    func vhdxTables(sample: CutOff) {
        let finding = inspect(sample.bytes).finding
        #expect(finding?.format == .vhdx)
        #expect(finding?.virtualSize == .unknown)
        #expect(finding?.isComplete == sample.isComplete)
    }

    @Test func tablesOfFullLength() {
        #expect(inspect(Samples.vhdx(regions: 2047, entries: 2047)).finding?.virtualSize == .bytes(9 << 20))
    }
}
