import CCompression

/// A ZIP archive of one file (APPNOTE 6.3.10), read from front to back: the file's own header, its data, and behind them
/// the directory, which must have the same file in it and no other.
final class ZipReader: Decoder {
    /// APPNOTE §4.3.7: how a file begins, and with it an archive that has one.
    static let entrySignature: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
    /// §4.3.12: how the directory's entries begin.
    private static let directorySignature: [UInt8] = [0x50, 0x4B, 0x01, 0x02]
    /// §4.3.9.3: how what follows the data may begin.
    private static let descriptorSignature: [UInt8] = [0x50, 0x4B, 0x07, 0x08]
    /// §4.3.16: how the record begins that ends the archive.
    private static let endSignature: [UInt8] = [0x50, 0x4B, 0x05, 0x06]
    private static let headerBytes = 30
    private static let directoryEntryBytes = 46
    private static let endBytes = 22
    /// ZIP64's records and a comment; more than that is no end of an archive.
    private static let tailBytesMax = 128 << 10

    private enum State {
        case header
        /// The name and the extra field, of so many bytes.
        case names(Int)
        case stored(left: UInt64)
        case deflated
        /// Between the data and the directory, where the sizes may stand.
        case descriptor
        /// The directory's entry: its fixed part, then its names, of so many bytes.
        case directory
        case directoryNames(Int)
        /// Right behind the entry, and after that on the way to the end record.
        case behindEntry
        case tail
        case end
    }

    private let inflater: Inflater
    private var state = State.header
    private var entry = ZipEntry()
    /// What has come of a part that is read whole.
    private var held: [UInt8] = []
    private var crc: UInt = 0
    private var decodedBytes: UInt64 = 0
    private var tailBytes = 0

    init() throws(DecompressionError) {
        inflater = try Inflater(.zip)
    }

    var isAtEnd: Bool { if case .end = state { true } else { false } }

    func decode(
        _ input: inout UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) throws(DecompressionError) -> Int {
        while true {
            switch state {
            case .header:
                guard let header = hold(Self.headerBytes, of: &input) else { return 0 }
                entry = try ZipEntry(header)
                state = .names(entry.nameBytes + entry.extraBytes)
            case .names(let count):
                guard let names = hold(count, of: &input) else { return 0 }
                entry.readExtra(names[entry.nameBytes...])
                state = try beginning()
            case .stored(let left):
                if left == 0 {
                    state = .descriptor
                    continue
                }
                let count = Int(min(UInt64(min(input.count, output.count)), left))
                guard count > 0 else { return 0 }
                output.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[..<count]))
                input.take(count)
                state = .stored(left: left - UInt64(count))
                note(output, count)
                return count
            case .deflated:
                let step = try inflater.step(&input, into: output)
                note(output, step.count)
                if step.isEnd { state = .descriptor }
                if step.count > 0 || !step.isEnd { return step.count }
            case .descriptor:
                guard try isAtDirectory(&input) else { return 0 }
                state = .directory
            case .directory:
                guard let fields = hold(Self.directoryEntryBytes, of: &input) else { return 0 }
                try check(fields)
                state = .directoryNames([28, 30, 32].reduce(0) { $0 + Int(fields.half(at: $1)) })
            case .directoryNames(let count):
                guard hold(count, of: &input) != nil else { return 0 }
                state = .behindEntry
            case .behindEntry:
                guard let signature = hold(4, of: &input) else { return 0 }
                guard signature != Self.directorySignature else { throw Self.severalFiles }
                held = signature
                state = .tail
            case .tail:
                guard try isAtEndRecord(&input) else { return 0 }
                state = .end
            case .end:
                try passTail(&input)
                return 0
            }
        }
    }

    /// Collects so many bytes; nil until they are there.
    private func hold(_ count: Int, of input: inout UnsafeRawBufferPointer) -> [UInt8]? {
        let taken = min(max(0, count - held.count), input.count)
        held += input[..<taken]
        input.take(taken)
        guard held.count >= count else { return nil }
        defer { held = [] }
        return held
    }

    private func note(_ output: UnsafeMutableRawBufferPointer, _ count: Int) {
        decodedBytes += UInt64(count)
        crc = crc32_z(crc, output.baseAddress?.assumingMemoryBound(to: UInt8.self), count)
    }

    private func beginning() throws(DecompressionError) -> State {
        switch entry.method {
        case 8: return .deflated
        // Without its length nobody knows where a stored file ends.
        case 0 where !entry.hasDescriptor: return .stored(left: entry.storedBytes)
        case 0: throw .unsupported(.zip, "the file in it is stored without its length")
        default: throw .unsupported(.zip, "the file in it is compressed by method \(entry.method)")
        }
    }

    private static let severalFiles = DecompressionError.unsupported(.zip, "there is more than one file in it")

    /// Looks for the directory behind the data. A descriptor has 12 or 20 bytes, and its signature or not (§4.3.9).
    private func isAtDirectory(_ input: inout UnsafeRawBufferPointer) throws(DecompressionError) -> Bool {
        let counts = entry.hasDescriptor ? [16, 20, 24, 28] : [4]
        while true {
            if counts.contains(held.count) {
                if held.suffix(4).elementsEqual(Self.directorySignature) {
                    if entry.hasDescriptor { try checkDescriptor(held.dropLast(4)) }
                    held = Self.directorySignature
                    return true
                }
                if held.suffix(4).elementsEqual(Self.entrySignature) { throw Self.severalFiles }
            }
            guard held.count < counts[counts.count - 1] else {
                throw .corrupt(.zip, "no directory follows the file")
            }
            guard let byte = input.first else { return false }
            held.append(byte)
            input.take(1)
        }
    }

    private func checkDescriptor(_ bytes: ArraySlice<UInt8>) throws(DecompressionError) {
        let fields = bytes.count.isMultiple(of: 8) ? bytes.dropFirst(4) : bytes
        guard Array(fields).word(at: 0) == UInt32(truncatingIfNeeded: crc) else {
            throw .corrupt(.zip, "the checksum of the file does not fit")
        }
    }

    /// The directory says the same of the file, and its data hash to what it says.
    private func check(_ fields: [UInt8]) throws(DecompressionError) {
        guard fields.word(at: 16) == UInt32(truncatingIfNeeded: crc) else {
            throw .corrupt(.zip, "the checksum of the file does not fit")
        }
        let size = fields.word(at: 24)
        guard size == .max || UInt64(size) == decodedBytes else {
            throw .corrupt(.zip, "the length of the file does not fit")
        }
    }

    /// Passes over what stands before the end record, and reads that to its end.
    private func isAtEndRecord(_ input: inout UnsafeRawBufferPointer) throws(DecompressionError) -> Bool {
        while !held.starts(with: Self.endSignature) {
            guard let byte = input.first else { return false }
            held.removeFirst()
            held.append(byte)
            input.take(1)
            try count(tail: 1)
        }
        return hold(Self.endBytes, of: &input) != nil
    }

    private func passTail(_ input: inout UnsafeRawBufferPointer) throws(DecompressionError) {
        try count(tail: input.count)
        input.take(input.count)
    }

    private func count(tail bytes: Int) throws(DecompressionError) {
        tailBytes += bytes
        guard tailBytes <= Self.tailBytesMax else { throw .corrupt(.zip, "too much follows the file") }
    }
}

/// What a file's own header in an archive says (§4.3.7), all of it little-endian.
private struct ZipEntry {
    private(set) var method: UInt16 = 0
    private(set) var hasDescriptor = false
    private(set) var storedBytes: UInt64 = 0
    private(set) var nameBytes = 0
    private(set) var extraBytes = 0

    init() {}

    init(_ header: [UInt8]) throws(DecompressionError) {
        guard header.starts(with: ZipReader.entrySignature) else { throw .corrupt(.zip, "no file begins in it") }
        let flags = header.half(at: 6)
        // §4.4.4: bit 0 is encryption, bit 13 that of the directory.
        guard flags & (1 << 0 | 1 << 13) == 0 else { throw .unsupported(.zip, "the file in it is encrypted") }
        hasDescriptor = flags & 1 << 3 != 0
        method = header.half(at: 8)
        storedBytes = UInt64(header.word(at: 18))
        nameBytes = Int(header.half(at: 26))
        extraBytes = Int(header.half(at: 28))
    }

    /// §4.5.3: the ZIP64 field has the lengths that do not fit into 32 bits, the original one first.
    mutating func readExtra(_ bytes: ArraySlice<UInt8>) {
        guard storedBytes == UInt64(UInt32.max) else { return }
        var rest = Array(bytes)
        while rest.count >= 4 {
            let (id, count) = (rest.half(at: 0), Int(rest.half(at: 2)))
            rest.removeFirst(4)
            guard count <= rest.count else { return }
            if id == 1, count >= 16 {
                storedBytes = UInt64(rest.word(at: 8)) | UInt64(rest.word(at: 12)) << 32
                return
            }
            rest.removeFirst(count)
        }
    }
}

extension [UInt8] {
    fileprivate func half(at offset: Int) -> UInt16 { UInt16(self[offset]) | UInt16(self[offset + 1]) << 8 }
    fileprivate func word(at offset: Int) -> UInt32 {
        UInt32(half(at: offset)) | UInt32(half(at: offset + 2)) << 16
    }
}
