/// The text in a VMDK that says where its data are.
struct VMDKDescriptor {
    private static let createTypeKey = Array("createtype=\"".utf8)
    private static let createTypeBytesMax = 63
    /// The types of a disk that is one file, the descriptor in it.
    private static let typesOfOneFile = ["monolithicsparse", "streamoptimized"].map { Array($0.utf8) }
    private static let accessModes = ["rw", "rdonly", "noaccess"].map { Array($0.utf8) }

    private let lowercased: [UInt8]
    /// What it gives as its type, in lower case. Should be one; readers differ in which of several they take.
    private let createTypes: [ArraySlice<UInt8>]

    init(_ text: ArraySlice<UInt8>) {
        lowercased = text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        createTypes = Self.createTypes(in: lowercased)
    }

    var hasCreateType: Bool { !createTypes.isEmpty }

    var isOfOneFile: Bool {
        hasCreateType && createTypes.allSatisfy { type in Self.typesOfOneFile.contains { $0[...] == type } }
    }

    /// Why it is not harmless: every line must be one that is understood, and no extent may be in another directory.
    var failure: String? {
        if lowercased.isEmpty || lowercased.contains(where: { $0 > 0x7F }) { return "it has no descriptor" }
        if !isOfOneFile { return "its createType is not one of a single file" }
        var hasExtents = false
        for line in lowercased.split(separator: 0x0A).map(Self.trim) {
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            let word = line.prefix { !Self.isSpace($0) }
            if Self.accessModes.contains(where: { $0[...] == word }) {
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

    private static func createTypes(in text: [UInt8]) -> [ArraySlice<UInt8>] {
        var types: [ArraySlice<UInt8>] = []
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
            if value.count <= createTypeBytesMax || value.endIndex == rest.endIndex { types.append(value) }
        }
        return types
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
