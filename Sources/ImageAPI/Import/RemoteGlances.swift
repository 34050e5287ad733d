import HTTPWire
import ImageModel
import OutboundHTTP

/// `[remote_glance:REGION]`: another Glance, which the operator has named.
public struct RemoteGlance: Sendable {
    /// As clients name it; case does not count.
    public var region: String
    /// Its Image API's base URL.
    public var endpoint: String
    /// Who asks there, by HTTP Basic, whoever asks here; nil: nobody, or the caller.
    public var login: Login?
    /// Whether the caller's token is shown there.
    public var getsCallersToken: Bool
    /// A PEM file of authorities instead of those that the system trusts.
    public var caFile: String?

    /// A user of the other Glance. It prints as nothing.
    public struct Login: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
        let user: String
        let password: String

        public init(user: String, password: String) {
            self.user = user
            self.password = password
        }

        public var description: String { "a login" }
        public var debugDescription: String { "a login" }
        public var customMirror: Mirror { Mirror(self, children: [:]) }
    }

    public init(
        region: String, endpoint: String, login: Login? = nil, getsCallersToken: Bool = false, caFile: String? = nil
    ) {
        self.region = region
        self.endpoint = endpoint
        self.login = login
        self.getsCallersToken = getsCallersToken
        self.caFile = caFile
    }
}

/// The way to one image of another Glance: what is shown there goes to the Glance that the operator or the catalogue has
/// named, and nowhere else.
struct RemoteSource {
    /// `<base>/v2/images/<id>`
    let url: String
    let fetcher: OutboundFetcher
    let fields: [SecretField]

    var dataURL: String { url + "/file" }

    /// An endpoint without the version that some catalogues end with.
    static func base(of endpoint: String) -> String {
        var base = endpoint[...]
        while base.hasSuffix("/") { base = base.dropLast() }
        if let slash = base.lastIndex(of: "/") {
            let last = base[slash...].dropFirst()
            if last.hasPrefix("v"), last.dropFirst().allSatisfy({ $0.isNumber || $0 == "." }), last.count > 1 {
                base = base[..<slash]
            }
        }
        return String(base)
    }

    /// The URL of an image's data, as it stands in a task: without a login.
    static func dataURL(of imageID: String, at endpoint: String) -> String {
        "\(base(of: endpoint))/v2/images/\(imageID)/file"
    }

    /// - Parameters:
    ///   - dataURL: of the task's row.
    ///   - configured: the Glance that the operator has named for the region, if it is one of those.
    ///   - token: the caller's, if it came along.
    init(
        dataURL: String, configured: RemoteGlance?, token: String?, fetcher: OutboundFetcher
    ) throws(FetchError) {
        let url = String(dataURL.dropLast("/file".count))
        let field = token.flatMap { SecretField("X-Auth-Token", $0) }
        guard let configured else {
            // Of the catalogue: held up to import_filtering_opts, as in Glance.
            self.init(url: url, fetcher: fetcher, fields: field.map { [$0] } ?? [])
            return
        }
        let base = Self.base(of: configured.endpoint)
        guard url.hasPrefix(base + "/") else {
            throw .refused(option: nil, reason: "[remote_glance:\(configured.region)] has changed meanwhile")
        }
        self.init(
            url: configured.login.map { Self.url(url, for: $0) } ?? url,
            fetcher: try fetcher.limited(to: base, caFile: configured.caFile),
            fields: configured.getsCallersToken ? field.map { [$0] } ?? [] : [])
    }

    private init(url: String, fetcher: OutboundFetcher, fields: [SecretField]) {
        self.url = url
        self.fetcher = fetcher
        self.fields = fields
    }

    /// The login goes the way that credentials of a URL go: as HTTP Basic to its origin, and into no message.
    private static func url(_ url: String, for login: RemoteGlance.Login) -> String {
        guard let slashes = url.firstRange(of: "://") else { return url }
        let userinfo = "\(PercentCoding.encode(login.user)):\(PercentCoding.encode(login.password))@"
        return url[..<slashes.upperBound] + userinfo + url[slashes.upperBound...]
    }
}
