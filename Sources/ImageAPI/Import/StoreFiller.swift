import BlobStore
import ImageModel

/// Where an active image's data are that its copies are made of.
enum CopyOrigin {
    /// In a store of ours; with what each copy must be.
    case inside(any BlobStore, BlobClaim)
    /// At an http(s) URL alone: they are fetched once, into the first store that takes them.
    case outside(String)

    /// The first of the image's places that is in a store of ours: whatever is wrong with its data, the copy would see. Or
    /// else the first of those outside.
    ///
    /// - Throws: `UploadFailure.storeFailed` where the image's data are nowhere; `.tooLarge` where their place outside says
    ///   that they are.
    init(of image: Image, in catalogue: StoreCatalogue, _ resources: TaskResources) throws {
        if let inside = catalogue.ordered(image.locations, preferring: []).first(where: { $0.url.hasPrefix("file:") }) {
            self = .inside(resources.store.part(named: catalogue.id(of: inside)), BlobClaim(image))
        } else if let url = image.outsideURL {
            let bytesMax = resources.options.imageSizeCap
            guard image.outsideBytes ?? 0 <= bytesMax else { throw UploadFailure.tooLarge(bytesMax: bytesMax) }
            self = .outside(url)
        } else {
            throw UploadFailure.storeFailed("the image's data are in no place that they can be copied from")
        }
    }

    /// Bytes of a copy; nil where nobody knows yet.
    func bytes(of image: Image) async throws -> Int64? {
        switch self {
        // What the data take on the disk: an admin of v1 may have changed the image's size.
        case .inside(let store, _): try await store.open(id: image.id).bytes
        case .outside: image.outsideBytes
        }
    }
}

extension Image {
    /// Where the data are to be fetched from for a copy; nil where a store of ours has them.
    var outsideURL: String? {
        guard !locations.contains(where: { $0.url.hasPrefix("file:") }) else { return nil }
        return locations.first { $0.url.hasPrefix("http:") || $0.url.hasPrefix("https:") }?.url
    }

    /// Bytes of data outside; nil where their source has not told (v1 notes that as 0).
    fileprivate var outsideBytes: Int64? { size.flatMap { $0 > 0 ? $0 : nil } }

    /// What the registry knows of the bytes by digest; nil where it knows none, or only an MD5.
    fileprivate var hashClaim: DigestClaim? {
        guard let algorithm = hashAlgorithm, Digest.Algorithm(rawValue: algorithm) != nil else { return nil }
        return hashValue.map { DigestClaim(algorithm: algorithm, value: $0) }
    }
}

/// Puts an active image's data into one store after the other.
struct StoreFiller: Sendable {
    let resources: TaskResources
    let image: Image
    let mark: UploadsInFlight.Mark

    /// Puts the data into one store.
    ///
    /// - Parameters:
    ///   - copies: as many have been made under the same reservation.
    ///   - origin: in the store itself, once it has fetched the data from outside.
    /// - Returns: the new place, which is not the image's yet.
    /// - Throws: `StoreError` where another store may do better; `FetchError`, `UploadFailure`.
    func put(
        into id: String, behind copies: Int, from origin: inout CopyOrigin, _ task: inout ImageTask,
        _ ledger: CopyLedger
    ) async throws -> ImageLocation {
        switch origin {
        case .inside(let store, let claim):
            if let bytes = claim.bytes { try await ledger.reserve(bytes.times(copies + 1)) }
            let copier = StoreCopier(
                resources: resources, imageID: image.id, source: store, claim: claim, mark: mark)
            return try await copier.copy(to: id, for: &task).location
        case .outside(let url):
            let blob = try await fetch(url, into: id, &task, ledger)
            task.count(copiesOf: blob.bytes)
            task.bytesDone += blob.bytes
            origin = .inside(
                resources.store.part(named: id), BlobClaim(bytes: blob.bytes, digest: BlobDigest(.sha512, blob.sha512)))
            return ImageLocation(url: blob.location, store: id)
        }
    }

    /// Fetches the data by the rules for any URL of a client's, and holds them against what the registry knows of them; what
    /// is something else is removed.
    private func fetch(
        _ url: String, into id: String, _ task: inout ImageTask, _ ledger: CopyLedger
    ) async throws -> StoredBlob {
        let claim = image.hashClaim
        let digest = try ClaimedDigest(claim)
        let fetch = SourceFetch(resources: resources, ledger: ledger, mark: mark, digest: digest)
        let blob = try await fetch.run(
            &task, from: .web(url, resources.fetcher), into: resources.store.part(named: id))
        let came = ArrivedData(blob: blob, store: id, resources: resources)
        try await came.verify(claim, digest, size: image.outsideBytes, imageID: image.id)
        if let checksum = image.checksum {
            try await came.verify(
                DigestClaim(algorithm: "md5", value: checksum), nil, size: nil, imageID: image.id)
        }
        return blob
    }
}
