import CCompression

/// liblzma's decoder of .xz files.
final class XZDecoder: Decoder {
    // Proof of the pointer: liblzma is given the same stream each time, which Swift must not move.
    private let stream: UnsafeMutablePointer<lzma_stream>
    private let memoryBytesMax: Int
    private(set) var isAtEnd = false

    init(memoryBytesMax: Int) throws(DecompressionError) {
        self.memoryBytesMax = memoryBytesMax
        stream = .allocate(capacity: 1)
        guard ccompression_xz(stream, UInt64(memoryBytesMax)) == LZMA_OK else {
            stream.deallocate()
            throw .noMemory(.xz)
        }
    }

    deinit {
        lzma_end(stream)
        stream.deallocate()
    }

    func decode(
        _ input: inout UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> Int {
        if isAtEnd { return 0 }
        let available = input.count
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = available
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = output.count
        let code = lzma_code(stream, isLast ? LZMA_FINISH : LZMA_RUN)
        input.take(available - stream.pointee.avail_in)
        switch code {
        // LZMA_BUF_ERROR: no more can be done with this input.
        case LZMA_OK, LZMA_BUF_ERROR: break
        case LZMA_STREAM_END: isAtEnd = true
        case LZMA_MEM_ERROR: throw .noMemory(.xz)
        case LZMA_MEMLIMIT_ERROR: throw .tooMuchMemory(.xz, bytesMax: memoryBytesMax)
        case LZMA_FORMAT_ERROR: throw .corrupt(.xz, "something follows their end")
        case LZMA_OPTIONS_ERROR: throw .unsupported(.xz, "they use a filter that liblzma does not have")
        default: throw .corrupt(.xz, "a checksum or a length does not fit")
        }
        return output.count - stream.pointee.avail_out
    }
}
