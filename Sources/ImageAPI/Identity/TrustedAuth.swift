import GlanceHTTP
import HTTPServer
import HTTPWire

/// The flavor `trusted-auth` (Glance Pike): a proxy in front has validated the token and says who the caller is. The
/// one strategy that looks at identity headers.
struct TrustedAuth: IdentityStrategy {
    let options: ImageAPIOptions

    func caller(for request: Request) async throws(APIError) -> Caller {
        try caller(fields: request.head.fields)
    }

    func caller(fields: HeaderFields) throws(APIError) -> Caller {
        guard fields["x-identity-status"] == "Confirmed" else { return try .anonymous(options) }
        return Caller(
            userID: Self.text(fields["x-user-id"]),
            projectID: Self.text(fields["x-tenant-id"]) ?? Self.text(fields["x-project-id"]),
            roles: Self.roles(Self.text(fields["x-roles"]) ?? ""), options: options)
    }

    /// The names of a comma list.
    static func roles(_ list: String) -> [String] {
        list.split(separator: ",").compactMap { role in
            let name = role.drop { $0 == " " }
            let end = name.lastIndex { $0 != " " }
            return end.map { String(name[...$0]) }
        }
    }

    private static func text(_ value: String?) -> String? {
        value.flatMap { $0.isEmpty ? nil : HeaderText.meaning(of: $0) }
    }
}
