import GlanceHTTP
import HTTPServer
import HTTPTypes
import ImageModel

// One tag of an image at a time.

extension V2API {
    func putTag(_ call: V2Call) async throws(APIError) -> Response {
        let image = try await taggedImage(call)
        let tag = call.parameters[1]
        guard tag.unicodeScalars.count <= 255 else { throw .tagTooLong }
        try MetadataText.check(tag, "Image tag")
        do throws(RegistryFailure) {
            try await images.addTag(tag, to: image.id, call.context)
        } catch {
            if case .quotaExceeded(_, let limit, let used) = error {
                throw .tagQuotaExceeded(image.id, attempted: used, max: limit)
            }
            throw tagging(error, image)
        }
        return Response(status: .noContent)
    }

    func deleteTag(_ call: V2Call) async throws(APIError) -> Response {
        let image = try await taggedImage(call)
        do throws(RegistryFailure) {
            try await images.removeTag(call.parameters[1], from: image.id, call.context)
        } catch {
            throw error == .notFound ? .notFound : tagging(error, image)
        }
        return Response(status: .noContent)
    }

    private func taggedImage(_ call: V2Call) async throws(APIError) -> Image {
        try call.requireNoBody()
        try call.requireWriter()
        do throws(APIError) {
            return try await image(call, toChangeBy: "modify_image")
        } catch {
            throw error == .noImageFound(call.imageID) ? .imageAlreadyDeleted(call.imageID) : error
        }
    }

    private func tagging(_ failure: RegistryFailure, _ image: Image) -> APIError {
        switch failure {
        case .notFound: .imageAlreadyDeleted(image.id)
        case .forbidden: .notAuthorized("modify_image")
        default: APIError(v2: failure, imageID: image.id)
        }
    }
}
