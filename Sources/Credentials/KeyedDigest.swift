import CCrypto

/// HMAC-SHA256 under a key that only this process knows and that ends with it: a way to recognize a secret that was
/// seen before without keeping it.
public struct KeyedDigest: Sendable {
    private let key = SecretText.randomBytes(32)

    /// With a new key.
    public init() {}

    /// The digest of the texts; where one of them ends is part of it.
    public func callAsFunction(_ texts: String...) -> [UInt8] {
        var message: [UInt8] = []
        for text in texts {
            withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { message.append(contentsOf: $0) }
            message.append(contentsOf: text.utf8)
        }
        var digest = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        let result = HMAC(EVP_sha256(), key, CInt(key.count), message, message.count, &digest, &count)
        precondition(result != nil && count == 32, "no HMAC-SHA256 in libcrypto")
        return digest
    }
}
