import BlobStore
import ImageModel
import Posix
import Synchronization

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

    /// Copies into one store; what is copied adds to the bytes that the task has done, and is noted in its row meanwhile.
    ///
    /// - Returns: the new place, and the copy's digest where the claim names an algorithm.
    /// - Throws: `TaskStop.imageDeleted`, `StoreError`; the task has done no more than before then.
    func copy(to id: String, for task: inout ImageTask) async throws -> (location: ImageLocation, digest: String?) {
        let blob = try await source.open(id: imageID)
        let (mark, before) = (mark, task)
        let copied = Locked<Int64>(0)
        let notes = ProgressNotes(resources, mark) {
            var task = before
            task.bytesDone += copied.withLock { $0 }
            return task
        }
        let result: Result<BlobCopy, StoreError>
        do throws(StoreError) {
            result = .success(
                try await resources.store.part(named: id).copy(
                    blob, id: imageID, verifying: claim,
                    while: { bytes in
                        copied.withLock { $0 = bytes }
                        return !mark.isCancelled
                    }))
        } catch {
            result = .failure(error)
        }
        await notes.end()
        do throws(StoreError) {
            let copy = try result.get()
            task.bytesDone += copy.bytes
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

extension ImageTask {
    /// Counts bytes over all the stores that it fills, of data of that length: those of the copies that are made, and of
    /// those that are to be.
    ///
    /// - Parameter bytes: nil where nobody knows yet.
    mutating func count(copiesOf bytes: Int64?) {
        guard let stores else { return }
        bytesDone = bytes?.times(stores.done.count) ?? 0
        bytesExpected = bytes?.times(stores.done.count + stores.left.count)
    }
}

extension Int64 {
    /// Bytes of so many copies; `.max` where that is more than there can be.
    func times(_ copies: Int) -> Int64 {
        let (product, isTooLarge) = multipliedReportingOverflow(by: Int64(copies))
        return isTooLarge ? .max : product
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
