import CCrypto

/// A password as it is kept: scrypt (RFC 7914) with its parameters and a salt of its own, in the text form that
/// Keystone keeps as well, `$scrypt$ln=15,r=8,p=3$SALT$KEY`.
///
/// Making and verifying take some tenths of a second and 32 MiB: both belong on threads that may block, and few at once.
public struct PasswordHash: Equatable, Sendable {
    /// Bytes of the longest password that is taken.
    public static let passwordBytesMax = 4096

    /// Why there is no hash.
    public enum Failure: Error, Equatable, CustomStringConvertible {
        /// The password is empty, too long or has a NUL in it.
        case unusablePassword
        /// The text is no hash of this kind.
        case unreadable
        /// libcrypto refused, for want of memory perhaps, or in FIPS mode.
        case unavailable

        public var description: String {
            switch self {
            case .unusablePassword:
                "a password has 1 to \(PasswordHash.passwordBytesMax) bytes, and no NUL character among them"
            case .unreadable: "the stored password hash can't be read"
            case .unavailable: "libcrypto does not compute scrypt"
            }
        }
    }

    private static let saltBytes = 16
    private static let keyBytes = 32

    /// The cost: `logN` as in N = 2^logN.
    private struct Parameters: Equatable, Sendable {
        var logN: UInt64 = 15
        var r: UInt64 = 8
        var p: UInt64 = 3

        /// A stored text must not make a login cost the machine's memory.
        var isBearable: Bool {
            (1...18).contains(logN) && (1...16).contains(r) && (1...16).contains(p)
        }
    }

    private let parameters: Parameters
    private let salt: [UInt8]
    private let key: [UInt8]

    /// Hashes a password with a new salt.
    public init(of password: String) throws(Failure) {
        parameters = Parameters()
        salt = SecretText.randomBytes(Self.saltBytes)
        key = try Self.derive(password, salt: salt, parameters)
    }

    /// Whether a text is that of such a hash, rather than of a `TokenDigest`.
    public static func isText(_ text: String) -> Bool { text.hasPrefix("$scrypt$") }

    /// Reads a hash from its text.
    public init(text: String) throws(Failure) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt", let salt = Base64URL.decode(parts[3]),
            let key = Base64URL.decode(parts[4]), (8...64).contains(salt.count), (16...64).contains(key.count)
        else { throw .unreadable }
        var numbers: [Substring: UInt64] = [:]
        for pair in parts[2].split(separator: ",") {
            let sides = pair.split(separator: "=", maxSplits: 1)
            guard sides.count == 2, let number = UInt64(sides[1]) else { throw .unreadable }
            numbers[sides[0]] = number
        }
        guard let logN = numbers["ln"], let r = numbers["r"], let p = numbers["p"] else { throw .unreadable }
        parameters = Parameters(logN: logN, r: r, p: p)
        guard parameters.isBearable else { throw .unreadable }
        self.salt = salt
        self.key = key
    }

    /// The text that is kept.
    public var text: String {
        "$scrypt$ln=\(parameters.logN),r=\(parameters.r),p=\(parameters.p)"
            + "$\(Base64URL.encode(salt))$\(Base64URL.encode(key))"
    }

    /// Whether it is the hash of this password; the time does not tell how much of it was right.
    public func matches(_ password: String) throws(Failure) -> Bool {
        guard Self.isUsable(password) else { return false }
        return ConstantTime.areEqual(
            try Self.derive(password, salt: salt, parameters, bytes: key.count), key)
    }

    /// A hash that no password has, for a user that there is not: a login then costs what it costs for others.
    public static let ofNobody = PasswordHash(
        parameters: Parameters(), salt: [UInt8](repeating: 0, count: saltBytes),
        key: SecretText.randomBytes(keyBytes))

    private init(parameters: Parameters, salt: [UInt8], key: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.key = key
    }

    private static func isUsable(_ password: String) -> Bool {
        (1...passwordBytesMax).contains(password.utf8.count) && !password.utf8.contains(0)
    }

    /// EVP_PBE_scrypt(3).
    private static func derive(
        _ password: String, salt: [UInt8], _ parameters: Parameters, bytes: Int = keyBytes
    ) throws(Failure) -> [UInt8] {
        guard isUsable(password) else { throw .unusablePassword }
        let password = Array(password.utf8)
        var key = [UInt8](repeating: 0, count: bytes)
        let n = UInt64(1) << parameters.logN
        // scrypt's own memory, and a little for what libcrypto adds to it.
        let memoryMax = 128 * parameters.r * (n + parameters.p + 2) + (1 << 20)
        let result = password.withUnsafeBytes { password in
            EVP_PBE_scrypt(
                password.bindMemory(to: CChar.self).baseAddress, password.count, salt, salt.count, n, parameters.r,
                parameters.p, memoryMax, &key, bytes)
        }
        guard result == 1 else { throw .unavailable }
        return key
    }
}
