import JSONText

/// One thing that glance-api asks of glance-registry: `POST /operations/<name>` with the value as JSON; the answer
/// is 200 with `Answer` as JSON, or a `RegistryFailure`. Each operation is one transaction.
public protocol RegistryOperation: JSONCoding {
    associatedtype Answer: JSONCoding

    /// The operation's name in the path.
    static var name: String { get }

    /// Whether it may be sent again when the connection broke before the answer.
    static var isIdempotent: Bool { get }

    /// Whether clients ask it again and again, and its answer depends on nothing but the question and the database. Both
    /// daemons keep such answers.
    static var isRepeated: Bool { get }
}

extension RegistryOperation {
    public static var isRepeated: Bool { false }
}

/// What the registry answers when it does not do what it was asked.
public enum RegistryFailure: Error, Equatable, Sendable {
    /// The image, member, upload or task is not there, or must not be known to the viewer.
    case notFound
    /// The viewer sees the image but may not do this.
    case forbidden
    /// The id is taken, by a tombstone perhaps.
    case duplicate
    /// The image is not in a status from which this can be done.
    case conflict(status: ImageStatus)
    /// A quota would be passed. `limit` and `used` in the quota's own unit (bytes or a count).
    case quotaExceeded(quota: String, limit: Int64, used: Int64)
    /// The marker of a list is unknown or invisible.
    case invalidMarker
    /// Deletion of a protected image.
    case protected
    /// The request itself is at fault: a bug in the caller, or not our API at all.
    case malformed(String)
    /// The registry failed or can't be reached, or what else would have to say what may be.
    case unavailable(String)

    /// The HTTP status that carries it.
    public var httpStatus: Int {
        switch self {
        case .notFound: 404
        case .forbidden, .protected: 403
        case .duplicate, .conflict: 409
        case .quotaExceeded: 413
        case .invalidMarker, .malformed: 400
        case .unavailable: 503
        }
    }
}

extension RegistryFailure: JSONCoding {
    public init(json: JSONValue) throws(JSONShapeError) {
        switch try json.text("failure") {
        case "not_found": self = .notFound
        case "forbidden": self = .forbidden
        case "duplicate": self = .duplicate
        case "conflict": self = .conflict(status: try json.word("status"))
        case "quota_exceeded":
            self = .quotaExceeded(
                quota: try json.text("quota"), limit: try json.number("limit"), used: try json.number("used"))
        case "invalid_marker": self = .invalidMarker
        case "protected": self = .protected
        case "malformed": self = .malformed(try json.text("reason"))
        default: self = .unavailable(try json.text("reason"))
        }
    }

    public var json: JSONValue {
        switch self {
        case .notFound: ["failure": .string("not_found")]
        case .forbidden: ["failure": .string("forbidden")]
        case .duplicate: ["failure": .string("duplicate")]
        case .conflict(let status): ["failure": .string("conflict"), "status": .string(status.rawValue)]
        case .quotaExceeded(let quota, let limit, let used):
            ["failure": .string("quota_exceeded"), "quota": .string(quota), "limit": .int(limit), "used": .int(used)]
        case .invalidMarker: ["failure": .string("invalid_marker")]
        case .protected: ["failure": .string("protected")]
        case .malformed(let reason): ["failure": .string("malformed"), "reason": .string(reason)]
        case .unavailable(let reason): ["failure": .string("unavailable"), "reason": .string(reason)]
        }
    }
}
