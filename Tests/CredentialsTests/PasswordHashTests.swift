import Credentials
import Testing

@Suite struct PasswordHashTests {
    @Test func aHashKnowsItsPassword() throws {
        let hash = try PasswordHash(of: "pässword of mine")
        let read = try PasswordHash(text: hash.text)
        #expect(read == hash)
        #expect(try read.matches("pässword of mine"))
        for other in ["", "pässword of min", "pässword of mine ", "Pässword of mine"] {
            #expect(try !read.matches(other), "\(other)")
        }
        #expect(try PasswordHash(of: "pässword of mine").text != hash.text, "the salt is new each time")
        #expect(!hash.text.contains("pässword"))
    }

    /// RFC 7914 §12, the third of its vectors.
    @Test func knownVector() throws {
        let hash = try PasswordHash(
            text: "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$"
                + "cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw")
        #expect(try hash.matches("pleaseletmein"))
        #expect(try !hash.matches("pleaseletmeim"))
    }

    @Test(arguments: [
        "", "scrypt", "$scrypt$", "$bcrypt$ln=15,r=8,p=1$TmFDbE5hQ2w$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw",
        "$scrypt$ln=15,r=8$TmFDbE5hQ2w$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw",
        "$scrypt$ln=40,r=8,p=1$TmFDbE5hQ2w$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw",
        "$scrypt$ln=15,r=8,p=1$!!!!$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw", "$scrypt$ln=15,r=8,p=1$TmFDbE5hQ2w$",
    ])
    func otherTextsAreNoHash(text: String) {
        #expect(throws: PasswordHash.Failure.unreadable) { try PasswordHash(text: text) }
    }

    @Test(arguments: ["", "a\u{0}b", String(repeating: "x", count: PasswordHash.passwordBytesMax + 1)])
    func unusablePasswords(password: String) throws {
        #expect(throws: PasswordHash.Failure.unusablePassword) { try PasswordHash(of: password) }
        #expect(try !PasswordHash.ofNobody.matches(password))
    }
}
