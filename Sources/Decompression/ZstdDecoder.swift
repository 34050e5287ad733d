import CCompression

/// libzstd's decoder of frames behind one another. It refuses windows above 128 MiB, as zstd(1) does by itself.
final class ZstdDecoder: Decoder {
    private static let windowBytesMax = 128 << 20

    private let stream: OpaquePointer
    /// Before the first frame there is no end.
    private(set) var isAtEnd = false

    init() throws(DecompressionError) {
        guard let stream = ZSTD_createDStream() else { throw .noMemory(.zstd) }
        self.stream = stream
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, CInt(Self.windowBytesMax.trailingZeroBitCount))
    }

    deinit { ZSTD_freeDStream(stream) }

    func decode(
        _ input: inout UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> Int {
        if isAtEnd, input.isEmpty { return 0 }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let code = ZSTD_decompressStream(stream, &target, &source)
        if ZSTD_isError(code) != 0 {
            switch ZSTD_getErrorCode(code) {
            case ZSTD_error_memory_allocation: throw .noMemory(.zstd)
            case ZSTD_error_frameParameter_windowTooLarge:
                throw .tooMuchMemory(.zstd, bytesMax: Self.windowBytesMax)
            case ZSTD_error_dictionary_wrong: throw .unsupported(.zstd, "they need a dictionary")
            case ZSTD_error_prefix_unknown: throw .corrupt(.zstd, "something follows their end")
            default: throw .corrupt(.zstd, String(cString: ZSTD_getErrorName(code)))
            }
        }
        input.take(source.pos)
        // 0: a frame is through, and all of it has been put out.
        isAtEnd = code == 0
        return target.pos
    }
}
