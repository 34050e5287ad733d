import BlobStore
import GlanceHTTP
import ImageModel
import JSONText

/// What another Glance says of an image, as far as an image here takes it over.
struct RemoteImageDescription: Equatable {
    /// Bytes of a description; Glance's own have some thousand.
    static let bytesMax = 1 << 20

    let size: Int64
    let diskFormat: String?
    let containerFormat: String?
    /// Those that are to be taken over.
    let properties: [ImageProperty]
    /// What the data hash to, where it tells.
    let claim: DigestClaim?

    /// Why an image can't be taken over.
    struct Refusal: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    /// What the data are; nil where the other Glance does not tell both.
    var formats: ImportFormats? {
        guard let diskFormat, let containerFormat else { return nil }
        return ImportFormats(disk: diskFormat, container: containerFormat)
    }

    /// Reads the answer to `GET /v2/images/{id}`.
    ///
    /// - Parameters:
    ///   - prefixes: `[glance_download_properties] extra_properties`.
    ///   - options: which formats there are here.
    init(_ body: [UInt8], prefixes: [String], options: ImageAPIOptions) throws(Refusal) {
        guard let json = try? JSONValue(parsing: body), let members = json.object?.members,
            let status = json["status"]?.string
        else { throw Refusal(description: "what the other Glance says of the image is no image") }
        guard status == "active" else {
            throw Refusal(description: "the image has to be active at its source, and is \(status.prefix(32))")
        }
        guard let size = json["size"]?.int, size >= 0 else {
            throw Refusal(description: "the other Glance does not say how large the image is")
        }
        self.size = size
        diskFormat = json["disk_format"]?.string
        containerFormat = json["container_format"]?.string
        if let diskFormat, !options.diskFormats.contains(diskFormat) {
            throw Refusal(description: "the image's disk_format there, \(diskFormat.prefix(32)), is none of ours")
        }
        if let containerFormat, !options.containerFormats.contains(containerFormat) {
            throw Refusal(
                description: "the image's container_format there, \(containerFormat.prefix(32)), is none of ours")
        }
        properties = Self.properties(members, prefixes)
        claim = Self.claim(json)
    }

    /// Custom properties alone are taken over: whatever the prefixes say, neither fields nor what imports write down.
    private static func properties(_ members: [JSONObject.Member], _ prefixes: [String]) -> [ImageProperty] {
        var values: [String: String] = [:]
        for member in members {
            guard let value = member.value.string, prefixes.contains(where: { member.name.hasPrefix($0) }),
                ImageFields.canBeProperty(member.name),
                member.name.unicodeScalars.count <= ImageFields.nameLengthMax,
                (try? MetadataText.check(member.name, "Property names")) != nil,
                (try? MetadataText.check(value, "Param values")) != nil
            else { continue }
            values[member.name] = value
        }
        return values.keys.sorted().map { ImageProperty(name: $0, value: values[$0]) }
    }

    private static func claim(_ json: JSONValue) -> DigestClaim? {
        if let name = json["os_hash_algo"]?.string, let value = json["os_hash_value"]?.string,
            let claim = DigestClaim(checking: name, value)
        {
            return claim
        }
        return json["checksum"]?.string.flatMap { DigestClaim(checking: "md5", $0) }
    }
}

extension DigestClaim {
    /// nil where the algorithm is none that is known here, or the value no such digest in hex.
    init?(checking name: String, _ value: String) {
        let digits = value.lowercased().utf8
        guard let algorithm = Digest.Algorithm(rawValue: name.lowercased()), digits.count == algorithm.digits,
            digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
        else { return nil }
        self.init(algorithm: algorithm.rawValue, value: value.lowercased())
    }
}
