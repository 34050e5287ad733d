import CCrypto

/// What is kept of a secret of 256 random bits, such as a token: its SHA-256. Nobody can guess such a secret, so it needs
/// neither salt nor a slow hash; and whoever reads the database can't use what stands there.
public struct TokenDigest: Hashable, Sendable {
    /// Bytes of the longest text that can be a token; longer ones are not looked at.
    public static let tokenBytesMax = 1024

    /// 64 hex digits in lower case.
    public let text: String

    /// The digest of a secret.
    public init(of secret: String) {
        var digest = [UInt8](repeating: 0, count: 32)
        let bytes = Array(secret.utf8)
        // SHA-256 is in every provider, FIPS or not.
        precondition(EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil) == 1, "no SHA-256 in libcrypto")
        text = Self.hex(digest)
    }

    /// Whether it is the digest that stands in the text, in a time that does not tell how much of it was right.
    public func matches(_ text: String) -> Bool { ConstantTime.areEqual(Array(self.text.utf8), Array(text.utf8)) }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0x0F)]] }, as: UTF8.self)
    }
}

/// Comparison of secrets: CRYPTO_memcmp(3).
public enum ConstantTime {
    /// Whether the bytes are the same; the time depends on their number alone.
    public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
