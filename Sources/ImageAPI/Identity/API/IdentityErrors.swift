import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel
import JSONText

/// The errors of the embedded identity; its API shows them as Keystone does.
extension APIError {
    static let tooManyLogins = APIError(
        503, .explanation("Too many logins are being checked. Please try again."), fields: ["Retry-After": "1"])
    static func loginBlocked(seconds: Int) -> APIError {
        APIError(
            429, .explanation("Too many failed logins. Try again in \(seconds) seconds."),
            fields: ["Retry-After": "\(seconds)"])
    }

    static func identityMalformed(_ why: String) -> APIError {
        APIError(400, "Expecting to find a valid authentication request: \(why)")
    }
    static func authMethodUnknown(_ method: String) -> APIError {
        APIError(401, "The authentication method '\(method)' is not offered here.")
    }
    static let scopeNotOffered = APIError(401, "Tokens are scoped to a project here, or not at all.")
    static let keyIsNotRescoped = APIError(
        401, "An application credential is good for its own project, and its tokens for no other.")
    /// A request for a change that can't be read, or not be done.
    static func identityInvalid(_ why: String) -> APIError { APIError(400, .explanation(why)) }
    static let keyIsRestricted = APIError(
        403, "A token of a restricted application credential makes and deletes no application credentials.")
    static let identityForbidden = APIError(403, "You are not authorized to perform the requested action.")
    static func identityNotFound(_ what: String) -> APIError { APIError(404, "Could not find \(what).") }

    /// What the registry refuses, where the request itself was fine.
    init(identity failure: RegistryFailure) {
        self =
            switch failure {
            case .notFound, .forbidden: .unauthorized
            case .duplicate: APIError(409, "The name or the id is taken.")
            case .malformed(let reason): .identityInvalid(reason)
            case .protected: APIError(403, "Glance's rules name it, and so it stays.")
            case .unavailable(let reason): .registryUnavailable(reason)
            default: .internalError("registry: \(failure)")
            }
    }
}

extension Response {
    /// The answer that carries an error in Keystone's form.
    init(identity error: APIError, to head: RequestHead) {
        let text =
            switch error.reason {
            case .stock where error.status == 401: "The request you have made requires authentication."
            case .stock: StatusText.sentence(error.status, method: head.method.rawValue)
            case .explanation(let text), .detail(let text): text
            }
        let body: JSONValue = [
            "error": [
                "code": .int(Int64(error.status)), "message": .string(text),
                "title": .string(StatusText.title(error.status)),
            ]
        ]
        self = .json(
            error.status, body.serialized,
            fields: [(name: "Vary", value: "X-Auth-Token")]
                + error.fields.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) })
        closesConnection = error.closesConnection
    }
}
