/// What there is to be known of the text in a VMDK that says where its data are.
struct VMDKDescriptor {
    private static let createTypeKey = Array("createtype=\"".utf8)
    private static let createTypeBytesMax = 63
    /// The types of a disk that is one file, the descriptor in it.
    private static let typesOfOneFile = ["monolithicsparse", "streamoptimized"].map { Array($0.utf8) }
    private static let accessModes = ["rw", "rdonly", "noaccess"].map { Array($0.utf8) }

    /// Whether it gives a type at all; text without one is just text.
    let hasCreateType: Bool
    let isOfOneFile: Bool
    /// Why it is not harmless: every line must be one that is understood, and no extent may be in another directory.
    let failure: String?

    init(_ text: ArraySlice<UInt8>) {
        let lowercased = text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        (hasCreateType, isOfOneFile) = Self.createType(in: lowercased)
        failure = Self.failure(in: lowercased, isOfOneFile: isOfOneFile)
    }

    private static func failure(in text: [UInt8], isOfOneFile: Bool) -> String? {
        if text.isEmpty || text.contains(where: { $0 > 0x7F }) { return "it has no descriptor" }
        if !isOfOneFile { return "its createType is not one of a single file" }
        var hasExtents = false
        // No list of the lines: a hostile descriptor has half a million.
        var rest = text[...]
        while !rest.isEmpty {
            let line = trim(rest.prefix { $0 != 0x0A })
            rest = rest.drop { $0 != 0x0A }.dropFirst()
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            let word = line.prefix { !isSpace($0) }
            if accessModes.contains(where: { $0[...] == word }) {
                hasExtents = true
                if line.contains(UInt8(ascii: "/")) { return "an extent is in another directory" }
            } else if !line.starts(with: "ddb".utf8) {
                let key = line.prefix { $0 != UInt8(ascii: "=") }
                guard key.count < line.count, !key.contains(0x20) else {
                    return "its descriptor has a line that is not understood"
                }
            }
        }
        return hasExtents ? nil : "it has no extents"
    }

    /// Should be given once. Where there are several, as readers differ in which of them they take, all count.
    private static func createType(in text: [UInt8]) -> (isThere: Bool, isOfOneFile: Bool) {
        var isThere = false
        var isOfOneFile = true
        var rest = text[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "c")) {
            rest = rest[start...]
            guard rest.starts(with: createTypeKey) else {
                rest = rest.dropFirst()
                continue
            }
            rest = rest.dropFirst(createTypeKey.count)
            let value = rest.prefix { $0 != UInt8(ascii: "\"") }
            // One that is not closed is as wrong as one of a type that is not known.
            guard value.count <= createTypeBytesMax || value.endIndex == rest.endIndex else { continue }
            isThere = true
            if !typesOfOneFile.contains(where: { $0[...] == value }) { isOfOneFile = false }
        }
        return (isThere, isThere && isOfOneFile)
    }

    private static func trim(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line.drop(while: isSpace)
        while let last = line.last, isSpace(last) { line.removeLast() }
        return line
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte) || (0x1C...0x1F).contains(byte)
    }
}
