import JSONText
import Testing

/// Values made by chance go out and come back; bytes made by chance are refused or understood, and never more.
@Suite struct JSONRandomTests {
    /// The same sequence in every run (SplitMix64), so that a failure can be looked at again.
    struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    @Test(arguments: 0..<8)
    func valuesComeBack(_ seed: Int) throws {
        var dice = Dice(state: UInt64(seed))
        for _ in 0..<200 {
            let value = randomValue(&dice, depthLeft: 5)
            let text = value.serialized
            let back = try JSONValue(parsing: text)
            #expect(back == value)
            // Strings are equal to Swift in more cases than they are to others: the bytes tell.
            #expect(back.serialized == text)
        }
    }

    @Test(arguments: 0..<8)
    func bytesByChance(_ seed: Int) {
        var dice = Dice(state: UInt64(1000 + seed))
        let likely = Array("{}[]\":,\\/ubnft0123456789eE+-. \t\n\0\u{1F}aä€𝄞truefalsenull".utf8)
        for _ in 0..<2000 {
            let count = Int.random(in: 0...40, using: &dice)
            let bytes = (0..<count).map { _ in
                Int.random(in: 0..<10, using: &dice) == 0
                    ? UInt8.random(in: 0...255, using: &dice) : likely.randomElement(using: &dice) ?? 0
            }
            expectStable(bytes)
        }
    }

    @Test(arguments: 0..<8)
    func damagedTexts(_ seed: Int) {
        var dice = Dice(state: UInt64(2000 + seed))
        for _ in 0..<300 {
            var bytes = randomValue(&dice, depthLeft: 4).serialized
            for _ in 0..<Int.random(in: 1...3, using: &dice) where !bytes.isEmpty {
                let at = Int.random(in: 0..<bytes.count, using: &dice)
                switch Int.random(in: 0..<3, using: &dice) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &dice)
                case 1: bytes.remove(at: at)
                default: bytes.insert(UInt8.random(in: 0...255, using: &dice), at: at)
                }
            }
            expectStable(bytes)
        }
    }

    /// What is understood is written as something that is understood in the same way.
    private func expectStable(_ bytes: [UInt8]) {
        do throws(JSONSyntaxError) {
            let text = try JSONValue(parsing: bytes).serialized
            let again = try JSONValue(parsing: text).serialized
            #expect(again == text)
        } catch {
            #expect((0...bytes.count).contains(error.offset), "\(bytes)")
        }
    }

    private func randomValue(_ dice: inout Dice, depthLeft: Int) -> JSONValue {
        switch Int.random(in: 0..<(depthLeft > 0 ? 9 : 6), using: &dice) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &dice))
        case 2: return .int(Int64(bitPattern: dice.next()))
        case 3: return .int(Int64.random(in: -9...9, using: &dice))
        case 4:
            let number = Double(bitPattern: dice.next())
            return .double(number.isFinite ? number : 0.5)
        case 5: return .string(randomText(&dice))
        case 6, 7:
            let count = Int.random(in: 0...4, using: &dice)
            return .array((0..<count).map { _ in randomValue(&dice, depthLeft: depthLeft - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...4, using: &dice) {
                object.append(randomText(&dice), randomValue(&dice, depthLeft: depthLeft - 1))
            }
            return .object(object)
        }
    }

    private func randomText(_ dice: inout Dice) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...8, using: &dice) {
            let bound: UInt32 = [0x20, 0x80, 0x800, 0x1_0000, 0x11_0000].randomElement(using: &dice) ?? 0x80
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<bound, using: &dice)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
