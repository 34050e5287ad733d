/// `Content-Range: bytes 5-9/10` or `bytes */10` (RFC 9110 §14.4).
enum ContentRange: Equatable {
    /// `last` is the offset of the last byte; `total` is nil where the source does not know (`*`).
    case part(first: Int64, last: Int64, total: Int64?)
    case unsatisfied(total: Int64)

    /// Nil when the text is anything else, or its numbers contradict each other.
    init?(_ text: String) {
        let unit = text.prefix(6)
        guard unit.lowercased() == "bytes " else { return nil }
        let halves = text.dropFirst(6).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        let total = ResponseHead.number(halves[1].utf8)
        guard total != nil || halves[1] == "*" else { return nil }
        if halves[0] == "*" {
            guard let total else { return nil }
            self = .unsatisfied(total: total)
            return
        }
        let ends = halves[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2, let first = ResponseHead.number(ends[0].utf8),
            let last = ResponseHead.number(ends[1].utf8), first <= last, last < total ?? .max
        else { return nil }
        self = .part(first: first, last: last, total: total)
    }
}

/// `"abc"` or `W/"abc"` (RFC 9110 §8.8.3).
enum EntityTag {
    static let bytesMax = 256

    static func isWellFormed(_ text: String) -> Bool {
        let tag = text.hasPrefix("W/") ? text.dropFirst(2) : text[...]
        let bytes = tag.utf8
        guard bytes.count <= bytesMax, bytes.count >= 2, bytes.first == 0x22, bytes.last == 0x22 else { return false }
        return bytes.dropFirst().dropLast().allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 }
    }

    /// Only a strong tag says that the bytes are the same (RFC 9110 §13.1.5).
    static func isStrong(_ text: String) -> Bool {
        isWellFormed(text) && text.hasPrefix("\"")
    }
}
