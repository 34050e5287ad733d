/// The rule for what may name a file: an image's id, or the token of a resumable upload.
enum BlobName {
    static let bytesMax = 36

    /// Hex digits and hyphens, the first one a digit, at most 36 bytes: no dot, no slash, no NUL can be in it.
    ///
    /// Whoever keeps the images has checked the id before; a path is worth a second look.
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, isHexDigit(first), name.utf8.count <= bytesMax else { return false }
        return name.utf8.allSatisfy { isHexDigit($0) || $0 == UInt8(ascii: "-") }
    }

    static func check(_ name: String) throws(StoreError) {
        guard isValid(name) else { throw .invalidName(name) }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
