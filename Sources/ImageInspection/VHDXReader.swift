/// Finds the size of a VHDX: from the region table to the metadata table, from there to the item (MS-VHDX §2.2.3, §2.6).
///
/// Each of the three lies behind the one before, as the specification places them; where a table points back, the size
/// counts as not seen.
struct VHDXReader {
    static let signature = Array("vhdxfile".utf8)
    private static let regionTableOffset: Int64 = 192 << 10
    private static let tableBytes = 64 << 10
    private static let entryBytes = 32
    private static let entriesMax = 2047
    /// 8B7CA206-4790-4B9A-B8FE-575F050F886E as it stands in a file.
    private static let metadataRegion: [UInt8] = [
        0x06, 0xA2, 0x7C, 0x8B, 0x90, 0x47, 0x9A, 0x4B, 0xB8, 0xFE, 0x57, 0x5F, 0x05, 0x0F, 0x88, 0x6E,
    ]
    /// 2FA54224-CD1B-4876-B211-5DBED83BF4B8.
    private static let virtualDiskSize: [UInt8] = [
        0x24, 0x42, 0xA5, 0x2F, 0x1B, 0xCD, 0x76, 0x48, 0xB2, 0x11, 0x5D, 0xBE, 0xD8, 0x3B, 0xF4, 0xB8,
    ]

    private enum Stage: Equatable {
        case regionTable
        case metadataHeader
        case metadataEntries
        case size
        case known(VirtualSize)
        /// The tables contradict the specification.
        case broken
    }

    private var stage = Stage.regionTable
    private var window = Window(at: Self.regionTableOffset, count: Self.tableBytes)
    private var metadataOffset: Int64 = 0

    mutating func take(_ piece: Piece) {
        while true {
            window.take(piece)
            guard window.isComplete else { return }
            switch stage {
            case .regionTable: readRegionTable()
            case .metadataHeader: readMetadataHeader()
            case .metadataEntries: readMetadataEntries()
            case .size: stage = .known(VirtualSize(window.bytes.littleEndian(UInt64.self, at: 0)))
            case .known, .broken: return
            }
        }
    }

    var finding: FormatFinding {
        if case .known(let size) = stage { return FormatFinding(.vhdx, virtualSize: size) }
        return FormatFinding(.vhdx, virtualSize: .unknown, isComplete: false)
    }

    private mutating func readRegionTable() {
        let table = window.bytes
        guard table.starts(with: "regi".utf8), let count = table.littleEndian(UInt32.self, at: 8),
            count <= Self.entriesMax,
            let entry = entry(Self.metadataRegion, in: table.dropFirst(16), count: Int(count)),
            let offset = entry.littleEndian(UInt64.self, at: 16)
        else {
            // Glance takes it for a VHDX of an unknown size.
            stage = .known(.unknown)
            return
        }
        let tableEnd = Self.regionTableOffset + Int64(Self.tableBytes)
        guard let offset = Int64(exactly: offset), offset >= tableEnd, offset < 1 << 62 else {
            stage = .broken
            return
        }
        metadataOffset = offset
        stage = .metadataHeader
        window = Window(at: offset, count: Self.entryBytes)
    }

    private mutating func readMetadataHeader() {
        guard window.bytes.starts(with: "metadata".utf8), let count = window.bytes.littleEndian(UInt16.self, at: 10),
            count <= Self.entriesMax
        else {
            stage = .broken
            return
        }
        stage = .metadataEntries
        window = Window(at: metadataOffset + Int64(Self.entryBytes), count: Int(count) * Self.entryBytes)
    }

    private mutating func readMetadataEntries() {
        let count = window.bytes.count / Self.entryBytes
        guard let entry = entry(Self.virtualDiskSize, in: window.bytes[...], count: count) else {
            stage = .known(.unknown)
            return
        }
        guard let offset = entry.littleEndian(UInt32.self, at: 16), offset >= Self.tableBytes else {
            stage = .broken
            return
        }
        guard entry.littleEndian(UInt32.self, at: 20) == 8 else {
            stage = .known(.unreadable)
            return
        }
        stage = .size
        window = Window(at: metadataOffset + Int64(offset), count: 8)
    }

    /// The first entry of a table that has the id in front.
    private func entry(_ id: [UInt8], in entries: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        var rest = entries
        for _ in 0..<count {
            let entry = rest.prefix(Self.entryBytes)
            guard entry.count == Self.entryBytes else { return nil }
            if entry.starts(with: id) { return Array(entry) }
            rest = rest.dropFirst(Self.entryBytes)
        }
        return nil
    }
}
