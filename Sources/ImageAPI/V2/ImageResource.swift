import GlanceHTTP
import HTTPServer
import HTTPTypes
import ImageModel

// One image: show, change, delete.

extension V2API {
    func showImage(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        let image = try await image(call)
        return .json(200, ImageDocument(options).json(of: policy.readable(image, call.caller)))
    }

    func patchImage(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

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
        do throws(RegistryFailure) {
            _ = try await images.delete(image.id, call.context)
        } catch {
            switch error {
            case .notFound: throw .noImageToDelete(image.id)
            case .protected: throw .imageIsProtected(image.id)
            default: throw APIError(v2: error, imageID: image.id)
            }
        }
        return Response(status: .noContent)
    }
}
