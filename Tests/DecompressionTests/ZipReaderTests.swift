import Decompression
import Testing

@Suite struct ZipReaderTests {
    static let text = Array(String(repeating: "The quick brown fox. ", count: 40).utf8)

    /// As Python's zipfile and Info-ZIP's zip write them.
    static let archives: [(name: String, bytes: [UInt8])] = [
        (
            "zipfile, into a file",
            Compressing.base64(
                "UEsDBBQAAAAIAAAAIQC2sIQFIAAAAEgDAAAIAAAAZGlzay5yYXcLyUhVKCzNTM5WSCrKL89TSMuv0FMIGRUcFRwVJEUQAFBLAQIU"
                    + "AxQAAAAIAAAAIQC2sIQFIAAAAEgDAAAIAAAAAAAAAAAAAACAAQAAAABkaXNrLnJhd1BLBQYAAAAAAQABADYAAABGAAAAAAA="
            )
        ),
        (
            "zipfile, into a pipe",
            Compressing.base64(
                "UEsDBBQACAAIAAAAIQAAAAAAAAAAAAAAAAAIAAAAZGlzay5yYXcLyUhVKCzNTM5WSCrKL89TSMuv0FMIGRUcFRwVJEUQAFBLBwi2"
                    + "sIQFIAAAAEgDAABQSwECFAMUAAgACAAAACEAtrCEBSAAAABIAwAACAAAAAAAAAAAAAAAgAEAAAAAZGlzay5yYXdQSwUGAAAAAAEA"
                    + "AQA2AAAAVgAAAAAA")
        ),
        (
            "zipfile, ZIP64 into a pipe",
            Compressing.base64(
                "UEsDBC0ACAAIAAAAIQAAAAAA//////////8IABQAZGlzay5yYXcBABAAAAAAAAAAAAAAAAAAAAAAAAvJSFUoLM1MzlZIKsovz1NI"
                    + "y6/QUwgZFRwVHBUkRRAAUEsHCLawhAUgAAAAAAAAAEgDAAAAAAAAUEsBAi0DLQAIAAgAAAAhALawhAUgAAAASAMAAAgAAAAAAAAA"
                    + "AAAAAIABAAAAAGRpc2sucmF3UEsFBgAAAAABAAEANgAAAHIAAAAAAA==")
        ),
        (
            "zip, into a file",
            Compressing.base64(
                "UEsDBBQAAAAIAHw7fV22sIQFIAAAAEgDAAABABwAZlVUCQAD/NMLa/zTC2t1eAsAAQQAAAAABAAAAAALyUhVKCzNTM5WSCrKL89T"
                    + "SMuv0FMIGRUcFRwVJEUQAFBLAQIeAxQAAAAIAHw7fV22sIQFIAAAAEgDAAABABgAAAAAAAEAAACkgQAAAABmVVQFAAP80wtrdXgL"
                    + "AAEEAAAAAAQAAAAAUEsFBgAAAAABAAEARwAAAFsAAAAAAA==")
        ),
        (
            "zip, from a pipe into one",
            Compressing.base64(
                "UEsDBC0ACAAIAHw7fV0AAAAA//////////8BABQALQEAEAAAAAAAAAAAAAAAAAAAAAAAC8lIVSgszUzOVkgqyi/PU0jLr9BTCBkV"
                    + "HBUcFSRFEABQSwcItrCEBSAAAAAAAAAASAMAAAAAAABQSwECHgMtAAgACAB8O31dtrCEBSAAAABIAwAAAQAAAAAAAAABAAAAgBEA"
                    + "AAAALVBLBQYAAAAAAQABAC8AAABrAAAAAAA=")
        ),
    ]
    static let two = Compressing.base64(
        "UEsDBBQAAAAIAAAAIQC2sIQFIAAAAEgDAAABAAAAYQvJSFUoLM1MzlZIKsovz1NIy6/QUwgZFRwVHBUkRRAAUEsDBBQAAAAIAAAAIQC2"
            + "sIQFIAAAAEgDAAABAAAAYgvJSFUoLM1MzlZIKsovz1NIy6/QUwgZFRwVHBUkRRAAUEsBAhQDFAAAAAgAAAAhALawhAUgAAAASAMAAAEA"
            + "AAAAAAAAAAAAAIABAAAAAGFQSwECFAMUAAAACAAAACEAtrCEBSAAAABIAwAAAQAAAAAAAAAAAAAAgAE/AAAAYlBLBQYAAAAAAgACAF4A"
            + "AAB+AAAAAAA=")
    static let twoStreamed = Compressing.base64(
        "UEsDBBQACAAIAAAAIQAAAAAAAAAAAAAAAAABAAAAYQvJSFUoLM1MzlZIKsovz1NIy6/QUwgZFRwVHBUkRRAAUEsHCLawhAUgAAAASAMA"
            + "AFBLAwQUAAgACAAAACEAAAAAAAAAAAAAAAAAAQAAAGILyUhVKCzNTM5WSCrKL89TSMuv0FMIGRUcFRwVJEUQAFBLBwi2sIQFIAAAAEgD"
            + "AABQSwECFAMUAAgACAAAACEAtrCEBSAAAABIAwAAAQAAAAAAAAAAAAAAgAEAAAAAYVBLAQIUAxQACAAIAAAAIQC2sIQFIAAAAEgDAAAB"
            + "AAAAAAAAAAAAAACAAU8AAABiUEsFBgAAAAACAAIAXgAAAJ4AAAAAAA==")
    static let encrypted = Compressing.base64(
        "UEsDBBQACQAIAHw7fV22sIQFLAAAAEgDAAABABwAZlVUCQAD/NMLa/zTC2t1eAsAAQQAAAAABAAAAAB9fGlxVe21lK3lNF9a02e0NzMf"
            + "M1T9MCBi/5niHkGj7iSHsq0GiYzbFFzWOFBLBwi2sIQFLAAAAEgDAABQSwECHgMUAAkACAB8O31dtrCEBSwAAABIAwAAAQAYAAAAAAAB"
            + "AAAApIEAAAAAZlVUBQAD/NMLa3V4CwABBAAAAAAEAAAAAFBLBQYAAAAAAQABAEcAAAB3AAAAAAA=")

    @Test(arguments: archives.indices) func readsTheOneFile(_ index: Int) throws {
        let (name, bytes) = Self.archives[index]
        #expect(CompressedForm(head: bytes) == .zip, "\(name)")
        for pieceBytes in [1, 2, 3, 5, 29, 31, .max] {
            #expect(try decompress(bytes, as: .zip, pieceBytes: pieceBytes) == Self.text, "\(name)")
        }
    }

    @Test(arguments: archives.indices) func refusesEveryTruncation(_ index: Int) {
        let bytes = Self.archives[index].bytes
        for count in 0..<bytes.count {
            #expect(refusal(of: Array(bytes[..<count]), as: .zip) == .truncated(.zip), "\(count) bytes")
        }
    }

    @Test(arguments: archives.indices) func neverPassesAFlippedBitOff(_ index: Int) {
        let bytes = Self.archives[index].bytes
        for position in bytes.indices {
            var broken = bytes
            broken[position] ^= 0x10
            if let output = try? decompress(broken, as: .zip) { #expect(output == Self.text, "byte \(position)") }
        }
    }

    @Test(arguments: [false, true]) func readsAStoredFile(_ isZIP64: Bool) throws {
        let archive = Self.stored(Self.text, isZIP64: isZIP64)
        for pieceBytes in [1, 30, 500, .max] {
            #expect(try decompress(archive, as: .zip, pieceBytes: pieceBytes) == Self.text)
        }
        var broken = archive
        broken[100] ^= 1
        #expect(refusal(of: broken, as: .zip) == .corrupt(.zip, "the checksum of the file does not fit"))
    }

    @Test(arguments: [1, 40, .max]) func refusesWhatItDoesNotRead(_ pieceBytes: Int) {
        let several = DecompressionError.unsupported(.zip, "there is more than one file in it")
        #expect(refusal(of: Self.two, as: .zip, pieceBytes: pieceBytes) == several)
        #expect(refusal(of: Self.twoStreamed, as: .zip, pieceBytes: pieceBytes) == several)
        #expect(
            refusal(of: Self.encrypted, as: .zip, pieceBytes: pieceBytes)
                == .unsupported(.zip, "the file in it is encrypted"))
        var bzip2 = Self.archives[0].bytes
        bzip2[8] = 12
        #expect(
            refusal(of: bzip2, as: .zip, pieceBytes: pieceBytes)
                == .unsupported(.zip, "the file in it is compressed by method 12"))
    }

    @Test func boundsWhatFollowsTheFile() {
        let bytes = Self.archives[0].bytes
        #expect(refusal(of: bytes + [UInt8](repeating: 7, count: 1000), as: .zip) == nil)
        #expect(
            refusal(of: bytes + [UInt8](repeating: 7, count: 1 << 20), as: .zip)
                == .corrupt(.zip, "too much follows the file"))
    }

    /// An archive of a file that is not compressed.
    private static func stored(_ text: [UInt8], isZIP64: Bool) -> [UInt8] {
        func half(_ value: Int) -> [UInt8] {
            [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        }
        func word(_ value: Int) -> [UInt8] { half(value) + half(value >> 16) }
        let crc = Int(text.withUnsafeBytes { checksum($0) })
        let size = isZIP64 ? [UInt8](repeating: 0xFF, count: 8) : word(text.count) + word(text.count)
        let extra =
            isZIP64 ? half(1) + half(16) + word(text.count) + word(0) + word(text.count) + word(0) : []
        let about = half(0) + half(0) + half(0) + half(0) + word(crc) + size + half(4) + half(extra.count)
        let directory =
            Array("PK\u{1}\u{2}".utf8) + half(45) + half(45) + about + half(0) + half(0) + half(0) + word(0)
            + word(0) + Array("disk".utf8) + extra
        let header = Array("PK\u{3}\u{4}".utf8) + half(45) + about + Array("disk".utf8) + extra
        let end =
            Array("PK\u{5}\u{6}".utf8) + half(0) + half(0) + half(1) + half(1) + word(directory.count)
            + word(header.count + text.count) + half(0)
        return header + text + directory + end
    }

    /// CRC-32, bit by bit.
    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
    }
}
