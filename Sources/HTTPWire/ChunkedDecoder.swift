/// Takes the chunked transfer coding apart (RFC 9112 §7.1). A pure value: it points at the data inside the bytes that
/// it is shown and never copies them.
public struct ChunkedDecoder: Sendable {
    private enum State: Equatable {
        case size(digits: Int)
        case sizeBlank
        case sizeExtension
        case sizeLineFeed
        case data
        case dataReturn
        case dataLineFeed
        case trailer(lineBytes: Int)
        case trailerLineFeed(lineBytes: Int)
        case end
    }

    /// What a stretch of bytes was.
    public enum Step: Equatable, Sendable {
        /// That many bytes were framing.
        case framing(bytes: Int)
        /// That many bytes, from the first on, are data.
        case data(bytes: Int)
        /// That many bytes ended the body; what follows belongs to the next message.
        case end(bytes: Int)
    }

    private let limits: HTTPLimits
    private var state = State.size(digits: 0)
    private var extensionBytes = 0
    private var trailerBytes = 0
    /// Bytes of data that are left in the chunk that is being read: they may be read past this decoder, see `skip`.
    public private(set) var dataBytesLeft: Int64 = 0

    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Whether the body has ended.
    public var isAtEnd: Bool { state == .end }

    /// Whether the next byte is data.
    public var isInsideData: Bool { state == .data }

    /// Looks at the bytes that come next, and says what the first of them are. Every step takes at least one byte.
    public mutating func next(_ input: UnsafeRawBufferPointer) throws(WireError) -> Step {
        var at = 0
        while at < input.count {
            if state == .data {
                if at > 0 { return .framing(bytes: at) }
                let count = Int(min(Int64(input.count), dataBytesLeft))
                skip(count)
                return .data(bytes: count)
            }
            try take(input[at])
            at += 1
            if state == .end { return .end(bytes: at) }
        }
        return .framing(bytes: at)
    }

    /// Notes that so many bytes of the current chunk's data were read straight from the socket.
    public mutating func skip(_ bytes: Int) {
        precondition(state == .data && Int64(bytes) <= dataBytesLeft)
        dataBytesLeft -= Int64(bytes)
        if dataBytesLeft == 0 { state = .dataReturn }
    }

    private mutating func take(_ byte: UInt8) throws(WireError) {
        switch state {
        case .size(let digits):
            try takeSize(byte, digits: digits)
        case .sizeBlank:
            // RFC 9112 §7.1.1 knows blanks in front of a semicolon; some senders fill the size up with them.
            try countExtension()
            try takeBehindSize(byte)
        case .sizeExtension:
            try countExtension()
            if byte == 0x0D { state = .sizeLineFeed } else { try refuseControl(byte) }
        case .sizeLineFeed:
            try expect(byte, 0x0A)
            extensionBytes = 0
            state = dataBytesLeft > 0 ? .data : .trailer(lineBytes: 0)
        case .dataReturn:
            try expect(byte, 0x0D)
            state = .dataLineFeed
        case .dataLineFeed:
            try expect(byte, 0x0A)
            state = .size(digits: 0)
        case .trailer(let lineBytes):
            trailerBytes += 1
            guard trailerBytes <= limits.trailerBytesMax else {
                throw WireError(status: 431, reason: "Trailer too large")
            }
            if byte == 0x0D {
                state = .trailerLineFeed(lineBytes: lineBytes)
            } else {
                try refuseControl(byte)
                state = .trailer(lineBytes: lineBytes + 1)
            }
        case .trailerLineFeed(let lineBytes):
            try expect(byte, 0x0A)
            state = lineBytes == 0 ? .end : .trailer(lineBytes: 0)
        case .data, .end:
            preconditionFailure("data and end are handled before")
        }
    }

    private mutating func takeSize(_ byte: UInt8, digits: Int) throws(WireError) {
        if let digit = Self.hexDigit(byte) {
            // 15 digits stay clear of Int64's end.
            guard digits < 15 else { throw .badRequest("Chunk too large") }
            dataBytesLeft = dataBytesLeft << 4 | Int64(digit)
            state = .size(digits: digits + 1)
            return
        }
        guard digits > 0 else { throw .badRequest("Malformed chunk size") }
        try takeBehindSize(byte)
    }

    private mutating func takeBehindSize(_ byte: UInt8) throws(WireError) {
        switch byte {
        case 0x0D: state = .sizeLineFeed
        case UInt8(ascii: ";"): state = .sizeExtension
        case 0x20, 0x09: state = .sizeBlank
        default: throw .badRequest("Malformed chunk size")
        }
    }

    private mutating func countExtension() throws(WireError) {
        extensionBytes += 1
        guard extensionBytes <= limits.chunkExtensionBytesMax else { throw .badRequest("Chunk extension too long") }
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private func expect(_ byte: UInt8, _ wanted: UInt8) throws(WireError) {
        guard byte == wanted else { throw .badRequest("Malformed chunk") }
    }

    private func refuseControl(_ byte: UInt8) throws(WireError) {
        guard byte >= 0x20 || byte == 0x09, byte != 0x7F else {
            throw .badRequest("Control character in a chunk's line")
        }
    }
}
