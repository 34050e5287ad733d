import BlobStore
import ImageModel
import Posix
import Synchronization

/// The digest that somebody has promised of a source's data, taken while they come; where that is not one of those that
/// the store takes anyway.
///
/// It follows the bytes from the first one on. What another process has fetched before is not in it: then the data are
/// read again when they are there.
final class ClaimedDigest: Sendable {
    private struct State: ~Copyable {
        var digest: Digest
        var bytes: Int64 = 0
    }

    let claim: DigestClaim
    private let algorithm: Digest.Algorithm
    private let state: Locked<State>

    /// nil where the store takes that digest, or knows no such one.
    init?(_ claim: DigestClaim?) throws(StoreError) {
        guard let claim, let algorithm = Digest.Algorithm(rawValue: claim.algorithm), algorithm != .md5,
            algorithm != .sha512
        else { return nil }
        self.claim = claim
        self.algorithm = algorithm
        state = Locked(State(digest: try Digest(algorithm)))
    }

    /// Takes bytes of the source in, if they are the next ones; those at its start begin anew.
    func update(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(StoreError) {
        try state.withLock { (state) throws(StoreError) in
            if offset == 0, state.bytes > 0 { state = State(digest: try Digest(algorithm)) }
            guard offset == state.bytes else { return }
            try state.digest.update(bytes)
            state.bytes += Int64(bytes.count)
        }
    }

    /// The digest of the whole of them. To be called once.
    func value(of blob: StoredBlob, in store: any BlobStore, id: String) async throws(StoreError) -> String {
        let seen = try state.withLock { (state) throws(StoreError) -> String? in
            guard state.bytes == blob.bytes else { return nil }
            return try state.digest.finalize()
        }
        if let seen { return seen }
        var digest = try Digest(algorithm)
        let open = try await store.open(id: id)
        var offset: Int64 = 0
        while offset < blob.bytes {
            let bytes = try await open.read(at: offset, bytesMax: 1 << 20)
            if bytes.isEmpty { break }
            offset += Int64(bytes.count)
            try update(&digest, bytes)
        }
        return try digest.finalize()
    }

    private func update(_ digest: inout Digest, _ bytes: [UInt8]) throws(StoreError) {
        var failure: StoreError?
        bytes.withUnsafeBytes { bytes in
            do throws(StoreError) { try digest.update(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
