/// Reads VMware's format: the head of a sparse extent with a descriptor in it, or a descriptor alone.
struct VMDKReader {
    private static let signature = Array("KDMV".utf8)
    private static let headerBytes = 64
    private static let sectorBytes = 512
    /// QEMU reads no more of a descriptor.
    private static let descriptorBytesMax = 1 << 20 - 1
    /// A footer's marker, the footer and the end-of-stream marker.
    private static let tailBytes = 3 * sectorBytes

    private enum Shape {
        /// Nothing more is wanted of it.
        case bad(reason: String)
        /// The stream has ended within the header.
        case cutOff
        case sparse(SparseHeader)
        /// Perhaps a descriptor, perhaps just text.
        case text
    }

    private let shape: Shape
    private var window: Window
    /// Known once the window is complete, which is then let go of.
    private var descriptor: VMDKDescriptor?
    private var tail: Tail?

    /// - Parameter head: the stream's first sector, or all of a shorter stream.
    /// - Returns: nil where it cannot be a VMDK.
    init?(head: [UInt8]) {
        window = Window(at: 0, count: 0)
        guard head.starts(with: Self.signature) else {
            guard head.count >= Self.headerBytes, head.allSatisfy(Self.isText) else { return nil }
            shape = .text
            window = Window(at: 0, count: Self.descriptorBytesMax, seed: head, endsAtNUL: true)
            return
        }
        guard let header = SparseHeader(head, at: 0) else {
            shape = .cutOff
            return
        }
        if !(1...3).contains(header.version) {
            shape = .bad(reason: "it is of a version that is not known")
        } else if header.descriptorSector != 1 {
            shape = .bad(reason: "its descriptor is not in the second sector")
        } else {
            shape = .sparse(header)
            let bytes = header.descriptorSectors.multipliedReportingOverflow(by: UInt64(Self.sectorBytes))
            let count = bytes.overflow ? Self.descriptorBytesMax : Int(clamping: bytes.partialValue)
            window = Window(
                at: Int64(Self.sectorBytes), count: min(count, Self.descriptorBytesMax), endsAtNUL: true)
            if header.hasFooter { tail = Tail(count: Self.tailBytes, seed: head) }
        }
    }

    mutating func take(_ piece: Piece) {
        tail?.take(piece)
        guard descriptor == nil else { return }
        window.take(piece)
        guard window.isComplete else { return }
        descriptor = VMDKDescriptor(window.text)
        window.drop()
    }

    /// nil where it is just text.
    var finding: FormatFinding? {
        switch shape {
        case .bad(let reason):
            return FormatFinding(.vmdk, virtualSize: .unknown, failures: [SafetyFailure(.descriptor, reason)])
        case .cutOff:
            return FormatFinding(.vmdk, virtualSize: .unknown, isComplete: false)
        case .text:
            let descriptor = descriptor ?? VMDKDescriptor(window.text)
            guard descriptor.hasCreateType else { return nil }
            // The size of such a disk would have to be summed up from extents in other files.
            let size = descriptor.isOfOneFile ? VirtualSize.unreadable : .unknown
            return FormatFinding(.vmdk, virtualSize: size, failures: failures(of: descriptor))
        case .sparse(let header):
            return finding(header)
        }
    }

    private func finding(_ header: SparseHeader) -> FormatFinding {
        guard window.isComplete, tail?.isComplete != false else {
            return FormatFinding(.vmdk, virtualSize: .unknown, isComplete: false)
        }
        let descriptor = descriptor ?? VMDKDescriptor(window.text)
        var failures = failures(of: descriptor)
        if let tail, let reason = footerFailure(tail.bytes, header) { failures.append(SafetyFailure(.footer, reason)) }
        guard descriptor.isOfOneFile else { return FormatFinding(.vmdk, virtualSize: .unknown, failures: failures) }
        let bytes = header.sectors.multipliedReportingOverflow(by: UInt64(Self.sectorBytes))
        return FormatFinding(
            .vmdk, virtualSize: VirtualSize(bytes.overflow ? nil : bytes.partialValue), failures: failures)
    }

    private func failures(of descriptor: VMDKDescriptor) -> [SafetyFailure] {
        descriptor.failure.map { [SafetyFailure(.descriptor, $0)] } ?? []
    }

    /// The footer counts, not the header, where there is one: the two must say the same.
    private func footerFailure(_ tail: [UInt8], _ header: SparseHeader) -> String? {
        guard let footer = SparseHeader(tail, at: Self.sectorBytes) else { return "it has no footer" }
        if !footer.isSigned { return "its footer is not signed" }
        if footer.version != header.version { return "its footer is of another version" }
        if footer.descriptorSector != header.descriptorSector || footer.descriptorSectors != header.descriptorSectors {
            return "its footer has another descriptor"
        }
        if footer.hasFooter { return "its footer has a footer" }
        if !isMarker(tail.prefix(Self.sectorBytes), type: 3) { return "its footer's marker is broken" }
        let end = tail.suffix(Self.sectorBytes)
        if !isMarker(end, type: 0) || end.prefix(8).contains(where: { $0 != 0 }) { return "its end marker is broken" }
        return nil
    }

    /// A sector with a value, a size, which is 0, a type and zeros.
    private func isMarker(_ sector: ArraySlice<UInt8>, type: UInt8) -> Bool {
        sector.dropFirst(8).elementsEqual([0, 0, 0, 0, type, 0, 0, 0] + [UInt8](repeating: 0, count: 496))
    }

    /// Printable ASCII and white space, the separators 0x1C to 0x1F among it.
    private static func isText(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) || (0x09...0x0D).contains(byte) || (0x1C...0x1F).contains(byte)
    }

    /// The header of a hosted sparse extent: little-endian fields without padding (VMware's Virtual Disk Format 5.0).
    private struct SparseHeader {
        let isSigned: Bool
        let version: UInt32
        let sectors: UInt64
        let descriptorSector: UInt64
        let descriptorSectors: UInt64
        /// The grain directory is at the end, and so is the header that is in force.
        let hasFooter: Bool

        init?(_ bytes: [UInt8], at offset: Int) {
            guard bytes.count - offset >= VMDKReader.headerBytes,
                let version = bytes.littleEndian(UInt32.self, at: offset + 4),
                let sectors = bytes.littleEndian(UInt64.self, at: offset + 12),
                let descriptorSector = bytes.littleEndian(UInt64.self, at: offset + 28),
                let descriptorSectors = bytes.littleEndian(UInt64.self, at: offset + 36),
                let grainDirectory = bytes.littleEndian(UInt64.self, at: offset + 56)
            else { return nil }
            isSigned = bytes[offset...].starts(with: VMDKReader.signature)
            self.version = version
            self.sectors = sectors
            self.descriptorSector = descriptorSector
            self.descriptorSectors = descriptorSectors
            hasFooter = grainDirectory == .max
        }
    }
}
