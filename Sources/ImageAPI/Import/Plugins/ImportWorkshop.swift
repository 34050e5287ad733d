import BlobStore
import ImageModel
import Posix

/// Where plugins work, and what bounds them.
struct ImportWorkshop: Sendable {
    let imageID: String
    /// Where what they make is put; the data as they came lie there already, under the image's id.
    let store: any BlobStore
    /// For threads that plugins may keep busy.
    let pool: BlockingPool
    /// `image_size_cap`.
    private let bytesMax: Int64
    private let ledger: CopyLedger
    private let mark: UploadsInFlight.Mark

    /// - Parameters:
    ///   - store: the one that has the data, of several.
    ///   - ledger: has as many bytes reserved for the image's owner as the longest of what they make.
    ///   - mark: says whether anybody wants the image still.
    init(
        imageID: String, store: any BlobStore, resources: TaskResources, ledger: CopyLedger,
        mark: UploadsInFlight.Mark
    ) {
        self.imageID = imageID
        self.store = store
        pool = resources.pool
        bytesMax = resources.options.imageSizeCap
        self.ledger = ledger
        self.mark = mark
    }

    /// Bytes of the longest file that a plugin may make.
    var fileBytesMax: Int64 { bytesMax }

    /// To be asked before a plugin's output grows to so many bytes; blocks the calling thread.
    ///
    /// - Throws: `UploadFailure.tooLarge`, `.overQuota`, `.imageDeleted`; `RegistryFailure.unavailable`.
    func allow(_ bytes: Int64) throws {
        guard bytes <= bytesMax else { throw UploadFailure.tooLarge(bytesMax: bytesMax) }
        do throws(RegistryFailure) {
            try ledger.cover(bytes)
        } catch {
            if case .unavailable = error { throw error }
            throw UploadFailure(error)
        }
    }

    /// - Throws: `TaskStop.imageDeleted` once nobody wants the image any more.
    func checkWanted() throws {
        if mark.isCancelled { throw TaskStop.imageDeleted }
    }
}
