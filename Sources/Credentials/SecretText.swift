/// Secrets that nobody chose: tokens, the secrets of API keys, generated passwords.
public enum SecretText {
    /// 256 random bits as 44 characters of letters, digits, `-` and `_`: safe in a header, a URL and a shell. It begins
    /// with a letter, so that no command takes it for an option.
    public static func random() -> String { "g" + Base64URL.encode(randomBytes(32)) }

    /// A password for a person: 20 letters and digits without those that look alike, some 115 bits.
    public static func randomPassword() -> String {
        let alphabet = Array("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789".utf8)
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<20).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// From the system's generator: getrandom(2).
    public static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
