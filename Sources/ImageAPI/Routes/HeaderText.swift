import HTTPWire

/// What a client meant by a header's text.
///
/// Glance's clients since 2018 percent-encode names and values, older ones send raw UTF-8. A text without a blank and
/// without a byte above 0x7F, whose every `%` begins a `%XX` and which decodes to UTF-8, is taken for encoded; anything
/// else stands as it came.
enum HeaderText {
    /// nil where the bytes are not UTF-8.
    static func meaning(of bytes: ArraySlice<UInt8>) -> String? {
        String(validating: bytes, as: UTF8.self).map { meaning(of: $0) }
    }

    static func meaning(of text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x80 }) else {
            return text
        }
        return PercentCoding.decode(text) ?? text
    }

    /// The same for a URL, which has `%XX` of its own: it was encoded once more only if nothing stands in it that the
    /// clients would have encoded, and if it is a URL still when decoded.
    static func meaning(ofURL text: String) -> String {
        let isEncoded = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "%"):
                true
            default: false
            }
        }
        guard isEncoded else { return text }
        let decoded = meaning(of: text)
        return decoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? decoded : text
    }
}
