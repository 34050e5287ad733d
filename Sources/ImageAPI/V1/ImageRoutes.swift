import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel

// Lists, metadata, data and the end of an image.

extension V1API {
    func listImages(_ call: V1Call) async throws(APIError) -> Response {
        .json(200, ImageBody.brief(try await page(call)))
    }

    func listImagesInDetail(_ call: V1Call) async throws(APIError) -> Response {
        .json(200, ImageBody.detail(policy.readable(try await page(call), call.caller)))
    }

    private func page(_ call: V1Call) async throws(APIError) -> [Image] {
        try enforce(["get_images"], call)
        var query = try ImageQuery(
            v1: call.request.head.query, viewer: call.caller.viewer,
            rows: PageRows(byDefault: options.pageRowsDefault, max: options.pageRowsMax))
        query.filters = policy.readable(query.filters, call.caller)
        return try await asking(about: query.marker ?? "") { () async throws(RegistryFailure) in
            try await images.list(query, call.context)
        }
    }

    /// HEAD: the metadata as headers.
    func showImage(_ call: V1Call) async throws(APIError) -> Response {
        let image = try await image(call, allowedBy: ["get_image"])
        return Response(status: .ok, fields: ImageHeaders.fields(of: policy.readable(image, call.caller)))
    }

    /// GET: the data, with the metadata as headers. Range and conditions are ignored, as v1 ignores them.
    func downloadImage(_ call: V1Call) async throws(APIError) -> Response {
        var image = try await image(call, allowedBy: ["get_image"])
        if image.status == .deactivated { throw .imageDeactivated(image.id) }
        guard image.status == .active else { throw .imageNotActive(image.id) }
        try policy.enforce("download_image", target: image.policyTarget(for: call.caller), call.caller)
        if let stores = options.stores { image.locations = stores.ordered(image.locations, preferring: []) }
        var body = ResponseBody.none
        // Reserved with size 0: active without a byte, and without a place for them.
        if !image.locations.isEmpty || image.size ?? 0 > 0 {
            do throws(DownloadFailure) {
                body = try await data.download(image, call.context)
            } catch {
                throw APIError(error, imageID: image.id)
            }
        }
        cache?.ledger.noteDownload(of: image)
        let metadata = ImageHeaders.fields(of: policy.readable(image, call.caller))
        return Response(
            status: .ok, fields: [("Content-Type", "application/octet-stream")] + metadata, body: body)
    }

    func deleteImage(_ call: V1Call) async throws(APIError) -> Response {
        try call.requireWriter()
        let image = try await image(call, allowedBy: ["delete_image"])
        guard ImageAccess.canChange(image, call.caller.viewer) else {
            throw image.isOpen ? .deleteForbidden(image.id) : .deleteNotFound(image.id)
        }
        if image.isProtected { throw .imageProtected }
        if image.status == .pendingDelete { throw .deletePendingDelete }
        if image.status == .deleted { throw .imageAlreadyDeleted(image.id) }
        if let store = options.stores?.readOnlyStore(holding: image) { throw .storeKeepsData(image.id, store) }
        _ = try await asking(about: image.id) { () async throws(RegistryFailure) in
            try await images.delete(image.id, call.context)
        }
        cache?.ledger.removeCached(image.id)
        return Response(status: .ok)
    }
}

extension Image {
    /// Whether everybody may know of it: who may not change such an image is told so, others are told that there is
    /// no such image.
    var isOpen: Bool { owner != nil && (visibility == .public || visibility == .community) }
}
