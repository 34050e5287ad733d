import JSONText
import Testing

// The steps that the tests of the checklist's rows are made of. A test names its rows in its display name.

extension Answer {
    /// Expects the status, and that the body has the text.
    func expect(
        _ status: Int, _ text: String = "", _ comment: @autoclosure () -> String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(self.status == status, "\(comment()) \(self.text)", sourceLocation: sourceLocation)
        #expect(text.isEmpty || self.text.contains(text), "\(comment()) \(self.text)", sourceLocation: sourceLocation)
    }

    /// The image of a 200 or 201.
    func image(sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONValue {
        #expect(status == 200 || status == 201, "\(status) \(text)", sourceLocation: sourceLocation)
        return try #require(image, "\(text)", sourceLocation: sourceLocation)
    }
}

extension JSONValue {
    /// The names of an object's members.
    var names: Set<String> { Set(object?.members.map(\.name) ?? []) }

    var id: String { self["id"]?.string ?? "" }
}

extension JSONValue: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self = .string(text) }
}

/// Header fields of a v1 request, by the part of their names behind `x-image-meta-`.
typealias Metadata = KeyValuePairs<String, String>

extension Client {
    static let octetStream = ("Content-Type", "application/octet-stream")

    static func fields(_ metadata: Metadata) -> [(String, String)] {
        metadata.map { ("x-image-meta-\($0.key)", $0.value) }
    }

    /// POST of just these fields.
    func post(_ metadata: Metadata = [:], _ more: [(String, String)] = [], body: Body = .none) throws -> Answer {
        try send("POST", "/v1/images", Self.fields(metadata) + more, body: body)
    }

    /// POST with data and both formats.
    func post(_ metadata: Metadata = [:], _ more: [(String, String)] = [], data: [UInt8]) throws -> Answer {
        try post(
            metadata,
            [
                ("x-image-meta-disk_format", "raw"), ("x-image-meta-container_format", "bare"), Self.octetStream,
            ] + more, body: .bytes(data))
    }

    /// Reserves an image; with data, makes an active one. Returns its id.
    func make(
        _ metadata: Metadata = [:], data: [UInt8]? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let answer = try data.map { try post(metadata, data: $0) } ?? post(metadata)
        try #require(answer.status == 201, "\(answer.text)", sourceLocation: sourceLocation)
        return try #require(answer.image?.id, sourceLocation: sourceLocation)
    }

    /// Makes an image whose upload fails at once.
    func makeKilled(sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let id = Sample.newID()
        let refused = try post(
            ["id": id, "disk_format": "raw", "container_format": "bare"], [("Content-Type", "text/plain")],
            body: .bytes([1]))
        #expect(refused.status == 400, sourceLocation: sourceLocation)
        #expect(try status(of: id) == "killed", sourceLocation: sourceLocation)
        return id
    }

    /// Sends a head that announces a body, and waits for an answer without sending it.
    func announce(
        _ method: String, _ path: String, _ fields: [(String, String)], bytes: Int64
    ) throws -> Answer {
        let connection = try connect()
        try connection.send(head(method, path, fields) + "Content-Length: \(bytes)\r\n\r\n")
        return try connection.receiveAnswer()
    }

    /// The images of a list.
    func images(_ target: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [JSONValue] {
        let answer = try send("GET", target)
        try #require(answer.status == 200, "\(target): \(answer.text)", sourceLocation: sourceLocation)
        #expect(answer["content-type"] == "application/json", sourceLocation: sourceLocation)
        return try #require(answer.json?["images"]?.array, sourceLocation: sourceLocation)
    }

    func ids(_ target: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [String] {
        try images(target, sourceLocation: sourceLocation).map(\.id)
    }

    /// The image's entry in `/v1/images/detail`.
    func detail(_ id: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONValue {
        let image = try images("/v1/images/detail").first { $0.id == id }
        return try #require(image, sourceLocation: sourceLocation)
    }
}
