import JSONText
import Testing

/// An answer as it came over the wire.
struct Answer: Sendable {
    var status: Int
    var fields: [(name: String, value: String)] = []
    var body: [UInt8] = []

    init(status: Int) { self.status = status }

    /// A field's value; of several the first.
    subscript(name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    var json: JSONValue? { try? JSONValue(parsing: body) }

    /// The `image` of a v1 answer.
    var image: JSONValue? { json?["image"] }
}

/// What goes with a request.
enum Body {
    case none
    case bytes([UInt8])
    case chunks([UInt8], pieceBytes: Int)

    static func json(_ text: String) -> Body { .bytes(Array(text.utf8)) }
}

/// A caller of the Image API who writes HTTP by hand: a connection a call.
struct Client: Sendable {
    let port: UInt16
    /// Empty for a caller without one.
    let token: String
    var seconds = 60

    /// The head of a request, up to the framing of its body, without the empty line.
    func head(_ method: String, _ path: String, _ fields: [(String, String)] = []) -> String {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
        if !token.isEmpty { text += "X-Auth-Token: \(token)\r\n" }
        for (name, value) in fields { text += "\(name): \(value)\r\n" }
        return text
    }

    func connect(windowBytes: CInt? = nil) throws -> Connection {
        try Connection(port: port, seconds: seconds, windowBytes: windowBytes)
    }

    func send(
        _ method: String, _ path: String, _ fields: [(String, String)] = [], body: Body = .none
    ) throws -> Answer {
        let connection = try connect()
        defer { connection.close() }
        return try send(method, path, fields, body: body, over: connection)
    }

    func send(
        _ method: String, _ path: String, _ fields: [(String, String)] = [], body: Body = .none,
        over connection: Connection
    ) throws -> Answer {
        let head = head(method, path, fields)
        switch body {
        case .none:
            try connection.send(head + "\r\n")
        case .bytes(let bytes):
            try connection.send(head + "Content-Length: \(bytes.count)\r\n\r\n")
            try connection.send(bytes)
        case .chunks(let bytes, let pieceBytes):
            try connection.send(head + "Transfer-Encoding: chunked\r\n\r\n")
            try connection.sendChunks(bytes, pieceBytes: pieceBytes)
            try connection.sendLastChunk()
        }
        return try connection.receiveAnswer(toHead: method == "HEAD")
    }
}

extension Client {
    /// The header fields of a plain new image with data.
    static func newImage(_ name: String, id: String? = nil) -> [(String, String)] {
        [
            ("x-image-meta-name", name), ("x-image-meta-disk_format", "raw"),
            ("x-image-meta-container_format", "bare"), ("Content-Type", "application/octet-stream"),
        ] + (id.map { [("x-image-meta-id", $0)] } ?? [])
    }

    /// Makes an image and returns its id.
    func createImage(
        _ data: [UInt8], _ more: [(String, String)] = [], named name: String = "an image",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let answer = try send("POST", "/v1/images", Self.newImage(name) + more, body: .bytes(data))
        try #require(answer.status == 201, "\(answer.text)", sourceLocation: sourceLocation)
        return try #require(answer.image?["id"]?.string, sourceLocation: sourceLocation)
    }

    /// Reserves an image and returns its id.
    func reserveImage(
        _ more: [(String, String)] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let answer = try send("POST", "/v1/images", Self.newImage("reserved") + more)
        try #require(answer.status == 201, "\(answer.text)", sourceLocation: sourceLocation)
        return try #require(answer.image?["id"]?.string, sourceLocation: sourceLocation)
    }

    /// The image's status by HEAD; the answer's status code where there is no such image.
    func status(of id: String) throws -> String {
        let answer = try send("HEAD", "/v1/images/\(id)")
        return answer["x-image-meta-status"] ?? "\(answer.status)"
    }

    func data(of id: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [UInt8] {
        let answer = try send("GET", "/v1/images/\(id)")
        try #require(answer.status == 200, "\(answer.text)", sourceLocation: sourceLocation)
        return answer.body
    }

    /// The ids of a list.
    func list(_ query: String = "") throws -> [String] {
        let answer = try send("GET", "/v1/images\(query)")
        try #require(answer.status == 200, "\(answer.text)")
        return try #require(answer.json?["images"]?.array).compactMap { $0["id"]?.string }
    }

    /// Waits until the image has the status, and expects it.
    func expectStatus(
        _ status: String, of id: String, within seconds: Double = 30, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        _ = try eventually(within: seconds) { try self.status(of: id) == status }
        #expect(try self.status(of: id) == status, sourceLocation: sourceLocation)
    }

    /// Expects an active image with just those bytes.
    func expectImage(
        _ id: String, _ data: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(try status(of: id) == "active", sourceLocation: sourceLocation)
        #expect(try self.data(of: id) == data, "the data differ", sourceLocation: sourceLocation)
    }
}
