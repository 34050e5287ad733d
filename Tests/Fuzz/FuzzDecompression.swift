import Decompression

// Any bytes decompress or are refused, with the same result however they are cut, and never without end.

private let outputMax = 8 << 20

private struct TooMuch: Error {}

/// The input's first byte says which form, the second how it is cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDecompression(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 2 else { return 0 }
    let input = UnsafeRawBufferPointer(start: start, count: count)
    let forms = CompressedForm.allCases
    // Most of the code that is ours is the ZIP archive's.
    let form = input[0] < 128 ? CompressedForm.zip : forms[Int(input[0]) % forms.count]
    let data = UnsafeRawBufferPointer(rebasing: input[2...])
    let whole = decompress(data, as: form, pieceBytes: data.count)
    precondition(whole == decompress(data, as: form, pieceBytes: 1 + Int(input[1]) % 64), "the cuts matter")
    return 0
}

/// The bytes that come out, or nil for what is refused.
private func decompress(_ data: UnsafeRawBufferPointer, as form: CompressedForm, pieceBytes: Int) -> [UInt8]? {
    var output: [UInt8] = []
    do {
        let decompressor = try Decompressor(form)
        let put: (UnsafeRawBufferPointer) throws -> Void = { bytes in
            output += bytes
            if output.count > outputMax { throw TooMuch() }
        }
        var start = 0
        while start < data.count {
            let end = min(start + pieceBytes, data.count)
            try decompressor.feed(UnsafeRawBufferPointer(rebasing: data[start..<end]), put)
            start = end
        }
        try decompressor.finish(put)
        return output
    } catch {
        return nil
    }
}
