/// An option of `[import_filtering_opts]` that refused a URL, so that the operator knows where to look.
public enum FilterOption: String, Sendable {
    /// The option with the name that it has in the configuration.
    case allowedSchemes = "allowed_schemes"
    case disallowedSchemes = "disallowed_schemes"
    case allowedHosts = "allowed_hosts"
    case disallowedHosts = "disallowed_hosts"
    case allowedPorts = "allowed_ports"
    case disallowedPorts = "disallowed_ports"
    case allowedNetworks = "allowed_networks"
}

/// Why a fetch came to nothing. No text in it holds credentials or the query of a URL.
public enum FetchError: Error, Sendable {
    /// The text is not an absolute URL that can be fetched.
    case malformed(reason: String)
    /// The policy forbids it. No option allows it where `option` is nil.
    case refused(option: FilterOption?, reason: String)
    /// The source answered 404.
    case notFound
    /// The source answered with a status that is no success.
    case badStatus(Int)
    /// No connection, no TLS, or no answer.
    case unreachable(reason: String)
    /// More redirects than `redirectsMax`.
    case tooManyRedirects(max: Int)
    /// The source broke HTTP, or did what was not asked for.
    case badResponse(reason: String)
    /// 416: the source has no bytes at that offset. `bytesTotal` is what it says it has.
    case rangeNotSatisfiable(bytesTotal: Int64?)
    /// The source has, or sent, more than `bytesMax`.
    case tooLarge(bytesMax: Int64)
    /// No progress for that long.
    case stalled(seconds: Int)
    /// Fewer bytes than `bytesPerSecondMin` asks for, for that long.
    case tooSlow(bytesPerSecondMin: Int64, seconds: Int)
    /// The body ended early. Both count the bytes of this answer, not those before its offset.
    case interrupted(received: Int64, expected: Int64?)
    /// `isCancelled` said so.
    case cancelled
    /// `onResponse` or `sink` threw.
    case stopped(by: any Error)
    /// libcurl itself failed: out of memory, or too old a version.
    case unavailable(reason: String)
}

extension FetchError: CustomStringConvertible {
    /// What happened, for the client and the log.
    public var description: String {
        switch self {
        case .malformed(let reason): "malformed URL: \(reason)"
        case .refused(let option?, let reason): "\(reason), refused by [import_filtering_opts] \(option.rawValue)"
        case .refused(nil, let reason): reason
        case .notFound: "the source was not found (404)"
        case .badStatus(let status): "the source answered with status \(status)"
        case .unreachable(let reason): "the source cannot be reached: \(reason)"
        case .tooManyRedirects(let max): "the source redirects more than \(max) times"
        case .badResponse(let reason): "bad answer of the source: \(reason)"
        case .rangeNotSatisfiable(let total):
            "the source has nothing at that offset" + (total.map { "; it has \($0) bytes" } ?? "")
        case .tooLarge(let max): "the source is larger than \(max) bytes"
        case .stalled(let seconds): "the source sent nothing for \(seconds) seconds"
        case .tooSlow(let min, let seconds):
            "the source sent less than \(min) bytes a second for \(seconds) seconds"
        case .interrupted(let received, let expected):
            "the source stopped after \(received) bytes" + (expected.map { " of \($0)" } ?? "")
        case .cancelled: "the transfer was cancelled"
        case .stopped(let error): "the transfer was stopped: \(error)"
        case .unavailable(let reason): "libcurl: \(reason)"
        }
    }
}
