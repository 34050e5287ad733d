import HTTPWire

/// A path with what its methods do.
struct Route<Action: Sendable>: Sendable {
    enum Segment: Equatable, Sendable {
        case name(String)
        case parameter
    }

    let pattern: [Segment]
    private let actions: [String: Action]
    /// Answers whatever method has no action of its own.
    private let anyAction: Action?
    /// `Allow` of the 405 that other methods get.
    private let allow: String
    /// Methods that get an `Allow` of their own; nil: none.
    private let refused: [String: String?]

    /// - Parameter pattern: `/images/{image}`: a segment in braces takes any text that is not empty.
    init(_ pattern: String, _ actions: [String: Action], allow: String, refusing refused: [String: String?] = [:]) {
        self.pattern = Self.segments(pattern)
        self.actions = actions
        self.allow = allow
        self.refused = refused
        anyAction = nil
    }

    init(_ pattern: String, any action: Action) {
        self.pattern = Self.segments(pattern)
        actions = [:]
        allow = ""
        refused = [:]
        anyAction = action
    }

    /// The parameters, in order; nil where the path is another one.
    func parameters(of path: [String]) -> [String]? {
        guard path.count == pattern.count else { return nil }
        var parameters: [String] = []
        for (segment, text) in zip(pattern, path) {
            switch segment {
            case .name(let name): if name != text { return nil }
            case .parameter:
                if text.isEmpty { return nil }
                parameters.append(text)
            }
        }
        return parameters
    }

    func action(for method: String) throws(APIError) -> Action {
        if let action = actions[method] ?? anyAction { return action }
        throw .methodNotAllowed(allow: refused[method] ?? allow)
    }

    private static func segments(_ pattern: String) -> [Segment] {
        pattern.split(separator: "/").map { $0.hasPrefix("{") ? .parameter : .name(String($0)) }
    }
}

/// Finds what a request asks for: the first route whose path matches counts.
struct Router<Action: Sendable>: Sendable {
    let routes: [Route<Action>]

    /// - Parameter path: below the version, percent-encoded; `/` is the version's own root.
    /// - Throws: 404, 405 or 501; 400 where the path does not decode to UTF-8.
    func match(_ method: String, _ path: String) throws(APIError) -> (action: Action, parameters: [String]) {
        let segments = try Self.segments(path)
        for route in routes {
            guard let parameters = route.parameters(of: segments) else { continue }
            return (try route.action(for: method), parameters)
        }
        throw Self.isKnown(method) ? .notFound : .methodUnknown
    }

    /// Splits first and decodes then, so that `%2F` can't make a segment of its own.
    static func segments(_ path: String) throws(APIError) -> [String] {
        let rest = path.drop { $0 == "/" }
        if rest.isEmpty { return [] }
        var segments: [String] = []
        for part in rest.split(separator: "/", omittingEmptySubsequences: false) {
            guard let segment = PercentCoding.decode(part) else { throw .notDecodable("path") }
            guard !segment.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 }) else { throw .notFound }
            segments.append(segment)
        }
        return segments
    }

    private static func isKnown(_ method: String) -> Bool {
        ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"].contains(method)
    }
}
