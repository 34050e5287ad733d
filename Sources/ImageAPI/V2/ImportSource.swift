import BlobStore
import GlanceHTTP
import ImageModel
import JSONText
import OutboundHTTP

/// What the `method` of an import says of its source, as it was sent.
struct ImportSource: Equatable {
    /// Places that one import may name.
    static let urisMax = 16
    /// The custom property by which clients promise a digest that can't put it into the request: `sha256:0123…`.
    static let digestProperty = "expected_digest"

    /// `uri`, then `uris` (ours): tried in that order.
    let uris: [String]
    /// Of `glance-download`; nil where it was not sent.
    let region: String?
    let remoteImageID: String?
    /// `public` where none was sent.
    let interface: String
    /// `os_hash_algo` with `os_hash_value`, or `checksum`, an MD5 (ours).
    let claim: DigestClaim?

    /// - Throws: 400.
    init(_ method: JSONValue) throws(APIError) {
        uris = try Self.uris(method)
        region = method["glance_region"]?.string
        remoteImageID = method["glance_image_id"]?.string
        interface = method["glance_service_interface"]?.string ?? "public"
        claim = try Self.claim(method)
    }

    private static func uris(_ method: JSONValue) throws(APIError) -> [String] {
        var uris = method["uri"]?.string.map { [$0] } ?? []
        if let sent = method["uris"] {
            guard let list = sent.array, !list.isEmpty, list.count + uris.count <= urisMax,
                list.allSatisfy({ $0.string != nil })
            else { throw .importURIsInvalid(max: urisMax) }
            uris += list.compactMap(\.string)
        }
        return uris
    }

    private static func claim(_ method: JSONValue) throws(APIError) -> DigestClaim? {
        if let claim = try DigestClaim(sent: method) {
            guard method["checksum"] == nil else { throw .badExpectedDigest("checksum or os_hash_value, not both") }
            return claim
        }
        guard let sent = method["checksum"] else { return nil }
        guard let text = sent.string, let claim = DigestClaim(checking: "md5", text) else {
            throw .badExpectedDigest("checksum must be the 32 hex digits of an MD5")
        }
        return claim
    }

    /// What the data must hash to: the request says it, or else the image's property.
    ///
    /// - Throws: 400 for a property that is no digest.
    func claim(for image: Image) throws(APIError) -> DigestClaim? {
        if let claim { return claim }
        guard let text = image.properties.first(where: { $0.name == Self.digestProperty })?.value, !text.isEmpty
        else { return nil }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let claim = DigestClaim(checking: String(parts[0]), String(parts[1])) else {
            throw .badExpectedDigest(
                "the property \(Self.digestProperty) must be md5, sha1, sha256 or sha512, a colon and hex digits")
        }
        return claim
    }

    /// The places of a web-download, checked without asking anybody.
    ///
    /// - Parameters:
    ///   - files: nil where the caller may import none.
    /// - Throws: 400.
    func checkedURIs(_ policy: FetchPolicy, files: FileSources?) throws(APIError) -> [String] {
        guard !uris.isEmpty else { throw .importFiltered("") }
        for uri in uris {
            if FileSources.isFile(uri) {
                guard files?.contains(uri) == true else { throw .importFiltered(uri) }
                continue
            }
            let scheme = uri.prefix { $0 != ":" }
            guard scheme.endIndex != uri.endIndex, ["http", "https"].contains(scheme.lowercased()) else {
                throw .importFiltered(uri)
            }
            do throws(FetchError) {
                try policy.check(uri)
            } catch {
                throw .importFiltered(uri)
            }
        }
        return uris
    }

    /// The image of a glance-download.
    ///
    /// - Throws: 400.
    func remoteImage(for caller: Caller) throws(APIError) -> RemoteImage {
        guard let region, !region.isEmpty else { throw .importKeyMissing("glance_region", "glance-download") }
        guard let remoteImageID else { throw .importKeyMissing("glance_image_id", "glance-download") }
        guard ImageID.isValid(remoteImageID) else { throw .remoteImageIDInvalid }
        guard ["public", "internal", "admin"].contains(interface) else { throw .remoteInterfaceUnknown(interface) }
        return RemoteImage(
            region: region, imageID: remoteImageID, interface: interface, callerRoles: caller.roles)
    }
}

extension DigestClaim {
    /// `os_hash_algo` and `os_hash_value` of an object; nil where neither is there.
    ///
    /// - Throws: 400.
    init?(sent: JSONValue) throws(APIError) {
        if sent["os_hash_algo"] == nil, sent["os_hash_value"] == nil { return nil }
        guard let name = sent["os_hash_algo"]?.string, let value = sent["os_hash_value"]?.string else {
            throw .badExpectedDigest("os_hash_algo and os_hash_value go together")
        }
        guard let algorithm = Digest.Algorithm(rawValue: name) else {
            throw .badExpectedDigest("os_hash_algo must be one of sha1, sha256, sha512, md5")
        }
        guard let claim = DigestClaim(checking: name, value) else {
            throw .badExpectedDigest("os_hash_value must be \(algorithm.digits) hex digits for \(name)")
        }
        self = claim
    }
}
