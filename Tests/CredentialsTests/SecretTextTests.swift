import Credentials
import Testing

@Suite struct SecretTextTests {
    @Test func secretsAreLongPlainAndNew() {
        let secrets = Set((0..<1000).map { _ in SecretText.random() })
        #expect(secrets.count == 1000)
        for secret in secrets {
            #expect(secret.utf8.count == 44)
            #expect(secret.first?.isLetter == true, "a command would take it for an option")
            #expect(secret.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        }
        #expect(Set((0..<100).map { _ in SecretText.randomPassword() }).count == 100)
    }

    /// FIPS 180-4's own example.
    @Test func digestIsSHA256() {
        let digest = TokenDigest(of: "abc")
        #expect(digest.text == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(digest.matches(digest.text))
        for other in ["", String(digest.text.dropLast()), digest.text + "0", digest.text.uppercased()] {
            #expect(!digest.matches(other))
        }
    }

    @Test func keyedDigestsDependOnKeyAndBounds() {
        let (first, second) = (KeyedDigest(), KeyedDigest())
        #expect(first("ab", "c") == first("ab", "c"))
        #expect(first("ab", "c") != first("a", "bc"))
        #expect(first("ab", "c") != second("ab", "c"))
    }

    @Test(
        arguments: [("", ""), ("Zg", "f"), ("Zm8", "fo"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar"), ("-_8", nil)]
            as [(String, String?)])
    func base64(text: String, plain: String?) throws {
        let bytes = try #require(Base64URL.decode(text))
        #expect(Base64URL.encode(bytes) == text)
        if let plain { #expect(bytes == Array(plain.utf8)) }
    }

    @Test func base64InItsOtherForms() {
        #expect(Base64URL.decode("Zg==") == [UInt8(ascii: "f")])
        #expect(Base64URL.decode("+/8=") == Base64URL.decode("-_8"))
        for text in ["Z", "Zm9vY", "Zm 9v", "Z===", "é"] { #expect(Base64URL.decode(text) == nil, "\(text)") }
    }
}
