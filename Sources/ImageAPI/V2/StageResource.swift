import GlanceHTTP
import HTTPServer
import HTTPTypes
import ImageModel

extension V2API {
    /// PUT: takes the request's body in, to be imported later: `queued → uploading`, or back to `queued`.
    func stageFile(_ call: V2Call) async throws(APIError) -> Response {
        guard options.importMethods.contains("glance-direct") else { throw .noStaging }
        try call.requireWriter()
        let declared = try declaredData(call)
        let image = try await image(call, toChangeBy: "modify_image")
        try image.requireMove(to: .uploading)
        try checkDeclared(declared, call)
        do throws(UploadFailure) {
            try await data.stage(call.request.body, for: image, declared: declared, call.context)
        } catch {
            switch error {
            case .imageDeleted: throw .noImageFound(image.id)
            case .registry(.forbidden): throw .notAuthorized("modify_image")
            default: throw APIError(v2: error, imageID: image.id, movingTo: .uploading)
            }
        }
        return Response(status: .noContent)
    }
}
