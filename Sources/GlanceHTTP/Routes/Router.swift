import HTTPWire

/// A path with what its methods do.
public struct Route<Action: Sendable>: Sendable {
    enum Segment: Equatable, Sendable {
        case name(String)
        case parameter
    }

    let pattern: [Segment]
    private let actions: [String: Action]
    /// Answers whatever method has no action of its own.
    private let anyAction: Action?
    /// `Allow` of the 405 that other methods get; nil where they get 404.
    private let allow: String?
    /// Methods that get 405 with an `Allow` of their own; nil: without one.
    private let refused: [String: String?]

    /// - Parameters:
    ///   - pattern: `/images/{image}`: a segment in braces takes any text that is not empty.
    ///   - allow: what the 405 for other methods allows; nil where such a request is 404.
    ///   - refused: methods that get 405 with an `Allow` of their own; nil: without one.
    public init(
        _ pattern: String, _ actions: [String: Action], allow: String? = nil,
        refusing refused: [String: String?] = [:]
    ) {
        self.pattern = Self.segments(pattern)
        self.actions = actions
        self.allow = allow
        self.refused = refused
        anyAction = nil
    }

    /// A path on which every method does the same.
    public init(_ pattern: String, any action: Action) {
        self.pattern = Self.segments(pattern)
        actions = [:]
        allow = nil
        refused = [:]
        anyAction = action
    }

    /// The parameters, in order; nil where the path is another one.
    func parameters(of path: [String]) -> [String]? {
        guard path.count == pattern.count else { return nil }
        for index in pattern.indices {
            switch pattern[index] {
            case .name(let name): if name != path[index] { return nil }
            case .parameter: if path[index].isEmpty { return nil }
            }
        }
        var parameters: [String] = []
        for (segment, text) in zip(pattern, path) where segment == .parameter { parameters.append(text) }
        return parameters
    }

    func action(for method: String) throws(APIError) -> Action {
        if let action = actions[method] ?? anyAction { return action }
        if let allow = refused[method] { throw .methodNotAllowed(allow: allow) }
        guard let allow else { throw .notFound }
        throw .methodNotAllowed(allow: allow)
    }

    private static func segments(_ pattern: String) -> [Segment] {
        pattern.split(separator: "/").map { $0.hasPrefix("{") ? .parameter : .name(String($0)) }
    }
}

/// Finds what a request asks for: the first route whose path matches counts.
public struct Router<Action: Sendable>: Sendable {
    public let routes: [Route<Action>]
    private let unknownMethod: APIError

    /// - Parameter unknownMethod: what a method that nobody knows gets on a path that nobody knows.
    public init(routes: [Route<Action>], unknownMethod: APIError = .methodUnknown) {
        self.routes = routes
        self.unknownMethod = unknownMethod
    }

    /// - Parameter path: below the version, percent-encoded; `/` is the version's own root.
    /// - Throws: 404, 405 or 501; 400 where the path does not decode to UTF-8.
    public func match(_ method: String, _ path: String) throws(APIError) -> (action: Action, parameters: [String]) {
        let segments = try Self.segments(path)
        for route in routes {
            guard let parameters = route.parameters(of: segments) else { continue }
            return (try route.action(for: method), parameters)
        }
        throw Self.isKnown(method) ? .notFound : unknownMethod
    }

    /// Splits first and decodes then, so that `%2F` can't make a segment of its own.
    static func segments(_ path: String) throws(APIError) -> [String] {
        let slash = UInt8(ascii: "/")
        // Bytes, not characters: a slash with a combining mark behind it is a slash still.
        let rest = path.utf8.drop { $0 == slash }
        if rest.isEmpty { return [] }
        var segments: [String] = []
        for part in rest.split(separator: slash, omittingEmptySubsequences: false) {
            guard let segment = PercentCoding.decode(Substring(part)) else { throw .notDecodable("path") }
            guard !segment.utf8.contains(where: { $0 == slash || $0 == 0 }) else { throw .notFound }
            segments.append(segment)
        }
        return segments
    }

    private static func isKnown(_ method: String) -> Bool {
        ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"].contains(method)
    }
}
