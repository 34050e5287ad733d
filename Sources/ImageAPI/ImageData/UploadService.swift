import BlobStore
import HTTPServer
import ImageModel
import Posix

/// Takes a request's body in as an image's data: reserve, stream into the store, make durable, make active.
public final class UploadService: Sendable {
    private let options: ImageAPIOptions
    private let registry: RegistryClient
    private let store: any BlobStore
    private let end: UploadEnd
    private let inFlight: UploadsInFlight

    public init(
        options: ImageAPIOptions, registry: RegistryClient, store: any BlobStore, end: UploadEnd,
        inFlight: UploadsInFlight
    ) {
        self.options = options
        self.registry = registry
        self.store = store
        self.end = end
        self.inFlight = inFlight
    }

    /// - Parameters:
    ///   - failureStatus: what the image becomes if this fails: `killed` in v1, `queued` in v2.
    ///   - purpose: whether the data are the image's at once, or wait for an import.
    ///   - store: where they go, of several stores; nil: the default one.
    func upload(
        _ body: RequestBody, to image: Image, declared: DeclaredData, failureStatus: ImageStatus,
        purpose: UploadPurpose = .data, store named: String? = nil, _ context: RequestContext
    ) async throws(UploadFailure) -> Image {
        let named = named ?? options.stores?.defaultID
        let size = body.declaredBytes ?? declared.size
        let uploadID = ImageID.random()
        var reservation: UploadReservation
        do throws(RegistryFailure) {
            reservation = try await UploadReservation.begin(
                uploadID, imageID: image.id, bytes: size, failureStatus: failureStatus, purpose: purpose,
                quota: options.storageQuota, quotas: try await options.limits.of(image.owner),
                viewer: context.caller.viewer, registry: registry,
                requestID: context.requestID)
        } catch {
            if case .unavailable = error { end.settleLater(imageID: image.id, uploadID: uploadID) }
            try await refuse(error, image: image, failureStatus: failureStatus)
        }
        let mark = inFlight.begin(image.id)
        defer { inFlight.end(image.id) }
        let blob: StoredBlob
        let virtualSize: Int64?
        do throws(UploadFailure) {
            blob = try await receive(body, declared: declared, into: store.part(named: named), &reservation, mark)
            virtualSize = try await look(at: blob, of: image, failureStatus, purpose)
        } catch {
            await end.fail(reservation)
            throw error
        }
        return try await end.succeed(
            blob, in: named, reservation, virtualSize: virtualSize, requestID: context.requestID)
    }

    /// What the data say of themselves. v2 refuses what is not what the image says; v1 takes all, and what is staged is
    /// looked at when it is imported.
    private func look(
        at blob: StoredBlob, of image: Image, _ failureStatus: ImageStatus, _ purpose: UploadPurpose
    ) async throws(UploadFailure) -> Int64? {
        guard purpose == .data, failureStatus == .queued else { return image.inspectedSize(blob.inspection) }
        do throws(UploadFailure) {
            return try image.judge(blob.inspection, by: options.formatMatch)
        } catch {
            do throws(StoreError) { try await store.remove(id: image.id) } catch { throw UploadFailure(error) }
            throw error
        }
    }

    /// v1 kills an image whose data don't fit the quota; any other refusal leaves it as it is.
    private func refuse(
        _ failure: RegistryFailure, image: Image, failureStatus: ImageStatus
    ) async throws(UploadFailure) -> Never {
        guard case .quotaExceeded(let quota, let limit, let used) = failure else { throw .registry(failure) }
        if failureStatus == .killed { _ = try? await registry.perform(KillImage(imageID: image.id)) }
        throw .overQuota(quota: quota, limit: limit, used: used)
    }

    private func receive(
        _ body: RequestBody, declared: DeclaredData, into store: any BlobStore, _ reservation: inout UploadReservation,
        _ mark: UploadsInFlight.Mark
    ) async throws(UploadFailure) -> StoredBlob {
        let sink: UploadSink
        do throws(StoreError) {
            sink = try await store.beginUpload(id: reservation.imageID, expectedBytes: body.declaredBytes)
        } catch {
            throw UploadFailure(error)
        }
        do throws(UploadFailure) {
            try await pump(body, into: sink, &reservation, mark)
            if let supplied = declared.size, supplied != sink.receivedBytes {
                throw .sizeMismatch(supplied: supplied, received: sink.receivedBytes)
            }
            return try await finish(sink, declared: declared, imageID: reservation.imageID)
        } catch {
            await sink.abort()
            throw error
        }
    }

    private func pump(
        _ body: RequestBody, into sink: UploadSink, _ reservation: inout UploadReservation,
        _ mark: UploadsInFlight.Mark
    ) async throws(UploadFailure) {
        while !body.isAtEnd {
            guard !mark.isCancelled else { throw .imageDeleted }
            let buffer: UploadBuffer
            do throws(StoreError) { buffer = try await sink.buffer() } catch { throw UploadFailure(error) }
            let room = buffer.bytes
            var filled = 0
            // A full buffer a turn: the digests and the file get pieces that are worth waking a thread for.
            while filled < room.count {
                let count: Int
                do throws(BodyError) {
                    count = try await body.read(into: UnsafeMutableRawBufferPointer(rebasing: room[filled...]))
                } catch {
                    throw .client(error)
                }
                if count == 0 { break }
                filled += count
            }
            let total = sink.receivedBytes + Int64(filled)
            guard total <= options.imageSizeCap else { throw .tooLarge(bytesMax: options.imageSizeCap) }
            do throws(RegistryFailure) { try await reservation.cover(total) } catch { throw UploadFailure(error) }
            do throws(StoreError) { try sink.submit(buffer, bytes: filled) } catch { throw UploadFailure(error) }
        }
    }

    private func finish(
        _ sink: UploadSink, declared: DeclaredData, imageID: String
    ) async throws(UploadFailure) -> StoredBlob {
        let blob: StoredBlob
        do throws(StoreError) { blob = try await sink.finish() } catch { throw UploadFailure(error) }
        guard let supplied = declared.checksum, supplied.lowercased() != blob.md5 else { return blob }
        do throws(StoreError) { try await store.remove(id: imageID) } catch { throw UploadFailure(error) }
        throw .checksumMismatch(supplied: supplied, received: blob.md5)
    }
}

extension UploadFailure {
    init(_ error: StoreError) {
        switch error {
        case .full: self = .storeFull(error.description)
        case .readOnly, .permission: self = .storeReadOnly(error.description)
        case .duplicate: self = .duplicate
        case .failed, .notFound, .invalidName, .inUse, .lengthMismatch, .digestMismatch, .ended:
            self = .storeFailed(error.description)
        }
    }

    /// A refusal in the middle of an upload.
    init(_ failure: RegistryFailure) {
        switch failure {
        case .quotaExceeded(let quota, let limit, let used):
            self = .overQuota(quota: quota, limit: limit, used: used)
        case .notFound, .conflict: self = .imageDeleted
        default: self = .registry(failure)
        }
    }
}
