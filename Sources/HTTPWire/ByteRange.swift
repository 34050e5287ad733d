/// Bytes of a representation that follow each other.
public struct ByteRange: Equatable, Sendable {
    /// The first byte's offset.
    public let offset: Int64
    /// How many: 0 only where the whole is empty.
    public let bytes: Int64

    public init(offset: Int64, bytes: Int64) {
        self.offset = offset
        self.bytes = bytes
    }

    /// The value of `Content-Range` in the answer that carries it (RFC 9110 §14.4).
    ///
    /// - Parameter total: bytes of the whole representation.
    public func contentRange(of total: Int64) -> String { "bytes \(offset)-\(offset + bytes - 1)/\(total)" }
}

/// Which bytes a client asks for, before anybody knows how many there are (RFC 9110 §14.1).
public enum RangeRequest: Equatable, Sendable {
    /// `first` to `last`, both included, or to the end where `last` is nil.
    case from(first: Int64, last: Int64?)
    /// The last so many.
    case suffix(Int64)

    /// Why a range is not served.
    public enum Failure: Error, Equatable, Sendable {
        /// More than one range.
        case several
        /// Nothing that asks for bytes, or an end before the start.
        case malformed
        /// It starts behind the end, or ends there where that is not allowed.
        case outOfBounds
    }

    /// Reads `bytes=5-9`, `bytes=5-` or `bytes=-5`.
    public init(range text: String) throws(Failure) {
        guard !text.utf8.contains(UInt8(ascii: ",")) else { throw .several }
        let bytes = Self.trimmed(text.utf8[...])
        guard let mark = bytes.firstIndex(of: UInt8(ascii: "=")),
            String(Self.trimmed(bytes[..<mark]))?.lowercased() == "bytes"
        else { throw .malformed }
        let ends = Self.trimmed(bytes[mark...].dropFirst())
        guard let hyphen = ends.firstIndex(of: UInt8(ascii: "-")) else { throw .malformed }
        let (first, last) = (ends[..<hyphen], ends[hyphen...].dropFirst())
        if first.isEmpty {
            guard let count = Self.number(last) else { throw .malformed }
            self = .suffix(count)
            return
        }
        guard let start = Self.number(first) else { throw .malformed }
        if last.isEmpty {
            self = .from(first: start, last: nil)
            return
        }
        guard let end = Self.number(last), start <= end else { throw .malformed }
        self = .from(first: start, last: end)
    }

    /// Reads the header field `Content-Range` of a request: `bytes 5-9/*` or `bytes 5-9/20`. It is no request for bytes
    /// by any standard; Glance's oldest clients with ranges sent it.
    ///
    /// - Parameter total: bytes that there are. An end behind them is cut off where the client names a length, and
    ///   `outOfBounds` where it does not, as Glance has it.
    public init(contentRange text: String, total: Int64) throws(Failure) {
        let bytes = Self.trimmed(text.utf8[...])
        guard bytes.count > 6, String(bytes.prefix(6))?.lowercased() == "bytes " else { throw .malformed }
        let rest = bytes.dropFirst(6)
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")),
            let hyphen = rest[..<slash].firstIndex(of: UInt8(ascii: "-")),
            let first = Self.number(rest[..<hyphen]),
            let last = Self.number(rest[hyphen..<slash].dropFirst()), first <= last
        else { throw .malformed }
        let length = rest[slash...].dropFirst()
        if length.elementsEqual("*".utf8) {
            guard last < total else { throw .outOfBounds }
        } else {
            guard let length = Self.number(length), last < length else { throw .malformed }
        }
        self = .from(first: first, last: last)
    }

    /// The bytes that are meant where there are so many.
    ///
    /// - Throws: `outOfBounds` where there is none of them.
    public func resolved(in total: Int64) throws(Failure) -> ByteRange {
        switch self {
        case .from(let first, let last):
            guard first < total else { throw .outOfBounds }
            let end = min(last ?? .max, total - 1)
            return ByteRange(offset: first, bytes: end - first + 1)
        case .suffix(let count):
            guard count > 0, total > 0 else { throw .outOfBounds }
            let bytes = min(count, total)
            return ByteRange(offset: total - bytes, bytes: bytes)
        }
    }

    /// Digits only: a sign or a blank is no part of a number here. nil where it is none, or above 2^63 - 1.
    private static func number(_ digits: Substring.UTF8View) -> Int64? {
        guard !digits.isEmpty else { return nil }
        var number: Int64 = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isAlsoTooLarge) = tens.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !isTooLarge, !isAlsoTooLarge else { return nil }
            number = sum
        }
        return number
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let rest = text.drop(while: isBlank)
        guard let last = rest.lastIndex(where: { !isBlank($0) }) else { return rest }
        return rest[...last]
    }
}

/// The conditions that a request for data may have (RFC 9110 §13), against the one tag that the data has.
public enum EntityTagCondition {
    /// Whether `If-None-Match` names the tag: the client has the data already. Weak comparison (RFC 9110 §8.8.3.2).
    public static func names(_ tag: String, in list: String) -> Bool {
        let bare = tag.utf8.starts(with: "W/".utf8) ? tag.dropFirst(2) : tag[...]
        return list.utf8.split(separator: UInt8(ascii: ",")).contains { part in
            let text = Substring(part).trimmingBlanks
            return text == "*" || text == bare || text.utf8.starts(with: "W/".utf8) && text.dropFirst(2) == bare
        }
    }

    /// Whether `If-Range` lets a range be sent: by the same strong tag only (RFC 9110 §13.1.5). A date never does, as
    /// data have none here.
    public static func allowsRange(_ condition: String, of tag: String?) -> Bool {
        guard let tag else { return false }
        return condition[...].trimmingBlanks == tag
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        let rest = drop(while: isBlank)
        guard let last = rest.lastIndex(where: { !isBlank($0) }) else { return rest }
        return rest[...last]
    }
}
