/// The formats that tell all in their first sector, or the first descriptor of a volume.
extension ImageInspector {
    /// QEMU's docs/interop/qcow2.txt: big-endian fields.
    static func qcow2(_ head: [UInt8]) -> FormatFinding? {
        guard head.starts(with: [0x51, 0x46, 0x49, 0xFB]) else { return nil }
        var failures: [SafetyFailure] = []
        if head.bigEndian(UInt64.self, at: 8) != 0 {
            failures.append(SafetyFailure(.backingFile, "it has a backing file"))
        }
        let features = head.bigEndian(UInt64.self, at: 72) ?? .max
        if features & 1 << 2 != 0 {
            failures.append(SafetyFailure(.dataFile, "its data are in another file"))
        }
        switch head.bigEndian(UInt32.self, at: 4) {
        case 2: break
        case 3:
            // Known: dirty, corrupt, external data file, compression type.
            if features & ~0xF != 0 {
                failures.append(SafetyFailure(.unknownFeatures, "it needs features that are not known"))
            }
        default: failures.append(SafetyFailure(.unknownFeatures, "it is of a version other than 2 and 3"))
        }
        return FormatFinding(.qcow2, virtualSize: VirtualSize(head.bigEndian(at: 24)), failures: failures)
    }

    /// QEMU has given the format up, and so has everybody else.
    static func qed(_ head: [UInt8]) -> FormatFinding? {
        guard head.starts(with: [0x51, 0x45, 0x44, 0]) else { return nil }
        return FormatFinding(.qed, virtualSize: .unknown, failures: [SafetyFailure(.banned, "QED is not allowed")])
    }

    /// VirtualBox's: little-endian fields behind 64 bytes of text.
    static func vdi(_ head: [UInt8]) -> FormatFinding? {
        guard head.littleEndian(UInt32.self, at: 0x40) == 0xBEDA_107F else { return nil }
        return FormatFinding(.vdi, virtualSize: VirtualSize(head.littleEndian(at: 0x170)))
    }

    /// Virtual PC's with the copy of its footer in front; one of a fixed size has none, and looks raw.
    static func vhd(_ head: [UInt8], isComplete: Bool) -> FormatFinding? {
        guard head.starts(with: "conectix".utf8) else { return nil }
        let size = isComplete ? VirtualSize(head.bigEndian(at: 40)) : .unknown
        return FormatFinding(.vhd, virtualSize: size, isComplete: isComplete)
    }

    /// The first volume descriptor of ISO 9660 (ECMA-119 §8.4) or of UDF (ECMA-167 part 2 §9).
    static func iso(_ descriptor: [UInt8]) -> FormatFinding? {
        guard let identifier = descriptor.field(at: 1, count: 5),
            ["CD001", "NSR02", "NSR03"].contains(where: { identifier.elementsEqual($0.utf8) })
        else { return nil }
        guard descriptor.first == 1, let blocks = descriptor.littleEndian(UInt32.self, at: 80),
            let blockBytes = descriptor.littleEndian(UInt16.self, at: 128)
        else { return FormatFinding(.iso, virtualSize: .unknown) }
        return FormatFinding(.iso, virtualSize: .bytes(Int64(blocks) * Int64(blockBytes)))
    }

    /// LUKS version 1's on-disk format: big-endian fields.
    static func luks(_ head: [UInt8], totalBytes: Int64) -> FormatFinding? {
        // Up to the end of the key slots.
        let headerBytes = 592
        guard head.starts(with: [0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE]) else { return nil }
        guard totalBytes >= headerBytes, let payload = head.bigEndian(UInt32.self, at: 104) else {
            return FormatFinding(.luks, virtualSize: .unknown, isComplete: false)
        }
        let size = totalBytes - Int64(payload) * 512
        let version = head.bigEndian(UInt16.self, at: 6)
        let failures = version == 1 ? [] : [SafetyFailure(.version, "it is of a LUKS version other than 1")]
        return FormatFinding(.luks, virtualSize: size < 0 ? .unreadable : .bytes(size), failures: failures)
    }
}

extension [UInt8] {
    fileprivate func bigEndian(at offset: Int) -> UInt64? { bigEndian(UInt64.self, at: offset) }
    fileprivate func littleEndian(at offset: Int) -> UInt64? { littleEndian(UInt64.self, at: offset) }
}
