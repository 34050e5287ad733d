/// What the copy of a blob must be.
public struct BlobClaim: Equatable, Sendable {
    /// nil: whatever the blob that is copied has.
    public var bytes: Int64?
    /// The digest of the bytes in hex; nil where nobody knows one.
    public var digest: BlobDigest?

    public init(bytes: Int64?, digest: BlobDigest?) {
        self.bytes = bytes
        self.digest = digest
    }
}

/// A digest with its algorithm.
public struct BlobDigest: Equatable, Sendable {
    public var algorithm: Digest.Algorithm
    /// Lower-case hex digits; empty: to be found out.
    public var value: String

    public init(_ algorithm: Digest.Algorithm, _ value: String) {
        self.algorithm = algorithm
        self.value = value
    }
}

/// A copy that is stored for good.
public struct BlobCopy: Equatable, Sendable {
    public let bytes: Int64
    /// Of the bytes in the copy, by the algorithm of its claim.
    public let digest: String?
    /// Where it is.
    public let location: String
}

extension BlobClaim {
    /// Takes the digest that the claim asks for; nil where it asks for none.
    func lane() throws(StoreError) -> DigestLane? {
        guard let digest else { return nil }
        return try DigestLane(digest.algorithm)
    }

    /// - Throws: `.digestMismatch`.
    func check(_ found: String?, of id: String) throws(StoreError) {
        guard let digest, let found, !digest.value.isEmpty, digest.value != found else { return }
        throw .digestMismatch(id: id, expected: digest.value, actual: found)
    }

    /// - Throws: `.lengthMismatch`.
    func check(_ found: Int64, of id: String) throws(StoreError) {
        guard let bytes, bytes != found else { return }
        throw .lengthMismatch(id: id, expected: bytes, actual: found)
    }
}

extension BlobStore {
    public func copy(
        _ blob: any OpenBlob, id: String, verifying claim: BlobClaim, while goesOn: @escaping @Sendable (Int64) -> Bool
    ) async throws(StoreError) -> BlobCopy {
        try await copyThroughUpload(blob, id: id, verifying: claim, while: goesOn)
    }

    /// The copy of a store that knows no better: piece by piece through an upload.
    func copyThroughUpload(
        _ blob: any OpenBlob, id: String, verifying claim: BlobClaim, while goesOn: @escaping @Sendable (Int64) -> Bool
    ) async throws(StoreError) -> BlobCopy {
        try claim.check(blob.bytes, of: id)
        let sink = try await beginUpload(id: id, expectedBytes: blob.bytes)
        do throws(StoreError) {
            let digest = try claim.lane()
            while sink.receivedBytes < blob.bytes {
                guard goesOn(sink.receivedBytes) else { throw .ended(id: id) }
                let bytes = try await blob.read(at: sink.receivedBytes, bytesMax: UploadSink.bufferBytes)
                if bytes.isEmpty { break }
                let buffer = try await sink.buffer()
                buffer.bytes.copyBytes(from: bytes)
                try digest?.consume(
                    UnsafeRawBufferPointer(rebasing: buffer.bytes[..<bytes.count]), at: sink.receivedBytes)
                try sink.submit(buffer, bytes: bytes.count)
            }
            let found = try digest?.finalize()
            try claim.check(found, of: id)
            let stored = try await sink.finish()
            return BlobCopy(bytes: stored.bytes, digest: found, location: stored.location)
        } catch {
            await sink.abort()
            throw error
        }
    }
}
