/// The grammar of `Host` and of an absolute-form target's authority: `host [":" port]` (RFC 9110 §7.2, RFC 3986 §3.2).
enum Authority {
    /// Whether the bytes are a host with a port or without. User information is refused (RFC 9110 §4.2.4), and so is
    /// all that could mean something in a link or a page that shows the authority.
    static func isValid(_ authority: some BidirectionalCollection<UInt8>) -> Bool {
        var rest = authority[...]
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = rest[rest.index(after: rest.startIndex)..<end]
            guard !address.isEmpty,
                address.allSatisfy({ isUnreserved($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "%") })
            else { return false }
            rest = rest[rest.index(after: end)...]
        } else {
            let end = rest.firstIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
            guard end > rest.startIndex, rest[..<end].allSatisfy(isNameByte) else { return false }
            rest = rest[end...]
        }
        guard let colon = rest.first else { return true }
        return colon == UInt8(ascii: ":") && rest.dropFirst().allSatisfy(isDigit)
    }

    /// A byte of a reg-name: unreserved, percent-encoded, or a sub-delimiter.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        isUnreserved(byte) || "%!$&'()*+,;=".utf8.contains(byte)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: isDigit(byte)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
