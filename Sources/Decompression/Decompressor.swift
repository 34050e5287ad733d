/// Decompresses a stream as it comes: its memory is bounded, whatever the data say, and what comes out goes on at once in
/// pieces of at most 256 KiB, so that whoever takes them sets the limit on their sum.
///
/// To be used by one thread at a time.
public final class Decompressor {
    /// What one decoder may have: as much as the highest presets of xz (65 MiB) and zstd without `--ultra --long`
    /// (128 MiB) need.
    public static let memoryBytesMax = 160 << 20
    private static let outputBytes = 256 << 10

    private let form: CompressedForm
    private let decoder: any Decoder
    private let output: UnsafeMutableRawBufferPointer

    /// - Throws: `.unsupported` for a form that is only known by its name; `.noMemory`.
    public init(_ form: CompressedForm) throws(DecompressionError) {
        self.form = form
        switch form {
        case .gzip: decoder = try GzipDecoder()
        case .xz: decoder = try XZDecoder(memoryBytesMax: Self.memoryBytesMax)
        case .zstd: decoder = try ZstdDecoder()
        case .zip: decoder = try ZipReader()
        case .lha: throw .unsupported(.lha, "LHA archives are not read")
        }
        output = .allocate(byteCount: Self.outputBytes, alignment: 4096)
    }

    deinit { output.deallocate() }

    /// Takes the next bytes of the compressed stream, cut anywhere.
    ///
    /// - Parameter sink: gets what they decode to; what it throws ends the stream.
    public func feed(_ bytes: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        try run(bytes, isLast: false, sink)
    }

    /// Ends the stream.
    ///
    /// - Throws: `.truncated` where more should have come.
    public func finish(_ sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        try run(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true, sink)
        guard decoder.isAtEnd else { throw DecompressionError.truncated(form) }
    }

    private func run(
        _ bytes: UnsafeRawBufferPointer, isLast: Bool, _ sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var input = bytes
        while true {
            let before = input.count
            let count = try decoder.decode(&input, isLast: isLast, into: output)
            if count > 0 { try sink(UnsafeRawBufferPointer(rebasing: output[..<count])) }
            if input.isEmpty, count < output.count { return }
            guard count > 0 || input.count < before else {
                throw DecompressionError.corrupt(form, "it does not go on")
            }
        }
    }
}
