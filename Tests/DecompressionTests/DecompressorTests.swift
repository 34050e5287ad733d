import CCompression
import Decompression
import Testing

@Suite struct DecompressorTests {
    static let streams: [CompressedForm] = [.gzip, .xz, .zstd]

    @Test(arguments: streams) func decompressesHoweverItIsCut(_ form: CompressedForm) throws {
        let compressed = Compressing.compress(Compressing.sample, as: form)
        #expect(CompressedForm(head: compressed) == form)
        for pieceBytes in [1, 2, 3, 7, 100, 4095, 65_536, .max] {
            #expect(try decompress(compressed, as: form, pieceBytes: pieceBytes) == Compressing.sample)
        }
    }

    @Test(arguments: streams) func decompressesEachSplitInTwo(_ form: CompressedForm) throws {
        let text = Array("a short text, a short text, a short text".utf8)
        let compressed = Compressing.compress(text, as: form)
        for cut in 0...compressed.count {
            let decompressor = try Decompressor(form)
            var output: [UInt8] = []
            try compressed.withUnsafeBytes { bytes in
                try decompressor.feed(UnsafeRawBufferPointer(rebasing: bytes[..<cut])) { output += $0 }
                try decompressor.feed(UnsafeRawBufferPointer(rebasing: bytes[cut...])) { output += $0 }
            }
            try decompressor.finish { output += $0 }
            #expect(output == text, "cut at \(cut)")
        }
    }

    @Test(arguments: streams) func goesOnWithTheNextMember(_ form: CompressedForm) throws {
        let (first, second) = (Array("first ".utf8), Array("second".utf8))
        let compressed = Compressing.compress(first, as: form) + Compressing.compress(second, as: form)
        for pieceBytes in [1, 5, .max] {
            #expect(try decompress(compressed, as: form, pieceBytes: pieceBytes) == first + second)
        }
    }

    @Test(arguments: streams) func emptyDataStayEmpty(_ form: CompressedForm) throws {
        #expect(try decompress(Compressing.compress([], as: form), as: form) == [])
    }

    @Test(arguments: streams) func refusesEveryTruncation(_ form: CompressedForm) {
        let compressed = Compressing.compress(Array("not to be cut short".utf8), as: form)
        for count in 0..<compressed.count {
            #expect(refusal(of: Array(compressed[..<count]), as: form) == .truncated(form), "\(count) bytes")
        }
    }

    @Test(arguments: streams) func neverPassesAFlippedBitOff(_ form: CompressedForm) {
        let text = Array("a text that must not come out changed, or it is told".utf8)
        let compressed = Compressing.compress(text, as: form)
        for index in compressed.indices {
            var broken = compressed
            broken[index] ^= 0x10
            // Some bytes say nothing of the data, such as gzip's modification time; zstd(3) leaves its checksum out.
            if let output = try? decompress(broken, as: form), form != .zstd {
                #expect(output == text, "byte \(index)")
            }
        }
    }

    @Test(arguments: streams) func refusesWhatFollowsTheEnd(_ form: CompressedForm) {
        let compressed = Compressing.compress(Array("text".utf8), as: form)
        guard case .corrupt(form, _) = refusal(of: compressed + Array("more of something else".utf8), as: form) else {
            Issue.record("not refused")
            return
        }
    }

    @Test func gzipIgnoresZerosAtItsEnd() throws {
        let compressed = Compressing.gzip(Array("text".utf8)) + [UInt8](repeating: 0, count: 1000)
        for pieceBytes in [1, 64, .max] {
            #expect(try decompress(compressed, as: .gzip, pieceBytes: pieceBytes) == Array("text".utf8))
        }
        #expect(refusal(of: compressed + [1], as: .gzip) != nil)
    }

    @Test func aBombIsStoppedByWhoTakesItsBytes() throws {
        struct Enough: Error {}
        // 64 MiB of zeros in some 64 KiB, over and over: 10 GiB in ten MB.
        let member = Compressing.gzip([UInt8](repeating: 0, count: 64 << 20), level: 9)
        let decompressor = try Decompressor(.gzip)
        var (total, largest) = (0, 0)
        #expect(throws: Enough.self) {
            for _ in 0..<160 {
                try member.withUnsafeBytes { bytes in
                    try decompressor.feed(bytes) { output in
                        total += output.count
                        largest = max(largest, output.count)
                        if total > 100 << 20 { throw Enough() }
                    }
                }
            }
        }
        #expect(largest <= 256 << 10)
        #expect(total <= (100 << 20) + largest)
    }

    @Test func refusesToTakeMoreMemoryThanADecoderMayHave() {
        var options = lzma_options_lzma()
        lzma_lzma_preset(&options, 0)
        options.dict_size = 512 << 20
        let text = Array("tiny".utf8)
        var output = [UInt8](repeating: 0, count: 1000)
        var count = 0
        withUnsafeMutablePointer(to: &options) { options in
            var filters = [
                lzma_filter(id: 0x21, options: options), lzma_filter(id: .max, options: nil),
            ]
            _ = lzma_stream_buffer_encode(
                &filters, LZMA_CHECK_CRC32, nil, text, text.count, &output, &count, output.count)
        }
        #expect(
            refusal(of: Array(output[..<count]), as: .xz)
                == .tooMuchMemory(.xz, bytesMax: Decompressor.memoryBytesMax))

        // A zstd frame whose header asks for a window of 1 GiB (RFC 8878 §3.1.1.1.2).
        let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 20 << 3, 0x01, 0x00, 0x00]
        #expect(refusal(of: frame, as: .zstd) == .tooMuchMemory(.zstd, bytesMax: 128 << 20))
    }

    @Test func knowsFormsByTheirHeads() {
        #expect(CompressedForm(head: [0x1F, 0x8B, 8]) == .gzip)
        #expect(CompressedForm(head: [0x1F, 0x8B]) == nil)
        #expect(CompressedForm(head: Array("PK\u{3}\u{4}".utf8)) == .zip)
        #expect(CompressedForm(head: Array("..-lh5-...".utf8)) == .lha)
        #expect(CompressedForm(head: Array("..-lhe is text".utf8)) == nil)
        #expect(CompressedForm(head: [0x51, 0x46, 0x49, 0xFB]) == nil)
        #expect(CompressedForm(head: []) == nil)
    }

    @Test func lhaIsKnownAndRefused() {
        #expect(refusal(of: Array("..-lh5-...".utf8), as: .lha) == .unsupported(.lha, "LHA archives are not read"))
    }
}
