import FoundationEssentials
import JSONText
import Testing

extension Journeys {
    /// Rows of the checklist about one image, its members and what stands round the API. A test names the rows that it
    /// proves in its display name.
    @Suite(
        .sharingDaemons(
            Glimpse.Option.copiesFromLoopback + [
                Glimpse.Option("cors", "allowed_origin", "http://dash.example,https://desk.example")
            ]))
    enum ImageRows {}

    /// The same with settings that are not the default ones.
    @Suite(
        .sharingDaemons([
            Glimpse.Option("DEFAULT", "image_member_quota", "2"),
            Glimpse.Option("DEFAULT", "image_property_quota", "3"),
            Glimpse.Option("DEFAULT", "delayed_delete", "True"),
            Glimpse.Option("DEFAULT", "scrub_time", "86400"),
            Glimpse.Option("DEFAULT", "allow_anonymous_access", "True"),
            Glimpse.Option("paste_deploy", "flavor", "fakeauth+caching"),
            Glimpse.Option("oslo_middleware", "enable_proxy_headers_parsing", "True"),
        ]))
    enum SettingRows {}
}

/// An id that no image has.
func freshID() -> String { UUID().uuidString.lowercased() }

extension Answer {
    /// The `x-image-meta-*` fields, by what stands behind that.
    var metadata: [String: String] {
        var result: [String: String] = [:]
        for (name, value) in fields where name.lowercased().hasPrefix("x-image-meta-") {
            #expect(result.updateValue(value, forKey: String(name.dropFirst(13))) == nil, "\(name) twice")
        }
        return result
    }

    /// The custom properties of a JSON answer; a null is the word None.
    var properties: [String: String]? {
        image?["properties"]?.object.map { object in
            Dictionary(uniqueKeysWithValues: object.members.map { ($0.name, $0.value.string ?? "None") })
        }
    }

    /// Expects a status, and a text in the body.
    func expect(_ status: Int, _ text: String = "", sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(self.status == status, "\(self.text)", sourceLocation: sourceLocation)
        #expect(self.text.contains(text) || text.isEmpty, "\(self.text)", sourceLocation: sourceLocation)
    }
}

extension Client {

    func show(_ id: String) throws -> Answer { try send("HEAD", "/v1/images/\(id)") }

    func get(_ id: String) throws -> Answer { try send("GET", "/v1/images/\(id)") }

    func delete(_ id: String) throws -> Answer { try send("DELETE", "/v1/images/\(id)") }

    /// PUT of metadata; the names without `x-image-meta-`.
    func update(_ id: String, _ metadata: [(String, String)], _ more: [(String, String)] = []) throws -> Answer {
        try send("PUT", "/v1/images/\(id)", metadata.map { ("x-image-meta-\($0.0)", $0.1) } + more)
    }

    /// PUT of data.
    func upload(_ data: [UInt8], to id: String, _ more: [(String, String)] = []) throws -> Answer {
        try send("PUT", "/v1/images/\(id)", [Self.octetStream] + more, body: .bytes(data))
    }

    /// An image with neither name nor formats.
    func reserveBareImage() throws -> String {
        let answer = try send("POST", "/v1/images")
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer.image?["id"]?.string)
    }

    /// An image whose upload was refused.
    func killedImage() throws -> String {
        let id = freshID()
        let fields = Self.newImage("killed", id: id).filter { $0.0 != "Content-Type" }
        let answer = try send("POST", "/v1/images", fields + [("Content-Type", "text/plain")], body: .bytes([1]))
        try #require(answer.status == 400, "\(answer.text)")
        try #require(try status(of: id) == "killed")
        return id
    }

    func deletedImage() throws -> String {
        let id = try createImage([1, 2, 3])
        try #require(try delete(id).status == 200)
        return id
    }

    /// An upload that has begun, and waits for the rest of its data.
    func beginUpload(to id: String) throws -> Connection {
        let connection = try connect()
        try connection.send(head("PUT", "/v1/images/\(id)", [Self.octetStream]) + "Content-Length: 2000\r\n\r\n")
        try connection.send(Sample.bytes(1000))
        try expectStatus("saving", of: id)
        return connection
    }

    /// Shares an image with the project of another client.
    func share(
        _ id: String, with other: Client, canShare: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let answer = try send(
            "PUT", "/v1/images/\(id)/members/\(other.project)",
            body: .json("{\"member\": {\"can_share\": \(canShare)}}"))
        try #require(answer.status == 204, "\(answer.text)", sourceLocation: sourceLocation)
    }

    /// Whether the image is in the caller's list. Other tests' public images are in it, too.
    func lists(_ id: String) throws -> Bool { try list("?limit=1000").contains(id) }

    /// The members that the caller sees, with their `can_share`. Expects that an entry has nothing else.
    func members(of id: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [String: Bool] {
        try memberships("/v1/images/\(id)/members", "members", by: "member_id", sourceLocation: sourceLocation)
    }

    /// The images that are shared with a project, with its `can_share`.
    func images(
        sharedWith project: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [String: Bool] {
        try memberships(
            "/v1/shared-images/\(project)", "shared_images", by: "image_id", sourceLocation: sourceLocation)
    }

    private func memberships(
        _ path: String, _ list: String, by key: String, sourceLocation: SourceLocation
    ) throws -> [String: Bool] {
        let answer = try send("GET", path)
        try #require(answer.status == 200, "\(answer.text)", sourceLocation: sourceLocation)
        #expect(answer["content-type"] == "application/json", sourceLocation: sourceLocation)
        #expect(answer.json?.object?.members.map(\.name) == [list], sourceLocation: sourceLocation)
        var result: [String: Bool] = [:]
        for entry in try #require(answer.json?[list]?.array, sourceLocation: sourceLocation) {
            #expect(entry.object?.members.map(\.name).sorted() == ["can_share", key].sorted())
            let id = try #require(entry[key]?.string, sourceLocation: sourceLocation)
            result[id] = try #require(entry["can_share"]?.bool, sourceLocation: sourceLocation)
        }
        return result
    }
}

extension Glimpse {
    /// A public image of a project; who may make an image public is another matter.
    func publicImage(of owner: Client, _ data: [UInt8] = [1, 2, 3]) throws -> String {
        try admin.createImage(data, [("x-image-meta-is_public", "True"), ("x-image-meta-owner", owner.project)])
    }

    /// An image of nobody.
    func ownerlessImage() throws -> String {
        try admin.createImage([1, 2, 3], [("x-image-meta-owner", "")])
    }
}
