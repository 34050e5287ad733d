import BlobStore
import ImageModel

/// Copies one image's data from the store that has them into others. What it writes has no row yet: whoever calls it
/// holds an upload of the image, and either makes the copies the image's or has that upload settled.
struct StoreCopier: Sendable {
    let resources: TaskResources
    let imageID: String
    /// The store that has the data.
    let source: any BlobStore
    /// What each copy must be.
    let claim: BlobClaim
    let mark: UploadsInFlight.Mark

    /// Copies into one store.
    ///
    /// - Returns: the new place, and the copy's digest where the claim names an algorithm.
    /// - Throws: `TaskStop.imageDeleted`, `StoreError`.
    func copy(to id: String) async throws -> (location: ImageLocation, digest: String?) {
        let blob = try await source.open(id: imageID)
        let mark = mark
        do throws(StoreError) {
            let copy = try await resources.store.part(named: id).copy(
                blob, id: imageID, verifying: claim, while: { _ in !mark.isCancelled })
            return (ImageLocation(url: copy.location, store: id), copy.digest)
        } catch {
            if mark.isCancelled { throw TaskStop.imageDeleted }
            throw error
        }
    }
}

extension BlobClaim {
    /// What the registry knows of the data. A digest says more than a size, which an admin of v1 may have changed.
    init(_ image: Image) {
        if let value = image.hashValue, let name = image.hashAlgorithm, let known = Digest.Algorithm(rawValue: name) {
            self.init(bytes: nil, digest: BlobDigest(known, value))
        } else {
            self.init(bytes: image.size, digest: image.checksum.map { BlobDigest(.md5, $0) })
        }
    }
}

extension StoreTargets {
    /// Notes that a store has failed.
    ///
    /// - Throws: the failure, where all have to succeed, or none is left to try and none has the data.
    mutating func fail(_ id: String, _ failure: any Error) throws {
        failed.append(id)
        if mustAllSucceed || left.isEmpty && done.isEmpty { throw failure }
    }
}

extension Error {
    /// Whether it is the store's own failure, and another store may do better.
    var isOfStore: Bool {
        switch self {
        case is StoreError: true
        case let failure as UploadFailure:
            switch failure {
            case .storeFull, .storeReadOnly, .storeFailed, .duplicate: true
            default: false
            }
        default: false
        }
    }
}
