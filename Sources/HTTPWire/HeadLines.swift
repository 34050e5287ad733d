/// Collects the lines of a message head from bytes that come in any pieces, within the limits. Requests and responses
/// share it; what the first line says is theirs.
struct HeadLines: Sendable {
    private let limits: HTTPLimits
    private(set) var bytes: [UInt8] = []
    private(set) var entries: [HeaderFields.Entry] = []
    private(set) var startLine: Range<Int>?
    private var lineStart = 0
    private var scanned = 0
    private var emptyLines = 0

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    /// Whether not a byte has come yet.
    var isEmpty: Bool { bytes.isEmpty }

    /// Takes bytes up to the end of the head, and says how many, and whether that end was reached.
    mutating func consume(_ input: UnsafeRawBufferPointer) throws(WireError) -> (consumed: Int, isComplete: Bool) {
        let before = bytes.count
        bytes.append(contentsOf: input)
        while let lineFeed = nextLineFeed() {
            let start = lineStart
            lineStart = lineFeed + 1
            // RFC 9112 §2.2 lets a recipient take a bare LF for a line's end; smugglers live on that.
            guard lineFeed > start, bytes[lineFeed - 1] == 0x0D else { throw .badRequest("Line feed without CR") }
            if try take(line: start..<(lineFeed - 1)) {
                bytes.removeSubrange(lineStart...)
                return (lineStart - before, true)
            }
        }
        try checkLength(of: lineStart..<bytes.count)
        return (input.count, false)
    }

    private mutating func nextLineFeed() -> Int? {
        let found = bytes[scanned...].firstIndex(of: 0x0A)
        scanned = found.map { $0 + 1 } ?? bytes.count
        return found
    }

    /// Whether the line ended the head.
    private mutating func take(line: Range<Int>) throws(WireError) -> Bool {
        try checkLength(of: line)
        guard startLine != nil else {
            guard line.isEmpty else {
                startLine = line
                return false
            }
            // RFC 9112 §2.2: an empty line before the request line is passed over; a flood of them is not.
            emptyLines += 1
            guard emptyLines <= 2 else { throw .badRequest("Empty lines before the request") }
            return false
        }
        if line.isEmpty { return true }
        guard entries.count < limits.headerCountMax else { throw WireError(status: 431, reason: "Too many headers") }
        entries.append(try FieldLine.parse(bytes, line))
        return false
    }

    private func checkLength(of line: Range<Int>) throws(WireError) {
        guard let startLine else {
            guard line.count <= limits.requestLineBytesMax else {
                throw WireError(status: 414, reason: "Request line too long")
            }
            return
        }
        guard line.count <= limits.headerLineBytesMax else { throw .badRequest("Header Line Too Long") }
        guard line.upperBound - startLine.upperBound <= limits.headerBytesMax else {
            throw WireError(status: 431, reason: "Headers too large")
        }
    }
}
