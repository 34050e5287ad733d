import ImageModel
import JSONText

/// What Keystone says of a token.
struct KeystoneToken: Sendable, Equatable {
    let userID: String?
    /// nil: not scoped to a project.
    let projectID: String?
    let roles: [String]
    let expiresAt: Timestamp

    /// Reads the body of `GET /v3/auth/tokens`; nil where it is none.
    init?(_ body: [UInt8]) {
        guard let token = try? JSONValue(parsing: body)["token"], let expiry = token["expires_at"]?.string,
            let expiresAt = Timestamp(keystone: expiry)
        else { return nil }
        userID = token["user"]?["id"]?.string
        projectID = token["project"]?["id"]?.string
        roles = token["roles"]?.array?.compactMap { $0["name"]?.string } ?? []
        self.expiresAt = expiresAt
    }
}

extension Timestamp {
    /// Reads `YYYY-MM-DDTHH:MM:SS[.f…]Z`, in UTC.
    init?(keystone text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), bytes[10] == UInt8(ascii: "T") else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            guard bytes[range].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
            return bytes[range].reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        // Days since 1970 in the Gregorian calendar, with years that begin in March.
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        self.init(microseconds: (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000)
    }
}
