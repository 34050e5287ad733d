import Testing

@testable import BlobStore

struct DigestTests {
    /// RFC 1321 appendix A.5 and FIPS 180-4's example.
    @Test(arguments: [
        (Digest.Algorithm.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
        (.md5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        (
            .sha512, "abc",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func isTheStandards(algorithm: Digest.Algorithm, text: String, expected: String) throws {
        var whole = try Digest(algorithm)
        try Array(text.utf8).withUnsafeBytes { try whole.update($0) }
        #expect(try whole.finalize() == expected && expected.count == algorithm.digits)

        var pieces = try Digest(algorithm)
        for byte in text.utf8 { try [byte].withUnsafeBytes { try pieces.update($0) } }
        #expect(try pieces.finalize() == expected)
    }
}
