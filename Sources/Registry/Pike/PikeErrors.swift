import GlanceHTTP
import ImageModel

/// The errors that Glance's registry has for itself, with its texts.
extension APIError {
    /// PUT of an image that is unknown, or not the caller's.
    static let imageNotFound: APIError = {
        var error = APIError(404, "Image not found")
        error.isBare = true
        return error
    }()
    static let invalidImageID = APIError(400, "Invalid image id format")
    static func imageExists(_ id: String) -> APIError { APIError(409, "Image with identifier \(id) already exists!") }
    static let imageMissing = APIError(400, "The request's body has no image.")
    static func badMetadata(_ verb: String, _ why: String) -> APIError {
        APIError(400, "Failed to \(verb) image metadata. Got error: \(why)")
    }
    static func badValue(_ field: String, _ what: String) -> APIError {
        APIError(400, "Invalid value for '\(field)': \(what) is expected.")
    }
    static func badStatus(_ status: String) -> APIError { APIError(400, "Invalid image status '\(status)' for image.") }
    static let noPermissionToShare = APIError(403, "No permission to share that image")

    static let commandsNoList = APIError(400, "Request must be a list of commands")
    static func tooManyCommands(max: Int) -> APIError { APIError(400, "A request has \(max) commands at the most") }
    static let badCommand = APIError(
        400, "Wrong command structure: an object with 'command' and 'kwargs' is expected.")

    /// What an operation refuses, in general words.
    init(_ failure: RegistryFailure) {
        self =
            switch failure {
            case .notFound: .notFound
            case .forbidden: .forbidden
            case .duplicate: APIError(409)
            case .conflict: .operationConflicts
            case .quotaExceeded(let quota, let limit, let used):
                APIError(413, "The limit of \(quota) is \(limit), and \(used) would be in use.")
            case .invalidMarker: .invalidMarker
            case .protected: .imageProtected
            case .malformed(let reason): APIError(400, reason)
            case .unavailable(let reason):
                APIError(503, .explanation("The registry can't answer: \(reason)."), fields: ["Retry-After": "1"])
            }
    }

    /// The part of the text that is this error's own.
    var reasonText: String {
        switch reason {
        case .stock: StatusText.title(status)
        case .explanation(let text), .detail(let text): text
        }
    }
}
