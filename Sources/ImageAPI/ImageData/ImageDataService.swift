import BlobStore
import HTTPServer
import HTTPWire
import ImageModel
import OutboundHTTP
import Posix

/// The way of the bytes, in and out, for both API versions.
public final class ImageDataService: Sendable {
    private let store: any BlobStore
    private let uploads: UploadService
    private let tasks: TaskEngine
    private let external: ExternalData

    public init(store: any BlobStore, uploads: UploadService, tasks: TaskEngine, external: ExternalData) {
        self.store = store
        self.uploads = uploads
        self.tasks = tasks
        self.external = external
    }

    /// Takes a request's body in as the image's data and makes it active.
    ///
    /// - Parameters:
    ///   - failureStatus: what the image becomes if this fails: `killed` in v1, `queued` in v2.
    ///   - store: where they go, of several stores; nil: the default one.
    public func upload(
        _ body: RequestBody, to image: Image, declared: DeclaredData, failureStatus: ImageStatus,
        store: String? = nil, _ context: RequestContext
    ) async throws(UploadFailure) -> Image {
        try await uploads.upload(
            body, to: image, declared: declared, failureStatus: failureStatus, store: store, context)
    }

    /// Takes a request's body in as data that wait for an import: `queued → uploading`, or back to `queued`.
    public func stage(
        _ body: RequestBody, for image: Image, declared: DeclaredData, _ context: RequestContext
    ) async throws(UploadFailure) {
        _ = try await uploads.upload(
            body, to: image, declared: declared, failureStatus: .queued, purpose: .staging, context)
    }

    /// An active image's data as the body of a response: `size` bytes from our store, or from outside.
    ///
    /// - Parameter range: the bytes that are wanted; nil: all. Asked for only where `sendsRanges(of:)`.
    public func download(
        _ image: Image, range: ByteRange? = nil, _ context: RequestContext
    ) async throws(DownloadFailure) -> ResponseBody {
        guard let location = image.locations.first else { throw .notFound }
        guard location.url.hasPrefix("file:") else {
            return try await external.body(of: location.url, requestID: context.requestID)
        }
        do throws(StoreError) {
            let blob = try await open(image.id, in: location.store)
            // The row's size is what the client was promised: a blob that is shorter breaks the connection off.
            let range = range ?? ByteRange(offset: 0, bytes: image.size ?? blob.bytes)
            guard let stretch = BlobRange(blob, range) else {
                return .stream(length: range.bytes) { try await Self.copy(range, of: blob, to: $0) }
            }
            return .file(stretch)
        } catch {
            if case .notFound = error { throw .notFound }
            throw .failed(error.description)
        }
    }

    /// The data in that store; where they are lost there, in any other.
    private func open(_ id: String, in named: String?) async throws(StoreError) -> any OpenBlob {
        do throws(StoreError) {
            return try await store.part(named: named).open(id: id)
        } catch {
            guard case .notFound = error else { throw error }
            return try await store.open(id: id)
        }
    }

    /// Whether a part of the image's data can be sent by itself: what lies outside is passed through whole.
    func sendsRanges(of image: Image) -> Bool {
        image.locations.first?.url.hasPrefix("file:") ?? false
    }

    private static func copy(_ range: ByteRange, of blob: any OpenBlob, to writer: ResponseWriter) async throws {
        var offset = range.offset
        let end = range.offset + range.bytes
        while offset < end {
            let bytes = try await blob.read(at: offset, bytesMax: Int(min(1 << 20, end - offset)))
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
        try await tasks.start(from: url, to: image, bytesExpected: bytesExpected, context)
    }

    /// Has an import done in the background; returns once the image is `importing` and the task's row is written.
    ///
    /// - Parameter order: one of v2's imports.
    /// - Returns: the task as it was written.
    @discardableResult
    public func startImport(
        _ order: ImportOrder, of image: Image, _ context: RequestContext
    ) async throws(RegistryFailure) -> ImageTask {
        try await tasks.startImport(order, of: image, context)
    }
}
