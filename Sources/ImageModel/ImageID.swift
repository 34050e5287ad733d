/// The rules for image ids.
public enum ImageID {
    /// A new random id: UUID version 4 in lower case (RFC 9562 §5.4).
    public static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        // The bits of version 4, and of the variant.
        let high = generator.next() & ~0xF000 | 0x4000
        let low = generator.next() & ~(0b11 << 62) | 0b10 << 62
        return String(unsafeUninitializedCapacity: 36) { text in
            var at = 0
            for (index, half) in [high, low].enumerated() {
                for digit in 0..<16 {
                    // Hyphens stand behind 8, 12, 16 and 20 digits.
                    let written = index * 16 + digit
                    if written == 8 || written == 12 || written == 16 || written == 20 {
                        text[at] = UInt8(ascii: "-")
                        at += 1
                    }
                    let value = UInt8(truncatingIfNeeded: half >> UInt64(60 - digit * 4)) & 0x0F
                    text[at] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
                    at += 1
                }
            }
            return at
        }
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
