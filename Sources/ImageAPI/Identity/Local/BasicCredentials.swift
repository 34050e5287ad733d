import Credentials

/// `Authorization: Basic` (RFC 7617): a user name and a password.
struct BasicCredentials: Equatable {
    /// Characters of the header that are looked at; a user name and the longest password fit.
    static let textBytesMax = 8192

    let user: String
    let password: String

    /// nil where the header is not of that kind, or is malformed.
    init?(_ authorization: String) {
        guard authorization.utf8.count <= Self.textBytesMax else { return nil }
        let parts = authorization.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let bytes = Base64URL.decode(parts[1].filter { $0 != " " }),
            let text = String(validating: bytes, as: UTF8.self)
        else { return nil }
        // Bytes, not characters: a colon with a combining mark behind it is a colon still.
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        user = String(text[..<colon])
        password = String(text[text.utf8.index(after: colon)...])
        guard !user.isEmpty, !text.utf8.contains(0) else { return nil }
    }
}
