import GlanceHTTP
import HTTPServer
import HTTPWire
import ImageModel

extension V1API {
    /// Stores the outside world keeps: known by name, but nothing can be put there.
    private static let readOnlyStores: Set<String> = ["http", "https"]
    /// Names of our own store.
    private static let writableStores: Set<String> = ["file", "filesystem"]

    /// - Throws: 400 where `x-image-meta-store` names a store that there is not.
    func checkStore(_ metadata: MetadataHeaders) throws(APIError) {
        guard let store = metadata.store else { return }
        if let stores = options.stores {
            guard stores[store] != nil else { throw .unknownStore(store) }
            return
        }
        guard Self.readOnlyStores.contains(store) || Self.writableStores.contains(store) else {
            throw .unknownStore(store)
        }
    }

    /// Refuses what is too large as far as the client has told; of two lengths the body's own counts.
    ///
    /// - Throws: 400. What shows itself while streaming is 413.
    func checkDeclaredSize(_ metadata: MetadataHeaders, _ call: V1Call) throws(APIError) {
        var declared = metadata.size ?? 0
        if let length = call.request.body.declaredBytes, length > 0 { declared = length }
        if declared > options.imageSizeCap { throw .deniedLarger(status: 400, than: options.imageSizeCap) }
    }

    /// An image needs its formats as soon as it gets data.
    func requireFormats(_ image: Image) throws(APIError) {
        if image.diskFormat == nil { throw .diskFormatMissing }
        if image.containerFormat == nil { throw .containerFormatMissing }
    }

    /// Takes the request's body in as the image's data: `queued → saving → active`, or `killed`.
    func upload(to image: Image, _ metadata: MetadataHeaders, _ call: V1Call) async throws(APIError) -> Image {
        try requireFormats(image)
        guard call.request.head.isOctetStream else {
            throw await killing(image, .contentTypeNotOctetStream, call)
        }
        if let store = metadata.store, options.stores?[store]?.isReadOnly ?? Self.readOnlyStores.contains(store) {
            throw await killing(image, options.stores == nil ? .storeDisabled : .storeTakesNoData(store), call)
        }
        // Size and checksum may have been told when the image was reserved. Size 0 stands for unknown.
        let declared = DeclaredData(size: image.size.flatMap { $0 > 0 ? $0 : nil }, checksum: image.checksum)
        do throws(UploadFailure) {
            return try await data.upload(
                call.request.body, to: image, declared: declared, failureStatus: .killed,
                store: options.stores == nil ? nil : metadata.store, call.context)
        } catch {
            throw APIError(error, imageID: image.id)
        }
    }

    /// Kills an image whose upload is refused before its first byte, and hands the refusal back.
    private func killing(_ image: Image, _ refusal: APIError, _ call: V1Call) async -> APIError {
        do throws(APIError) {
            try await asking(about: image.id) { () async throws(RegistryFailure) in
                try await images.kill(image.id, call.context)
            }
            return refusal
        } catch {
            return error
        }
    }
}
