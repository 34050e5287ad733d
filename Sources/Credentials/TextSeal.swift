import CCrypto

/// A secret that has to lie in a database for a while, under a key that lies elsewhere: AES-256-GCM (NIST SP 800-38D).
///
/// What a key is for is part of it, and so is what a text belongs to: one that was moved to another row does not open.
public struct TextSeal: Sendable {
    private static let (nonceBytes, tagBytes) = (12, 16)

    private let key: [UInt8]

    /// - Parameters:
    ///   - secret: what the key is made of; as good as random.
    ///   - purpose: keys of one secret for different purposes differ.
    public init(secret: String, purpose: String) {
        let (secret, purpose) = (Array(secret.utf8), Array(purpose.utf8))
        var key = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        let result = HMAC(EVP_sha256(), secret, CInt(secret.count), purpose, purpose.count, &key, &count)
        precondition(result != nil && count == 32, "no HMAC-SHA256 in libcrypto")
        self.key = key
    }

    /// The text as it may lie about: the nonce, the cipher text and its tag, in Base64.
    ///
    /// - Parameter context: what it belongs to.
    public func seal(_ text: String, for context: String) -> String {
        let nonce = SecretText.randomBytes(Self.nonceBytes)
        var sealed = [UInt8](repeating: 0, count: text.utf8.count)
        var tag = [UInt8](repeating: 0, count: Self.tagBytes)
        let isDone = withCipher { cipher in
            var count: CInt = 0
            var rest = [UInt8](repeating: 0, count: 16)
            let (plain, context) = (Array(text.utf8), Array(context.utf8))
            return EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key, nonce) == 1
                && EVP_EncryptUpdate(cipher, nil, &count, context, CInt(context.count)) == 1
                && EVP_EncryptUpdate(cipher, &sealed, &count, plain, CInt(plain.count)) == 1
                && EVP_EncryptFinal_ex(cipher, &rest, &count) == 1
                && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, CInt(Self.tagBytes), &tag) == 1
        }
        precondition(isDone, "no AES-256-GCM in libcrypto")
        return Base64URL.encode(nonce + sealed + tag)
    }

    /// The text that was sealed for this context; nil where the seal is another's, or broken.
    public func open(_ sealed: String, for context: String) -> String? {
        guard let bytes = Base64URL.decode(sealed), bytes.count >= Self.nonceBytes + Self.tagBytes else { return nil }
        let nonce = Array(bytes.prefix(Self.nonceBytes))
        var tag = Array(bytes.suffix(Self.tagBytes))
        let cipherText = Array(bytes.dropFirst(Self.nonceBytes).dropLast(Self.tagBytes))
        var plain = [UInt8](repeating: 0, count: cipherText.count)
        let isGood = withCipher { cipher in
            var count: CInt = 0
            var rest = [UInt8](repeating: 0, count: 16)
            let context = Array(context.utf8)
            return EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key, nonce) == 1
                && EVP_DecryptUpdate(cipher, nil, &count, context, CInt(context.count)) == 1
                && EVP_DecryptUpdate(cipher, &plain, &count, cipherText, CInt(cipherText.count)) == 1
                && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, CInt(Self.tagBytes), &tag) == 1
                && EVP_DecryptFinal_ex(cipher, &rest, &count) == 1
        }
        return isGood ? String(validating: plain, as: UTF8.self) : nil
    }

    private func withCipher(_ work: (OpaquePointer) -> Bool) -> Bool {
        guard let cipher = EVP_CIPHER_CTX_new() else { return false }
        defer { EVP_CIPHER_CTX_free(cipher) }
        return work(cipher)
    }
}
