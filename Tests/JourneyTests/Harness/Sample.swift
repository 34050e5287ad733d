import Glibc

/// Numbers that look random, and are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// Data that no compression and no repetition hides a mistake in.
enum Sample {
    static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        var words = [UInt64](repeating: 0, count: (count + 7) / 8)
        for index in words.indices { words[index] = generator.next() }
        return words.withUnsafeBytes { Array($0[..<count]) }
    }

    /// An image id.
    static func id(_ generator: inout SeededGenerator) -> String {
        let digits = (0..<2).map { _ in
            let text = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        var id = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { id += "-" }
            id.append(digit)
        }
        return id
    }

    /// An image id that nobody has had.
    static func newID() -> String {
        var generator = SeededGenerator(seed: .random(in: 0...(.max)))
        return id(&generator)
    }

    /// SHA-256 in hex, by a program that is not ours.
    static func sha256(of data: [UInt8]) throws -> String {
        let folder = try TemporaryFolder()
        let command = try Command("sha256sum", [try folder.write(data, to: "data")])
        return String(command.output.prefix(64))
    }

    /// MD5 in hex, by a program that is not ours.
    static func md5(ofFile path: String) throws -> String {
        let command = try Command("md5sum", [path])
        return String(command.output.prefix(32))
    }
}
