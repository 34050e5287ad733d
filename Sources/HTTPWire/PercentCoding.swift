/// Percent-encoding (RFC 3986 §2.1).
public enum PercentCoding {
    /// Decodes `%XX`; nil where a `%` is not followed by two hex digits, or the result is not UTF-8.
    public static func decode(_ text: some StringProtocol) -> String? {
        decode(text, plusIsBlank: false)
    }

    static func decode(_ text: some StringProtocol, plusIsBlank: Bool) -> String? {
        let text = Substring(text)
        // Most texts have nothing to decode.
        let hasCode = text.utf8.contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") && plusIsBlank }
        if !hasCode { return String(text) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hexDigit), let low = iterator.next().flatMap(hexDigit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsBlank: bytes.append(0x20)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Encodes all but RFC 3986's unreserved characters.
    public static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}

/// The parameters of a query string (`application/x-www-form-urlencoded`), in order.
public struct QueryItems: Sendable {
    /// Names and values, decoded.
    public let items: [(name: String, value: String)]

    /// nil where a part does not decode to UTF-8.
    public init?(_ query: String?) {
        var items: [(name: String, value: String)] = []
        // Bytes, not characters: an ampersand with a combining mark behind it is an ampersand still.
        for part in (query ?? "").utf8.split(separator: UInt8(ascii: "&")) {
            let mark = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            guard let name = PercentCoding.decode(Substring(part[..<mark]), plusIsBlank: true),
                let value = PercentCoding.decode(Substring(part[mark...].dropFirst()), plusIsBlank: true)
            else { return nil }
            items.append((name, value))
        }
        self.items = items
    }

    /// The last value of that name, as Glance's framework takes it.
    public subscript(name: String) -> String? {
        items.last { $0.name == name }?.value
    }
}
