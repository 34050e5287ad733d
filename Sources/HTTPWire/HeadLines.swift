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

    /// Whether nothing of a head has come yet; empty lines in front of it are nothing.
    var isEmpty: Bool { startLine == nil && lineStart == bytes.count }

    /// Takes bytes up to the end of the head, and says how many, and whether that end was reached.
    mutating func consume(_ input: UnsafeRawBufferPointer) throws(WireError) -> (consumed: Int, isComplete: Bool) {
        let before = bytes.count
        bytes.append(contentsOf: input)
        while let lineFeed = nextLineFeed() {
            let start = lineStart
            lineStart = lineFeed + 1
            let line = content(of: start..<lineFeed)
            try checkLength(of: line)
            // RFC 9112 §2.2 lets a recipient take a bare LF for a line's end; smugglers live on that.
            guard line.upperBound < lineFeed else { throw .badRequest("Line feed without CR") }
            if try take(line: line) {
                bytes.removeSubrange(lineStart...)
                return (lineStart - before, true)
            }
        }
        // What is too long already stays too long whatever comes, and is refused in the same words: the places where the
        // network cut the bytes decide nothing.
        try checkLength(of: content(of: lineStart..<bytes.count))
        return (input.count, false)
    }

    /// A line, or its beginning, without the CR that ends it or may be about to.
    private func content(of line: Range<Int>) -> Range<Int> {
        guard let last = line.last, bytes[last] == 0x0D else { return line }
        return line.lowerBound..<last
    }

    private mutating func nextLineFeed() -> Int? {
        let found = bytes[scanned...].firstIndex(of: 0x0A)
        scanned = found.map { $0 + 1 } ?? bytes.count
        return found
    }

    /// Whether the line ended the head.
    private mutating func take(line: Range<Int>) throws(WireError) -> Bool {
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
        // The line that ends the head is no header.
        guard !line.isEmpty else { return }
        let bytesLeft = limits.headerBytesMax - (line.lowerBound - startLine.upperBound)
        guard line.count > min(limits.headerLineBytesMax, bytesLeft) else { return }
        guard bytesLeft < limits.headerLineBytesMax else { throw .badRequest("Header Line Too Long") }
        throw WireError(status: 431, reason: "Headers too large")
    }
}
