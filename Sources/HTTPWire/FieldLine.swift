/// The grammar of a header line (RFC 9112 §5), for requests, responses and trailers.
enum FieldLine {
    /// Splits a line, without its CRLF, into name and value.
    ///
    /// Refused: an empty name, a blank before the colon, a folded line (§5.2), and control characters in the value,
    /// NUL and CR among them. Bytes above 0x7F pass in both parts: see `HeaderFields`.
    static func parse(_ bytes: [UInt8], _ line: Range<Int>) throws(WireError) -> HeaderFields.Entry {
        guard let first = line.first, bytes[first] != 0x20, bytes[first] != 0x09 else {
            throw .badRequest("Folded header line")
        }
        var colon = line.lowerBound
        while colon < line.upperBound, bytes[colon] != UInt8(ascii: ":") {
            guard isNameByte(bytes[colon]) else { throw .badRequest("Bad character in a header name") }
            colon += 1
        }
        guard colon < line.upperBound, colon > line.lowerBound else { throw .badRequest("Header without a name") }
        let value = trimmingBlanks(bytes[(colon + 1)..<line.upperBound])
        for byte in value where byte < 0x20 && byte != 0x09 || byte == 0x7F {
            throw .badRequest("Control character in a header value")
        }
        return HeaderFields.Entry(name: line.lowerBound..<colon, value: value.indices)
    }

    /// Without blanks and tabs at both ends (RFC 9110 §5.6.3, OWS).
    static func trimmingBlanks(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var start = bytes.startIndex
        var end = bytes.endIndex
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return bytes[start..<end]
    }

    /// Whether the bytes are the word, whose letters are small. ASCII letters alone have a case here: to Swift's strings
    /// a Kelvin sign is a K, and `chun\u{212A}ed` would be chunked for this server and for no other.
    static func isEqual(_ bytes: some Sequence<UInt8>, toLowerCase word: some Sequence<UInt8>) -> Bool {
        bytes.lazy.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }.elementsEqual(word)
    }

    /// A token character (RFC 9110 §5.6.2), or a byte of a UTF-8 sequence.
    static func isNameByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || isTokenByte(byte)
    }

    /// A token character (RFC 9110 §5.6.2).
    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
