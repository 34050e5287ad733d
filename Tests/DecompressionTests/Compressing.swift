import CCompression
import Decompression
import FoundationEssentials

/// What the tests decompress, made by the libraries' own compressors.
enum Compressing {
    /// Some text, some noise and some zeros: more than any decoder holds back.
    static let sample: [UInt8] = {
        var bytes: [UInt8] = []
        var state: UInt64 = 42
        for index in 0..<3000 {
            bytes += Array("line \(index) of the sample\n".utf8)
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes += withUnsafeBytes(of: state) { Array($0) }
        }
        return bytes + [UInt8](repeating: 0, count: 100_000)
    }()

    static func gzip(_ bytes: [UInt8], level: CInt = 6) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(
            &stream, level, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            CInt(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        let count = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                deflate(&stream, Z_FINISH)
                return output.count - Int(stream.avail_out)
            }
        }
        return Array(output[..<count])
    }

    static func xz(_ bytes: [UInt8], preset: UInt32 = 1) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: lzma_stream_buffer_bound(bytes.count))
        var count = 0
        lzma_easy_buffer_encode(
            preset, LZMA_CHECK_CRC64, nil, bytes, bytes.count, &output, &count, output.count)
        return Array(output[..<count])
    }

    static func zstd(_ bytes: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
        let count = ZSTD_compress(&output, output.count, bytes, bytes.count, 3)
        return Array(output[..<count])
    }

    static func compress(_ bytes: [UInt8], as form: CompressedForm) -> [UInt8] {
        switch form {
        case .gzip: gzip(bytes)
        case .xz: xz(bytes)
        case .zstd: zstd(bytes)
        case .zip, .lha: []
        }
    }

    static func base64(_ text: String) -> [UInt8] { Array(Data(base64Encoded: text) ?? Data()) }
}

/// Decompresses pieces of so many bytes.
func decompress(_ bytes: [UInt8], as form: CompressedForm, pieceBytes: Int = .max) throws -> [UInt8] {
    let decompressor = try Decompressor(form)
    var output: [UInt8] = []
    try bytes.withUnsafeBytes { bytes in
        var start = 0
        while start < bytes.count {
            let end = start + min(pieceBytes, bytes.count - start)
            try decompressor.feed(UnsafeRawBufferPointer(rebasing: bytes[start..<end])) { output += $0 }
            start = end
        }
    }
    try decompressor.finish { output += $0 }
    return output
}

/// What a stream that can't be decompressed is refused with; nil for one that can.
func refusal(of bytes: [UInt8], as form: CompressedForm, pieceBytes: Int = .max) -> DecompressionError? {
    do {
        _ = try decompress(bytes, as: form, pieceBytes: pieceBytes)
        return nil
    } catch {
        return error as? DecompressionError
    }
}
