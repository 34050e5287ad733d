/// What of an answer's head a fetch needs, read line by line. Fields that decide how much body there is, or where a
/// redirect leads, must be unambiguous (RFC 9112 §6.3); others are kept when they are well formed.
struct ResponseHead {
    private(set) var status = 0
    private(set) var contentLength: Int64?
    private(set) var contentRange: String?
    private(set) var etag: String?
    private(set) var acceptsRanges = false
    private(set) var location: String?
    /// The last line was read and the status is no interim one: what follows is body or trailer.
    private(set) var isComplete = false
    private var isChunked = false

    /// - Parameter line: a line with its line end, as libcurl hands it over.
    mutating func read(_ line: UnsafeRawBufferPointer) throws(FetchError) {
        if isComplete { return }
        var line = line[...]
        while let last = line.last, last == 0x0a || last == 0x0d { line.removeLast() }
        if line.starts(with: "HTTP/".utf8) {
            self = ResponseHead()
            status = try Self.status(line)
        } else if line.isEmpty {
            try finish()
        } else if let first = line.first, first == 0x20 || first == 0x09 {
            throw .badResponse(reason: "a folded field line")
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            try take(name, Self.trimmed(line[(colon + 1)...]))
        } else {
            throw .badResponse(reason: "a field line without a colon")
        }
    }

    /// Where this answer's head and body stop making sense together.
    private mutating func finish() throws(FetchError) {
        switch status {
        case 100, 102...199: return
        case 200...599: break
        default: throw .badResponse(reason: "status \(status)")
        }
        // RFC 9112 §6.3: Transfer-Encoding overrides Content-Length.
        if isChunked { contentLength = nil }
        isComplete = true
    }

    private mutating func take(_ name: String, _ value: Slice<UnsafeRawBufferPointer>) throws(FetchError) {
        switch name {
        case "content-length":
            guard let length = Self.number(value) else { throw .badResponse(reason: "Content-Length is no number") }
            guard contentLength == nil || contentLength == length else {
                throw .badResponse(reason: "two values of Content-Length")
            }
            contentLength = length
        case "transfer-encoding":
            guard Self.text(value)?.lowercased() == "chunked" else {
                throw .badResponse(reason: "a Transfer-Encoding other than chunked")
            }
            isChunked = true
        case "content-encoding":
            guard let coding = Self.text(value)?.lowercased(), coding.isEmpty || coding == "identity" else {
                throw .badResponse(reason: "a Content-Encoding, which was not asked for")
            }
        case "content-range":
            guard contentRange == nil, let range = Self.text(value) else {
                throw .badResponse(reason: "an unclear Content-Range")
            }
            contentRange = range
        case "location":
            guard location == nil, let target = Self.text(value) else {
                throw .badResponse(reason: "an unclear Location")
            }
            location = target
        case "etag":
            etag = Self.text(value).flatMap { EntityTag.isWellFormed($0) ? $0 : nil }
        case "accept-ranges":
            acceptsRanges = Self.text(value)?.lowercased() == "bytes"
        default: break
        }
    }

    private static func status(_ line: Slice<UnsafeRawBufferPointer>) throws(FetchError) -> Int {
        guard let space = line.firstIndex(of: 0x20) else { throw .badResponse(reason: "no status") }
        let digits = line[(space + 1)...].prefix(3)
        guard digits.count == 3, let status = number(digits) else { throw .badResponse(reason: "no status") }
        return Int(status)
    }

    /// Digits only, below 10^18.
    static func number(_ digits: some Collection<UInt8>) -> Int64? {
        guard (1...18).contains(digits.count) else { return nil }
        var number: Int64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            number = number * 10 + Int64(digit - 0x30)
        }
        return number
    }

    /// Printable ASCII, or nil.
    private static func text(_ value: Slice<UnsafeRawBufferPointer>) -> String? {
        value.allSatisfy { (0x20...0x7e).contains($0) } ? String(decoding: value, as: UTF8.self) : nil
    }

    private static func trimmed(_ value: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        var value = value
        while let first = value.first, first == 0x20 || first == 0x09 { value.removeFirst() }
        while let last = value.last, last == 0x20 || last == 0x09 { value.removeLast() }
        return value
    }
}
