import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel

// One image: show, change, delete.

extension V2API {
    func showImage(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        let image = try await image(call)
        return .json(200, ImageDocument(options).json(of: policy.readable(image, call.caller)))
    }

    /// PATCH: all operations or none. They are done to the image in memory; one update writes what they changed, and
    /// nothing else, so that two patches of different fields do not undo each other.
    func patchImage(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireWriter()
        let dialect = try JSONPatch.Dialect(contentType: call.request.head.fields["content-type"])
        let patch = try ImagePatch(JSONPatch(try await json(of: call), dialect), imageFields)
        for _ in 1...Self.patchAttemptsMax {
            let image = try await image(call)
            if patch.isEmpty { return .json(200, ImageDocument(options).json(of: policy.readable(image, call.caller))) }
            try requireChange(of: image, by: "modify_image", call)
            guard let patched = try await write(patch, to: image, call) else { continue }
            return .json(200, ImageDocument(options).json(of: policy.readable(patched, call.caller)))
        }
        throw .operationConflicts
    }

    /// How often a patch is done anew, where others change at the same time what it depends on.
    private static let patchAttemptsMax = 5

    /// - Returns: the image afterwards; nil where it has changed in the meantime, so that the patch must be judged anew.
    private func write(_ patch: ImagePatch, to image: Image, _ call: V2Call) async throws(APIError) -> Image? {
        var patched = PatchedImage(image, call.caller, policy, options)
        for operation in patch.patch.operations {
            if operation.path.tokens[0] == "locations" {
                try await changeLocations(of: &patched, operation, call)
            } else {
                try patched.apply(operation, patch.patch.dialect, imageFields)
            }
        }
        do throws(RegistryFailure) {
            return try await images.update(
                image.id, patched.changes, expecting: patched.expectedStatuses, call.context)
        } catch {
            if case .conflict = error { return nil }
            throw APIError(v2: error, imageID: image.id)
        }
    }

    func deleteImage(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        try call.requireWriter()
        let image: Image
        do throws(APIError) {
            image = try await self.image(call)
        } catch  where error.status == 404 {
            throw .noImageToDelete(call.imageID)
        }
        try requireChange(of: image, by: "delete_image", call)
        if image.isProtected { throw .imageIsProtected(image.id) }
        if let store = options.stores?.readOnlyStore(holding: image) { throw .storeKeepsData(image.id, store) }
        do throws(RegistryFailure) {
            _ = try await images.delete(image.id, call.context)
        } catch {
            switch error {
            case .notFound: throw .noImageToDelete(image.id)
            case .protected: throw .imageIsProtected(image.id)
            default: throw APIError(v2: error, imageID: image.id)
            }
        }
        cache?.removeCached(image.id)
        return Response(status: .noContent)
    }
}
