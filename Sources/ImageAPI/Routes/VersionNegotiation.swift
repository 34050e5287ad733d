/// Which version a request is for: told by its `Accept`, or else by its path.
enum VersionNegotiation: Equatable {
    /// The versions document: 200 where it was asked for, 300 where the request fits no version.
    case document(status: Int)
    /// `/v1` alone: 302 to the same with a slash.
    case redirect(APIVersion)
    /// The path below the version; it begins with `/`.
    case api(APIVersion, path: String)

    private static let vendorType = "application/vnd.openstack.images-"

    /// - Parameter path: of the request, percent-encoded.
    init(path: String, accept: String?, among versions: APIVersions = APIVersions()) {
        let rest = path.drop { $0 == "/" }
        let first = rest.prefix { $0 != "/" }
        if first == "versions" {
            self = .document(status: 200)
        } else if let accept, accept.hasPrefix(Self.vendorType) {
            // The path is not stripped: /v1/images is not found under such an Accept.
            let version = versions.version(named: accept.dropFirst(Self.vendorType.count))
            self = version.map { .api($0, path: "/" + rest) } ?? .document(status: 300)
        } else if let version = versions.version(named: first) {
            let below = rest.dropFirst(first.count)
            self = below.isEmpty ? .redirect(version) : .api(version, path: "/" + below.drop { $0 == "/" })
        } else {
            self = .document(status: 300)
        }
    }
}
