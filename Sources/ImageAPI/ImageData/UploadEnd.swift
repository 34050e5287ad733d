import BlobStore
import ImageModel
import Logging
import Posix

/// Settles uploads with the registry, whatever happens to it meanwhile: an image never stays `saving`, and a blob lies
/// in the store only if its row says so.
public final class UploadEnd: Sendable {
    private let registry: RegistryClient
    private let store: any BlobStore
    private let orphans: Orphans
    private let group: EventLoopGroup
    private let logger: Logger

    public init(registry: RegistryClient, store: any BlobStore, group: EventLoopGroup, logger: Logger) {
        self.registry = registry
        self.store = store
        orphans = Orphans(registry: registry, store: store, logger: logger)
        self.group = group
        self.logger = logger
    }

    /// Makes the image active: its blob is stored for good.
    ///
    /// - Parameters:
    ///   - named: the store that it is in, of several; nil where there is one.
    ///   - virtualSize: bytes; nil leaves it as it is.
    ///   - formats: what an import has made of the data; nil: what the image says they are.
    ///   - copies: where else the same bytes are stored for good.
    ///   - keepsBlob: whether the blob's own place is one of the image's; else the copies are, and the caller removes it.
    ///   - importGoesOn: whether more copies are to follow.
    func succeed(
        _ blob: StoredBlob, in named: String?, _ reservation: UploadReservation, virtualSize: Int64?,
        formats: ImportFormats? = nil, copies: [ImageLocation] = [], keepsBlob: Bool = true,
        importGoesOn: Bool = false, requestID: String
    ) async throws(UploadFailure) -> Image {
        let places = (keepsBlob ? [ImageLocation(url: blob.location, store: named)] : []) + copies
        var finish = FinishUpload(
            imageID: reservation.imageID, uploadID: reservation.uploadID, size: blob.bytes, checksum: blob.md5,
            hashAlgorithm: "sha512", hashValue: blob.sha512, virtualSize: virtualSize,
            location: places[0], diskFormat: formats?.disk, containerFormat: formats?.container)
        finish.copies = Array(places.dropFirst())
        finish.importGoesOn = importGoesOn
        do throws(RegistryFailure) {
            return try await registry.perform(finish, requestID: requestID)
        } catch {
            switch error {
            case .notFound, .conflict:
                try? await store.remove(id: reservation.imageID)
                throw .imageDeleted
            default:
                // It may have been written and the answer lost: the blob stays until the registry has said which.
                settleLater(imageID: reservation.imageID, uploadID: reservation.uploadID)
                throw .registry(error)
            }
        }
    }

    /// Gives the image its failure status; nothing of it is in the store any more.
    func fail(_ reservation: UploadReservation) async {
        let fail = FailUpload(imageID: reservation.imageID, uploadID: reservation.uploadID)
        do throws(RegistryFailure) {
            _ = try await registry.perform(fail)
        } catch {
            settleLater(imageID: reservation.imageID, uploadID: reservation.uploadID)
        }
    }

    /// Removes what lies in the store for an image and has no row. What fails is done at the next start.
    func removeRemains(of imageID: String) async {
        do {
            try await orphans.remove(among: [imageID])
        } catch {
            logger.warning("cannot remove data", metadata: ["image": "\(imageID)", "error": "\(error)"])
        }
    }

    /// Has an upload settled of which nobody knows how far it came.
    func settleLater(imageID: String, uploadID: String) {
        Task(executorPreference: group.next()) { await self.settle(imageID: imageID, uploadID: uploadID) }
    }

    /// Asks the registry until it answers; returns when the upload has ended, well or not, and no byte lies in the
    /// store without a row. Should this process end first, the next one's recovery does the same.
    func settle(imageID: String, uploadID: String) async {
        var isReported = false
        while true {
            do {
                _ = try await registry.perform(FailUpload(imageID: imageID, uploadID: uploadID))
                return try await orphans.remove(among: [imageID])
            } catch let error as StoreError {
                return logger.error("cannot remove data", metadata: ["image": "\(imageID)", "error": "\(error)"])
            } catch {
                if !isReported {
                    logger.warning(
                        "an upload waits for the registry to be settled",
                        metadata: ["image": "\(imageID)", "reason": "\(error)"])
                    isReported = true
                }
                let loop = EventLoop.current ?? group.next()
                await Task(executorPreference: loop) { await loop.sleep(until: .after(seconds: 1)) }.value
            }
        }
    }
}
