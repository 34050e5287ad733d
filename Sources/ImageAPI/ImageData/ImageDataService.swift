import BlobStore
import HTTPServer
import ImageModel
import OutboundHTTP
import Posix

/// The way of the bytes, in and out, for both API versions.
public final class ImageDataService: Sendable {
    private let store: any BlobStore
    private let uploads: UploadService
    private let copies: CopyWorker
    private let external: ExternalData

    public init(store: any BlobStore, uploads: UploadService, copies: CopyWorker, external: ExternalData) {
        self.store = store
        self.uploads = uploads
        self.copies = copies
        self.external = external
    }

    /// Takes a request's body in as the image's data and makes it active.
    ///
    /// - Parameter failureStatus: what the image becomes if this fails: `killed` in v1, `queued` in v2.
    public func upload(
        _ body: RequestBody, to image: Image, declared: DeclaredData, failureStatus: ImageStatus,
        _ context: RequestContext
    ) async throws(UploadFailure) -> Image {
        try await uploads.upload(body, to: image, declared: declared, failureStatus: failureStatus, context)
    }

    /// An active image's data as the body of a response: `size` bytes from our store, or from outside.
    public func download(_ image: Image, _ context: RequestContext) async throws(DownloadFailure) -> ResponseBody {
        guard let location = image.locations.first else { throw .notFound }
        guard location.url.hasPrefix("file:") else {
            return try await external.body(of: location.url, requestID: context.requestID)
        }
        do throws(StoreError) {
            let blob = try await store.open(id: image.id)
            // The row's size is what the client was promised: a blob that is shorter breaks the connection off.
            guard let range = BlobRange(blob, offset: 0, bytes: image.size ?? blob.bytes) else {
                return .stream(length: blob.bytes) { try await Self.copy(blob, to: $0) }
            }
            return .file(range)
        } catch {
            if case .notFound = error { throw .notFound }
            throw .failed(error.description)
        }
    }

    private static func copy(_ blob: any OpenBlob, to writer: ResponseWriter) async throws {
        var offset: Int64 = 0
        while true {
            let bytes = try await blob.read(at: offset, bytesMax: 1 << 20)
            if bytes.isEmpty { return }
            offset += Int64(bytes.count)
            let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
            defer { piece.deallocate() }
            piece.copyBytes(from: bytes)
            try await writer.write(UnsafeRawBufferPointer(piece))
        }
    }

    /// Asks an outside source for its size (v1 location and copy_from).
    public func describe(source url: String) async throws(FetchError) -> SourceDescription {
        try await external.describe(url)
    }

    /// Has the image's data fetched from there in the background; returns once the task row is written.
    public func copy(
        from url: String, to image: Image, bytesExpected: Int64?, _ context: RequestContext
    ) async throws(RegistryFailure) {
        try await copies.start(from: url, to: image, bytesExpected: bytesExpected, context)
    }
}
