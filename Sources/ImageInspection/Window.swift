/// Consecutive bytes of the stream, lent for the time of a call.
struct Piece {
    let bytes: UnsafeRawBufferPointer
    let offset: Int64

    var end: Int64 { offset + Int64(bytes.count) }

    /// The part of it within the range; nil where that is empty.
    func part(from start: Int64, to end: Int64) -> UnsafeRawBufferPointer? {
        let start = max(start, offset)
        let end = min(end, self.end)
        guard start < end else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[Int(start - offset)..<Int(end - offset)])
    }
}

/// A part of the stream that is kept.
struct Window {
    private static let doubledBytesMax = 32 << 10

    let offset: Int64
    /// What there is of it so far, or up to its first NUL.
    private(set) var bytes: [UInt8]
    private let end: Int64
    private let endsAtNUL: Bool
    private var next: Int64

    /// - Parameters:
    ///   - offset: from 0 to `Int64.max - count`; not before what the stream has come to.
    ///   - seed: the first bytes of it, which have gone by.
    ///   - endsAtNUL: nothing is kept from its first NUL on, though it is complete only when all of it has gone by.
    init(at offset: Int64, count: Int, seed: [UInt8] = [], endsAtNUL: Bool = false) {
        precondition(offset >= 0 && count >= seed.count)
        self.offset = offset
        self.endsAtNUL = endsAtNUL
        bytes = seed
        end = offset + Int64(count)
        next = offset + Int64(seed.count)
    }

    var isComplete: Bool { next == end }

    mutating func take(_ piece: Piece) {
        // Most of the stream goes by behind the window's end.
        guard next < end, piece.end > next, let part = piece.part(from: next, to: end) else { return }
        // What begins behind a gap can never be whole.
        guard piece.offset <= next else { return }
        defer { next += Int64(part.count) }
        // Doubling would take more than the window is long.
        if bytes.count + part.count > Self.doubledBytesMax { bytes.reserveCapacity(Int(end - offset)) }
        guard endsAtNUL else {
            bytes.append(contentsOf: part)
            return
        }
        guard bytes.last != 0 else { return }
        if let nul = part.firstIndex(of: 0) {
            bytes.append(contentsOf: part[...nul])
        } else {
            bytes.append(contentsOf: part)
        }
    }

    /// Lets go of what is kept.
    mutating func drop() { bytes = [] }

    /// The bytes before the first NUL.
    var text: ArraySlice<UInt8> { bytes.prefix { $0 != 0 } }
}

/// The last bytes of the stream.
struct Tail {
    private(set) var bytes: [UInt8]
    private let count: Int
    private var next: Int64

    init(count: Int, seed: [UInt8]) {
        self.count = count
        bytes = seed
        next = Int64(seed.count)
    }

    var isComplete: Bool { bytes.count == count }

    mutating func take(_ piece: Piece) {
        guard let part = piece.part(from: next, to: .max) else { return }
        next = piece.end
        let last = part.suffix(count)
        bytes.removeFirst(max(bytes.count + last.count - count, 0))
        bytes.append(contentsOf: last)
    }
}
