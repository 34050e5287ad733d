import HTTPServer
import ImageModel
import OutboundHTTP

/// The way of the bytes, in and out (stub until the blob store lands).
public final class ImageDataService: Sendable {
    public init() {}

    /// Takes a request's body in as the image's data and makes it active.
    public func upload(
        _ body: RequestBody, to image: Image, declared: DeclaredData, failureStatus: ImageStatus,
        _ context: RequestContext
    ) async throws(UploadFailure) -> Image {
        throw .imageDeleted
    }

    /// The image's data as the body of a response.
    public func download(_ image: Image, _ context: RequestContext) async throws(DownloadFailure) -> ResponseBody {
        throw .notFound
    }

    /// Asks an outside source for its size (v1 location and copy_from).
    public func describe(source url: String) async throws(FetchError) -> SourceDescription {
        throw .notFound
    }

    /// Has the image's data fetched from there in the background; returns once the task row is written.
    public func copy(
        from url: String, to image: Image, bytesExpected: Int64?, _ context: RequestContext
    ) async throws(RegistryFailure) {
        throw .notFound
    }
}
