import GlanceHTTP
import ImageModel

/// The errors that v2 alone answers, with Glance's texts: clients and scripts look for pieces of them.
extension APIError {
    // MARK: Bodies

    static let bodyExpected = APIError(400, "Body expected in request.")
    static let bodyNotExpected = APIError(400, "A body is not expected with this request.")
    static let unexpectedBodyType = APIError(400, "Unexpected body type. Expected list/dict.")

    // MARK: Rights

    /// The policy's refusal, where the image may be seen.
    static func notAuthorized(_ rule: String) -> APIError {
        APIError(403, "You are not authorized to complete \(rule) action.")
    }

    // MARK: Images

    static func noImageFound(_ id: String) -> APIError { APIError(404, "No image found with ID \(id)") }
    static func noImageToDelete(_ id: String) -> APIError { APIError(404, "Failed to find image \(id) to delete") }
    static func imageIsProtected(_ id: String) -> APIError {
        APIError(403, "Image \(id) is protected and cannot be deleted.")
    }
}

extension APIError {
    /// What the registry refuses, in v2's words. A route that has other words for a case looks for it first.
    init(v2 failure: RegistryFailure, imageID: String) {
        self =
            switch failure {
            case .notFound: .noImageFound(imageID)
            default: APIError(failure, imageID: imageID)
            }
    }
}
