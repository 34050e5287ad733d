import GlanceHTTP
import HTTPServer
import HTTPTypes
import ImageModel

// Taking an image out of use without deleting it, and back.

extension V2API {
    func deactivate(_ call: V2Call) async throws(APIError) -> Response {
        try await setDeactivation(to: true, by: "deactivate", call)
    }

    func reactivate(_ call: V2Call) async throws(APIError) -> Response {
        try await setDeactivation(to: false, by: "reactivate", call)
    }

    /// - Parameter action: its name in the path, and in the policy.
    private func setDeactivation(
        to isDeactivated: Bool, by action: String, _ call: V2Call
    ) async throws(APIError) -> Response {
        try call.requireNoBody()
        try call.requireWriter()
        let image = try await image(call, toChangeBy: action)
        do throws(RegistryFailure) {
            try await images.setDeactivation(of: image.id, to: isDeactivated, call.context)
        } catch {
            switch error {
            case .conflict(.deleted), .conflict(.pendingDelete): throw .noImageFound(image.id)
            case .conflict(let status): throw .actionInStatus(action, status)
            case .forbidden: throw .notAuthorized(action)
            default: throw APIError(v2: error, imageID: image.id)
            }
        }
        return Response(status: .noContent)
    }
}
