extension ImageInspector {
    /// A master boot record, a GPT's protective one too (UEFI specification §5.2).
    static func partitionTable(_ head: [UInt8], totalBytes: Int64) -> FormatFinding? {
        guard head.littleEndian(UInt16.self, at: 510) == 0xAA55, !isFAT(head) else { return nil }
        let failures = mbrFailure(head).map { [SafetyFailure(.mbr, $0)] } ?? []
        return FormatFinding(.gpt, virtualSize: .bytes(totalBytes), failures: failures)
    }

    /// The boot sector of a FAT filesystem ends as an MBR does: two FATs on a fixed disk give it away.
    private static func isFAT(_ head: [UInt8]) -> Bool {
        head[0x10] == 2 && head[0x15] == 0xF8
    }

    private static func mbrFailure(_ head: [UInt8]) -> String? {
        var used: [Int] = []
        var isProtective = false
        for index in 0..<4 {
            let entry = Array(head[(446 + 16 * index)...].prefix(16))
            guard entry[0] == 0 || entry[0] == 0x80 else { return "a partition's boot flag is neither set nor unset" }
            let type = entry[4]
            if type != 0 { used.append(index) }
            guard type == 0xEE else { continue }
            isProtective = true
            guard entry[1...3].elementsEqual([0, 2, 0]) else { return "the GPT's partition has a wrong first sector" }
            guard entry.littleEndian(UInt32.self, at: 8) == 1 else {
                return "the GPT's partition begins at a wrong address"
            }
        }
        if used.isEmpty { return "there is no partition" }
        if isProtective, used != [0] { return "there are partitions beside the GPT's" }
        return nil
    }
}
