import Credentials
import Testing

@Suite struct TextSealTests {
    private let seal = TextSeal(secret: "a secret", purpose: "tests")

    @Test(arguments: ["", "t0ken", "é\u{1F600}", String(repeating: "x", count: 10_000)])
    func whatIsSealedOpens(text: String) {
        let sealed = seal.seal(text, for: "task")
        #expect(seal.open(sealed, for: "task") == text)
        #expect(text.isEmpty || !sealed.contains(text))
        #expect(seal.seal(text, for: "task") != sealed, "a nonce was used twice")
        #expect(TextSeal(secret: "a secret", purpose: "tests").open(sealed, for: "task") == text)
    }

    @Test func nobodyElseOpensIt() {
        let sealed = seal.seal("t0ken", for: "task")
        #expect(seal.open(sealed, for: "another task") == nil)
        #expect(TextSeal(secret: "a secret", purpose: "others").open(sealed, for: "task") == nil)
        #expect(TextSeal(secret: "another", purpose: "tests").open(sealed, for: "task") == nil)
        for broken in ["", "a", String(sealed.dropLast(4)), sealed + "AAAA", "%%%"] {
            #expect(seal.open(broken, for: "task") == nil)
        }
    }

    @Test func everyByteCounts() {
        let sealed = Array(seal.seal("t0ken", for: "task").utf8)
        for index in sealed.indices.dropLast() {
            var changed = sealed
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(seal.open(String(decoding: changed, as: UTF8.self), for: "task") == nil)
        }
    }
}
