import HTTPServer
import HTTPTypes
import HTTPWire

/// Pages of other origins that call the API from a browser (Fetch standard, CORS protocol): what Glance's pipeline has
/// as its outermost stage. Off as long as no origin is allowed.
struct CORS: Equatable, Sendable {
    /// Methods that a preflight may ask for.
    private static let methods: Set<String> = ["GET", "PUT", "POST", "DELETE", "PATCH"]
    /// Request headers that a preflight may ask for, in lower case: Glance's own, and those that count as simple.
    private static let requestHeaders: Set<String> = [
        "content-md5", "x-image-meta-checksum", "x-storage-token", "accept-encoding", "x-auth-token",
        "x-identity-status", "x-roles", "x-service-catalog", "x-user-id", "x-tenant-id", "x-openstack-request-id",
        "accept", "accept-language", "cache-control", "content-language", "content-type", "expires", "last-modified",
        "pragma",
    ]
    /// Response headers that a page may read.
    private static let exposedHeaders =
        "X-Image-Meta-Checksum,X-Auth-Token,X-Subject-Token,X-Service-Token,X-OpenStack-Request-ID"
    /// Seconds that a browser may remember a preflight.
    private static let rememberedSeconds = 3600

    /// `allowed_origin` of `[cors]`, as browsers send them; `*` is any.
    let allowedOrigins: [String]

    /// The answer to an OPTIONS request: always 200 and empty. A preflight that asks for something that is not allowed
    /// is told so by what is missing.
    func preflight(_ head: RequestHead) -> Response {
        var response = Response(status: .ok)
        let method = head.fields["access-control-request-method"] ?? ""
        let headers = head.fields.values("access-control-request-headers").flatMap { value in
            value.split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" } }
        }.filter { !$0.isEmpty }
        guard let origin = originFields(head), Self.methods.contains(method),
            headers.allSatisfy({ Self.requestHeaders.contains($0.lowercased()) })
        else { return response }
        response.fields = origin
        response.fields.append(("Access-Control-Max-Age", String(Self.rememberedSeconds)))
        response.fields.append(("Access-Control-Allow-Methods", method))
        if !headers.isEmpty {
            response.fields.append(("Access-Control-Allow-Headers", headers.joined(separator: ",")))
        }
        return response
    }

    /// What the answer to any other request says to the browser; nothing where its page has no right to read it.
    func fields(for head: RequestHead) -> [(name: String, value: String)] {
        guard let origin = originFields(head) else { return [] }
        return origin + [("Access-Control-Expose-Headers", Self.exposedHeaders)]
    }

    /// nil where the request names no origin, or none that is allowed.
    private func originFields(_ head: RequestHead) -> [(name: String, value: String)]? {
        guard !allowedOrigins.isEmpty, let origin = head.fields["origin"] else { return nil }
        // A listed origin is sent back as it came, so it holds nothing that the settings do not.
        let allowed = allowedOrigins.contains(origin) ? origin : "*"
        guard allowedOrigins.contains(allowed) else { return nil }
        return [
            ("Access-Control-Allow-Origin", allowed), ("Access-Control-Allow-Credentials", "true"),
            ("Vary", "Origin"),
        ]
    }
}
