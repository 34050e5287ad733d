import ImageInspection

// Any bytes have a verdict, it is the same however they are cut, and it can be judged.

private let piecesMax = 2048
private let diskFormats = ["raw", "qcow2", "vmdk", "vdi", "vhd", "vhdx", "iso", "gpt", "luks", "ami"]

/// The input's first four bytes say how it is cut and how far apart its parts lie in the image: the tables of a VHDX
/// begin after 192 KiB, the descriptors of an ISO image after 32 KiB.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzInspection(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard count > 4 else { return 0 }
    let image = spread(input[4...], over: input[0])
    let whole = inspect(image, pieceBytes: image.count)
    let pieceBytes = max(1 + Int(input[1]) << (input[2] % 12), image.count / piecesMax)
    precondition(whole == inspect(image, pieceBytes: pieceBytes), "the cuts matter")
    precondition(whole.totalBytes == Int64(image.count))
    precondition(Set(whole.matches.map(\.format)).count == whole.matches.count, "a format is seen twice")
    for finding in whole.matches {
        if case .bytes(let bytes) = finding.virtualSize { precondition(bytes >= 0) }
    }
    for diskFormat in diskFormats {
        let strict = FormatMatch().judge(diskFormat: diskFormat, containerFormat: "bare", whole)
        let lenient = FormatMatch(requiresMatch: false).judge(diskFormat: diskFormat, containerFormat: "bare", whole)
        if case .accepted = strict { precondition(strict == lenient, "who is less strict judges otherwise") }
    }
    return 0
}

/// Puts pieces of 512 bytes where formats have their tables, with zeros between them.
private func spread(_ parts: ArraySlice<UInt8>, over mode: UInt8) -> [UInt8] {
    let offsets: [Int] =
        switch mode % 3 {
        case 0: [0]
        case 1: [0, 32 << 10]
        default: [0, 192 << 10, 256 << 10, 320 << 10]
        }
    var image: [UInt8] = []
    var rest = parts
    for (index, offset) in offsets.enumerated() where !rest.isEmpty {
        image += [UInt8](repeating: 0, count: offset - image.count)
        let piece = index == offsets.count - 1 ? rest : rest.prefix(512)
        image += piece
        rest = rest.dropFirst(piece.count)
    }
    return image
}

private func inspect(_ image: [UInt8], pieceBytes: Int) -> InspectionVerdict {
    var inspector = ImageInspector()
    image.withUnsafeBytes { bytes in
        for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
            let end = min(start + pieceBytes, bytes.count)
            inspector.feed(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        }
    }
    return inspector.finish()
}
