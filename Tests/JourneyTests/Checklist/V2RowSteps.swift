import JSONText
import Testing

// The steps that the tests of v2's rows are made of.

extension JSONValue: ExpressibleByBooleanLiteral {
    public init(booleanLiteral flag: Bool) { self = .bool(flag) }
}

extension JSONValue: ExpressibleByIntegerLiteral {
    public init(integerLiteral number: Int64) { self = .int(number) }
}

extension JSONValue: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

extension JSONValue {
    /// An operation of a JSON patch.
    static func add(_ path: String, _ value: JSONValue) -> JSONValue {
        ["op": "add", "path": .string(path), "value": value]
    }

    static func replace(_ path: String, _ value: JSONValue) -> JSONValue {
        ["op": "replace", "path": .string(path), "value": value]
    }

    static func remove(_ path: String) -> JSONValue { ["op": "remove", "path": .string(path)] }
}

extension Body {
    static func json(_ value: JSONValue) -> Body { .bytes(value.serialized) }
}

extension Client {
    static let jsonPatch = "application/openstack-images-v2.1-json-patch"
    static let oldJSONPatch = "application/openstack-images-v2.0-json-patch"
    static let jsonType = ("Content-Type", "application/json")

    /// `POST /v2/images`
    func v2Create(_ image: JSONValue = [:]) throws -> Answer {
        try send("POST", "/v2/images", [Self.jsonType], body: .json(image))
    }

    /// Reserves an image, and returns its id.
    func v2Make(_ image: JSONValue = [:], sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let answer = try v2Create(image)
        try #require(answer.status == 201, "\(answer.text)", sourceLocation: sourceLocation)
        return try #require(answer.json?.id, sourceLocation: sourceLocation)
    }

    /// Makes an active image, and returns its id: reserved with both formats and what else is given, then uploaded to
    /// by v1.
    func v2MakeActive(
        _ image: JSONValue = [:], data: [UInt8] = [1, 2, 3], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        var members: JSONObject = image.object ?? JSONObject()
        if members["disk_format"] == nil { members.append("disk_format", "raw") }
        if members["container_format"] == nil { members.append("container_format", "bare") }
        let id = try v2Make(.object(members), sourceLocation: sourceLocation)
        let answer = try upload(data, to: id, [("x-glance-registry-purge-props", "false")])
        try #require(answer.status == 200, "\(answer.text)", sourceLocation: sourceLocation)
        return id
    }

    /// `GET /v2/images/{id}`
    func v2Show(_ id: String) throws -> Answer { try send("GET", "/v2/images/\(id)") }

    /// The image as v2 shows it; expects that it does.
    func v2Image(_ id: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONValue {
        let answer = try v2Show(id)
        try #require(answer.status == 200, "\(answer.text)", sourceLocation: sourceLocation)
        return try #require(answer.json, sourceLocation: sourceLocation)
    }

    /// `PATCH /v2/images/{id}` with operations of v2.1.
    func v2Patch(_ id: String, _ operations: [JSONValue]) throws -> Answer {
        try v2Patch(id, body: .json(.array(operations)))
    }

    func v2Patch(_ id: String, type: String? = Client.jsonPatch, body: Body) throws -> Answer {
        try send("PATCH", "/v2/images/\(id)", type.map { [("Content-Type", $0)] } ?? [], body: body)
    }

    /// `DELETE /v2/images/{id}`
    func v2Delete(_ id: String) throws -> Answer { try send("DELETE", "/v2/images/\(id)") }

    /// `PUT /v2/images/{id}/file`
    func v2Upload(_ id: String, _ data: [UInt8], _ more: [(String, String)] = []) throws -> Answer {
        try send("PUT", "/v2/images/\(id)/file", [Self.octetStream] + more, body: .bytes(data))
    }

    /// `GET /v2/images/{id}/file`
    func v2Download(_ id: String, _ fields: [(String, String)] = []) throws -> Answer {
        try send("GET", "/v2/images/\(id)/file", fields)
    }

    /// `GET /v2/images` with that query string.
    func v2List(_ query: String = "") throws -> Answer {
        try send("GET", query.isEmpty ? "/v2/images" : "/v2/images?\(query)")
    }

    /// The ids of a list; expects that there is one.
    func v2Ids(_ query: String = "", sourceLocation: SourceLocation = #_sourceLocation) throws -> [String] {
        let answer = try v2List(query)
        try #require(answer.status == 200, "\(query): \(answer.text)", sourceLocation: sourceLocation)
        return try #require(answer.json?["images"]?.array, sourceLocation: sourceLocation).map(\.id)
    }

    /// Shares an image with the project of another client, whose answer is put into the membership.
    func v2Share(
        _ id: String, with other: Client, status: String = "pending",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let member = try send(
            "POST", "/v2/images/\(id)/members", [Self.jsonType], body: .json(["member": .string(other.project)]))
        try #require(member.status == 200, "\(member.text)", sourceLocation: sourceLocation)
        if status == "pending" { return }
        let answer = try other.send(
            "PUT", "/v2/images/\(id)/members/\(other.project)", [Self.jsonType],
            body: .json(["status": .string(status)]))
        try #require(answer.status == 200, "\(answer.text)", sourceLocation: sourceLocation)
    }
}
