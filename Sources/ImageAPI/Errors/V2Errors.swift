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

    // MARK: Actions

    static func actionInStatus(_ action: String, _ status: ImageStatus) -> APIError {
        APIError(403, "Not allowed to \(action) image in status '\(status.rawValue)'")
    }

    // MARK: Tags

    static let tagTooLong = APIError(400, "Image tag can't exceed 255 characters.")
    static func tagQuotaExceeded(_ id: String, attempted: Int64, max: Int64) -> APIError {
        APIError(413, "Image tag limit exceeded for image \(id): Attempted: \(attempted), Maximum: \(max)")
    }

    // MARK: Members

    static let memberMissing = APIError(400, "Member to be added not specified")
    static let memberEmpty = APIError(400, "Member can't be empty")
    static let memberStatusMissing = APIError(400, "Status not specified")
    static let memberStatusUnknown = APIError(
        400, "Incorrect request: Status must be \"pending\", \"accepted\" or \"rejected\".")
    static let notShared = APIError(403, "The image is not shared. Only shared images have members.")
    static func noMember(_ memberID: String, _ id: String) -> APIError {
        APIError(404, "Member \(memberID) of image \(id) not found")
    }
    static func memberExists(_ memberID: String, _ id: String) -> APIError {
        APIError(409, "Member \(memberID) is duplicated for image \(id)")
    }
    static func memberLimit(_ id: String, attempted: Int64, max: Int64) -> APIError {
        APIError(413, "Image member limit exceeded for image \(id): Attempted: \(attempted), Maximum: \(max)")
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
