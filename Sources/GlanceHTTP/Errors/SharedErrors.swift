import HTTPServer

/// The errors that the public API and the registry's own both answer, with Glance's texts.
extension APIError {
    // MARK: Who asks

    public static let unauthorized = APIError(401)
    public static let noAuthenticatedUser = APIError(401, "No authenticated user")
    public static let readOnlyAccess = APIError(403, "Read-only access")
    public static let forbidden = APIError(403)
    public static func requestIDTooLong(max: Int) -> APIError {
        APIError(400, "X-Openstack-Request-ID is longer than \(max) characters.")
    }

    // MARK: Routes

    public static let notFound = APIError(404)
    public static let methodUnknown = APIError(501)
    public static func methodNotAllowed(allow: String?) -> APIError {
        APIError(405, fields: allow.map { ["Allow": $0] } ?? [:])
    }
    public static func notDecodable(_ part: String) -> APIError {
        APIError(400, "Error decoding your request. The \(part) is not valid UTF-8.")
    }

    // MARK: Values

    public static func notAnInteger(_ field: String, _ value: String) -> APIError {
        invalidValue(field, value, "Cannot convert image \(field) '\(value)' to an integer.")
    }
    public static func negative(_ field: String, _ value: String) -> APIError {
        invalidValue(field, value, "Cannot be a negative value.")
    }
    public static func outOfRange(_ field: String, _ value: String, max: Int64) -> APIError {
        invalidValue(field, value, "Value out of range: it must not exceed \(max).")
    }
    public static func fourByteCharacters(_ what: String) -> APIError {
        APIError(400, "\(what) can't contain 4 byte unicode characters.")
    }
    public static func zeroCharacter(_ what: String) -> APIError {
        APIError(400, "\(what) can't contain the NUL character.")
    }
    public static func invalidTime(_ field: String) -> APIError { APIError(400, "Invalid time format for \(field).") }
    private static func invalidValue(_ field: String, _ value: String, _ why: String) -> APIError {
        APIError(400, "Invalid value '\(value)' for parameter '\(field)': \(why)")
    }

    // MARK: Lists

    public static let limitNotAnInteger = APIError(400, "limit param must be an integer")
    public static let limitNegative = APIError(400, "limit param must be positive")
    public static let invalidMarkerFormat = APIError(400, "Invalid marker format")
    public static let invalidMarker = APIError(400, "Invalid marker. Image could not be found.")
    public static func unsupportedSortKey(_ key: String, _ known: [String]) -> APIError {
        APIError(400, "Unsupported sort_key '\(key)'. Acceptable values: \(known.joined(separator: ", "))")
    }
    public static func unsupportedSortDirection(_ direction: String) -> APIError {
        APIError(400, "Unsupported sort_dir '\(direction)'. Acceptable values: asc, desc")
    }
    public static func badFilter(_ filter: String, _ value: String) -> APIError {
        APIError(400, "Bad value passed to filter \(filter) got \(value)")
    }
    public static let badProtectedFilter = APIError(400, "protected must be True, or False")
    public static let unrecognizedChangesSince = APIError(400, "Unrecognized changes-since value")

    // MARK: Images and members

    public static let imageProtected = APIError(403, "Image is protected")
    public static let operationConflicts: APIError = {
        var error = APIError(409, "Image operation conflicts")
        error.isBare = true
        return error
    }()
    public static let membershipNotFound = APIError(404, "Membership could not be found.")
    public static func invalidMembership(_ why: String) -> APIError {
        APIError(400, "Invalid membership association: \(why)")
    }

    // MARK: Bodies, and what fails behind them

    public static let malformedJSON = APIError(400, "Malformed JSON in request body.")
    public static func bodyTooLarge(max: Int) -> APIError {
        APIError(413, "The request's body is larger than \(max) bytes.")
    }
    public static let clientDisconnected = APIError(400, "Client disconnected before sending all data to backend")
    public static let clientStalled = APIError(408, "Client stopped to send its data")
    public static let stopping = APIError(
        503, .explanation("The server is stopping."), fields: ["Retry-After": "1"])
    public static func internalError(_ cause: String) -> APIError { APIError(500, cause: cause) }
}

extension APIError {
    /// Why a request's body could not be read; the connection ends with the answer.
    public init(_ error: BodyError) {
        self =
            switch error {
            case .disconnected: .clientDisconnected
            case .stalled: .clientStalled
            case .malformed(let reason): APIError(400, "The request's body is malformed: \(reason)")
            case .tooLarge(let max): .bodyTooLarge(max: max)
            case .interrupted: .stopping
            }
        closesConnection = true
    }
}
