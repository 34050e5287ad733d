import ImageInspection
import Testing

struct FormatMatchTests {
    private static let strict = FormatMatch()
    private static let lenient = FormatMatch(requiresMatch: false)
    private static let hidden: [UInt8] = Samples.qcow2() + Array(Samples.iso()[1024...])
    private static let hybrid: [UInt8] = Samples.partitionTable() + Array(Samples.iso()[2048...])

    private func message(_ judgement: FormatMatch.Judgement) -> String? {
        if case .refused(let message, _) = judgement { return message }
        return nil
    }

    private func size(_ judgement: FormatMatch.Judgement) -> Int64? {
        if case .accepted(let size, _) = judgement { return size }
        return nil
    }

    private static let passing: [(String, [UInt8], Int64?)] = [
        ("raw", Array("nothing".utf8), 7), ("raw", Samples.qcow2(), 1024), ("raw", Samples.vmdk(), 8192),
        ("raw", [], nil), ("raw", Samples.partitionTable(), 2048), ("raw", hybrid, 40 << 10),
        ("raw", Samples.luks(), 4096), ("raw", Samples.iso(), 40 << 10), ("qcow2", Samples.qcow2(), 1 << 30),
        ("vdi", Samples.vdi(), 5 << 20), ("vhd", Samples.vhd(), 7 << 20), ("vhdx", Samples.vhdx(), 9 << 20),
        ("vmdk", Samples.vmdk(), 1 << 20), ("vmdk", Samples.streamOptimized(), 1 << 20),
        ("iso", Samples.iso(), 300 * 2048), ("iso", hybrid, 300 * 2048), ("iso", Samples.iso(type: 0), nil),
        ("gpt", Samples.partitionTable(), 2048), ("luks", Samples.luks(), 2048),
        ("ami", Array("a filesystem".utf8), nil), ("ari", Array("x".utf8), nil), ("aki", Array("x".utf8), nil),
        ("ploop", Array("x".utf8), nil), ("qcow2", Samples.qcow2(size: 0), nil),
        ("vhdx", Samples.vhdx(entries: 0), nil),
    ]

    @Test("bytes that are what they should be, or may be", arguments: passing.indices)
    func accepted(index: Int) {
        let (diskFormat, bytes, virtualSize) = Self.passing[index]
        let judgement = Self.strict.judge(diskFormat: diskFormat, containerFormat: "bare", inspect(bytes))
        #expect(judgement == .accepted(virtualSize: virtualSize, warning: nil))
    }

    private static let mismatches: [(String, [UInt8], String)] = [
        ("qcow2", Array("nothing".utf8), "Image disk_format qcow2 does not match stream data raw"),
        ("qcow2", [], "Image disk_format qcow2 does not match stream data raw"),
        ("vmdk", Samples.qcow2(), "Image disk_format vmdk does not match stream data qcow2"),
        ("iso", Samples.partitionTable(), "Image disk_format iso does not match stream data gpt"),
        ("vhd", Samples.vhdx(), "Image disk_format vhd does not match stream data vhdx"),
        ("ami", Samples.qcow2(), "Image disk_format ami does not match stream data qcow2"),
        ("qcow2", hidden, "Multiple formats detected: qcow2,iso"),
        ("raw", hidden, "Multiple formats detected: qcow2,iso"),
        ("vhd", Samples.vhd(count: 511), "Incomplete file cannot be safety checked"),
        ("vmdk", Array(Samples.descriptor.utf8), "Image format inspection failed"),
        ("qcow2", Samples.qcow2(size: .max), "Image format inspection failed"),
    ]

    @Test("bytes that are something else", arguments: mismatches.indices)
    func mismatch(index: Int) {
        let (diskFormat, bytes, text) = Self.mismatches[index]
        let verdict = inspect(bytes)
        #expect(message(Self.strict.judge(diskFormat: diskFormat, containerFormat: "bare", verdict)) == text)
        let judgement = Self.lenient.judge(diskFormat: diskFormat, containerFormat: "bare", verdict)
        #expect(message(judgement) == nil)
        #expect(size(judgement) == nil)
    }

    private static let dangers: [(String, [UInt8])] = [
        ("qcow2", Samples.qcow2(backingFileOffset: 512)), ("qcow2", Samples.qcow2(features: 4)),
        ("raw", Samples.qcow2(backingFileOffset: 512)), ("raw", Samples.qed),
        ("vmdk", Samples.vmdk("createType=\"monolithicFlat\"\nRW 1 FLAT \"a\"")), ("raw", Samples.luks(version: 2)),
        ("raw", Samples.partitionTable([])), ("raw", Array(("createType=\"vmfs\"\n" + Samples.descriptor).utf8)),
    ]

    @Test("bytes that are a danger are refused, required to match or not", arguments: dangers.indices)
    func danger(index: Int) {
        let (diskFormat, bytes) = Self.dangers[index]
        for rules in [Self.strict, Self.lenient] {
            let judgement = rules.judge(diskFormat: diskFormat, containerFormat: "bare", inspect(bytes))
            #expect(message(judgement) == "Image failed safety checks")
        }
    }

    @Test func partitionTablesMayFail() {
        let table = inspect(Samples.partitionTable([]))
        let rules = FormatMatch(gptChecksNonfatal: ["mbr", "gptmbr"])
        #expect(size(rules.judge(diskFormat: "raw", containerFormat: "bare", table)) == 2048)
        let other = FormatMatch(gptChecksNonfatal: ["gptmbr"])
        #expect(message(other.judge(diskFormat: "raw", containerFormat: "bare", table)) != nil)
        // Only they.
        let all = FormatMatch(gptChecksNonfatal: ["mbr", "backing_file"])
        let backed = inspect(Samples.qcow2(backingFileOffset: 1))
        #expect(message(all.judge(diskFormat: "qcow2", containerFormat: "bare", backed)) != nil)
    }

    @Test("other containers are not looked into", arguments: ["ovf", "ova", "docker", "compressed", "ami", nil])
    func containers(container: String?) {
        let judgement = Self.strict.judge(
            diskFormat: "qcow2", containerFormat: container, inspect(Samples.qcow2(backingFileOffset: 1)))
        #expect(judgement == .accepted(virtualSize: nil, warning: nil))
    }
}
