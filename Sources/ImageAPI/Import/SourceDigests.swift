import BlobStore
import ImageModel
import OutboundHTTP

/// What the bytes of a source are, which is read through and not kept.
struct SourceDigests: Sendable {
    let bytes: Int64
    let md5: String
    let sha512: String
    /// By the algorithm of the claim; nil without one.
    let claimed: String?

    /// Reads the source; blocks.
    ///
    /// - Parameter claim: names one more algorithm.
    init(
        of url: String, claim: DigestClaim?, bytesMax: Int64, fetcher: OutboundFetcher, isCancelled: () -> Bool
    ) throws(FetchError) {
        var digests = try Digests.begin(claim)
        var total: Int64 = 0
        try fetcher.fetch(
            url,
            onResponse: { response in
                if let length = response.length, length > bytesMax { throw UploadFailure.tooLarge(bytesMax: bytesMax) }
            },
            sink: { bytes in
                total += Int64(bytes.count)
                guard total <= bytesMax else { throw UploadFailure.tooLarge(bytesMax: bytesMax) }
                try digests.update(bytes)
            },
            isCancelled: isCancelled)
        let values = try digests.values()
        bytes = total
        md5 = values.md5
        sha512 = values.sha512
        claimed = claim == nil ? nil : values.other
    }

    private struct Digests: ~Copyable {
        var md5: Digest
        var sha512: Digest
        var other: Digest

        static func begin(_ claim: DigestClaim?) throws(FetchError) -> Digests {
            let md5 = try digest(.md5)
            let sha512 = try digest(.sha512)
            let other = try digest(claim.flatMap { Digest.Algorithm(rawValue: $0.algorithm) } ?? .sha256)
            return Digests(md5: md5, sha512: sha512, other: other)
        }

        private static func digest(_ algorithm: Digest.Algorithm) throws(FetchError) -> Digest {
            do throws(StoreError) {
                return try Digest(algorithm)
            } catch {
                throw .stopped(by: error)
            }
        }

        mutating func update(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
            try md5.update(bytes)
            try sha512.update(bytes)
            try other.update(bytes)
        }

        mutating func values() throws(FetchError) -> (md5: String, sha512: String, other: String) {
            do throws(StoreError) {
                return (try md5.finalize(), try sha512.finalize(), try other.finalize())
            } catch {
                throw .stopped(by: error)
            }
        }
    }
}
