import CCompression

/// zlib's inflate(3) under way. Its window is 32 KiB.
final class Inflater {
    /// What one step has brought.
    struct Step {
        let count: Int
        /// Whether the deflated data have ended.
        let isEnd: Bool
    }

    // Proof of the pointer: inflate keeps the address of its stream, which must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let form: CompressedForm

    /// - Parameter form: `.gzip` reads its header and trailer too; any other is bare data.
    init(_ form: CompressedForm) throws(DecompressionError) {
        self.form = form
        stream = .allocate(capacity: 1)
        let code = form == .gzip ? ccompression_inflate_gzip(stream) : ccompression_inflate_bare(stream)
        guard code == Z_OK else {
            stream.deallocate()
            throw .noMemory(form)
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Begins anew, behind data that have ended.
    func reset() {
        inflateReset(stream)
    }

    func step(
        _ input: inout UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> Step {
        let available = min(input.count, Int(UInt32.max))
        // Proof: inflate reads its input only; the type of next_in is older than `const`.
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(available)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(min(output.count, Int(UInt32.max)))
        let room = Int(stream.pointee.avail_out)
        let code = inflate(stream, Z_NO_FLUSH)
        input.take(available - Int(stream.pointee.avail_in))
        let count = room - Int(stream.pointee.avail_out)
        switch code {
        // Z_BUF_ERROR: no more can be done with this input.
        case Z_OK, Z_BUF_ERROR: return Step(count: count, isEnd: false)
        case Z_STREAM_END: return Step(count: count, isEnd: true)
        case Z_MEM_ERROR: throw .noMemory(form)
        case Z_NEED_DICT: throw .unsupported(form, "they need a dictionary")
        default: throw .corrupt(form, stream.pointee.msg.map { String(cString: $0) } ?? "zlib's error \(code)")
        }
    }
}
