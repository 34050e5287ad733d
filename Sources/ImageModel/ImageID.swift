/// The rules for image ids.
public enum ImageID {
    /// A new random id: UUID version 4 in lower case (RFC 9562 §5.4).
    public static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += String(byte >> 4, radix: 16) + String(byte & 0x0F, radix: 16)
        }
        return text
    }

    /// Whether a text may be an image's id: 32 hex digits of either case, with hyphens or without, 36 bytes at the most.
    ///
    /// Glance calls it "UUID-like" and keeps the text as it was sent. Such a text is safe as a file's name.
    public static func isValid(_ text: String) -> Bool {
        guard text.utf8.count <= 36, text.utf8.first != UInt8(ascii: "-") else { return false }
        var digits = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                UInt8(ascii: "A")...UInt8(ascii: "F"):
                digits += 1
            case UInt8(ascii: "-"): break
            default: return false
            }
        }
        return digits == 32
    }
}
