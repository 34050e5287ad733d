import JSONText
import Testing

/// Deleted images wait for a scrubber that does not come.
private let keepingDeletedData = [
    Glimpse.Option("DEFAULT", "delayed_delete", "true"), Glimpse.Option("DEFAULT", "scrub_time", "86400"),
]

extension Journeys {
    /// Every verb by everybody on images of every visibility and status, in both versions, against a table.
    @Suite(.serialized, .sharingDaemons(Glimpse.Option.copiesFromLoopback + keepingDeletedData))
    struct RightsMatrix {
        enum Role: String, CaseIterable {
            case owner, admin, pending, accepted, rejected, stranger, reader, anonymous
        }

        struct Kind: CustomTestStringConvertible {
            let version: RightsTable
            let visibility: String
            let status: String

            var testDescription: String { "\(version) \(visibility) \(status)" }

            static let all = RightsTable.allCases.flatMap { version in
                ["private", "shared", "community", "public"].flatMap { visibility in
                    RightsTable.statuses.map { Kind(version: version, visibility: visibility, status: $0) }
                }
            }
        }

        /// An image with three members and a tag, and those who come for it.
        private struct Fixture {
            let id: String
            let name: String
            let callers: [Role: Client]
            /// An upload in the middle of its data.
            private var upload: Connection?

            /// - Parameter source: of downloads that do not end.
            init(_ kind: Kind, _ source: WebSource, _ glimpse: Glimpse) throws {
                let owner = glimpse.newProject()
                var callers: [Role: Client] = [
                    .owner: owner, .admin: glimpse.admin, .stranger: glimpse.newProject(),
                    .reader: glimpse.caller(in: owner.project, role: "reader"), .anonymous: glimpse.nobody,
                ]
                name = Sample.newID()
                id = try owner.v2Make([
                    "name": .string(name), "visibility": "shared", "disk_format": "raw", "container_format": "bare",
                    "tags": ["kept"],
                ])
                for (role, status) in [(Role.pending, "pending"), (.accepted, "accepted"), (.rejected, "rejected")] {
                    let member = glimpse.newProject()
                    callers[role] = member
                    let path = "/v2/images/\(id)/members"
                    let added = try owner.send(
                        "POST", path, [Client.jsonType], body: .json(["member": .string(member.project)]))
                    try #require(added.status == 200, "\(added.text)")
                    guard status != "pending" else { continue }
                    let answered = try member.send(
                        "PUT", "\(path)/\(member.project)", [Client.jsonType],
                        body: .json(["status": .string(status)]))
                    try #require(answered.status == 200, "\(answered.text)")
                }
                self.callers = callers
                if kind.visibility != "shared" {
                    let changed = try glimpse.admin.v2Patch(id, [.replace("/visibility", .string(kind.visibility))])
                    try #require(changed.status == 200, "\(changed.text)")
                }
                try bring(to: kind.status, by: owner, source)
                let shown = try glimpse.rows("SELECT status FROM images WHERE id = '\(id)'")
                try #require(shown == [kind.status])
            }

            private mutating func bring(to status: String, by owner: Client, _ source: WebSource) throws {
                let file = "/v2/images/\(id)/file"
                switch status {
                case "queued": return
                case "saving":
                    let connection = try owner.connect()
                    try connection.send(
                        owner.head("PUT", file, [Client.octetStream]) + "Content-Length: 3\r\n\r\n\u{1}")
                    upload = connection
                    try #require(try eventually { try owner.v2Status(of: id) == "saving" })
                case "uploading":
                    let staged = try owner.send(
                        "PUT", "/v2/images/\(id)/stage", [Client.octetStream], body: .bytes([1, 2, 3]))
                    try #require(staged.status == 204, "\(staged.text)")
                case "importing":
                    try #require(try owner.v2WebDownload(id, source.url).status == 202)
                case "killed":
                    let wrong = [Client.octetStream, ("x-image-meta-checksum", String(repeating: "0", count: 32))]
                    try #require(
                        try owner.send("PUT", "/v1/images/\(id)", wrong, body: .bytes([1, 2, 3])).status == 400)
                case "deleted":
                    try #require(try owner.v2Delete(id).status == 204)
                default:
                    try #require(try owner.v2Upload(id, [1, 2, 3]).status == 204)
                    if status == "deactivated" {
                        try #require(try owner.send("POST", "/v2/images/\(id)/actions/deactivate").status == 204)
                    }
                    if status == "pending_delete" { try #require(try owner.v2Delete(id).status == 204) }
                }
            }

            func end() { upload?.close() }

            /// The status of the answer; of a list, 1 where the image is in it and 0 where it isn't.
            func answer(to verb: String, of role: Role) throws -> Int {
                let client = try #require(callers[role])
                let pending = try #require(callers[.pending]).project
                let isMember = [.pending, .accepted, .rejected].contains(role)
                let own = isMember ? client.project : pending
                let (v1, v2) = ("/v1/images/\(id)", "/v2/images/\(id)")
                func send(_ method: String, _ path: String, _ body: JSONValue? = nil) throws -> Int {
                    guard let body else { return try client.send(method, path).status }
                    return try client.send(method, path, [Client.jsonType], body: .json(body)).status
                }
                switch verb {
                case "v1 list": return try listed(client, "/v1/images?name=\(name)")
                case "v1 head": return try send("HEAD", v1)
                case "v1 get": return try send("GET", v1)
                case "v1 put": return try client.send("PUT", v1, [("x-image-meta-min_ram", "1")]).status
                case "v1 delete": return try send("DELETE", v1)
                case "v1 members": return try send("GET", "\(v1)/members")
                case "v1 share": return try send("PUT", "\(v1)/members/another")
                case "v1 unshare": return try send("DELETE", "\(v1)/members/\(pending)")
                case "v2 list": return try listed(client, "/v2/images?name=\(name)")
                case "v2 show": return try send("GET", v2)
                case "v2 patch": return try client.v2Patch(id, [.replace("/min_ram", 1)]).status
                case "v2 delete": return try send("DELETE", v2)
                case "v2 download": return try send("GET", "\(v2)/file")
                case "v2 upload": return try client.v2Upload(id, [1, 2, 3]).status
                case "v2 stage":
                    return try client.send("PUT", "\(v2)/stage", [Client.octetStream], body: .bytes([1])).status
                case "v2 import": return try client.v2WebDownload(id, "http://127.0.0.1:1/none").status
                case "v2 tasks": return try send("GET", "\(v2)/tasks")
                case "v2 tag": return try send("PUT", "\(v2)/tags/new")
                case "v2 untag": return try send("DELETE", "\(v2)/tags/kept")
                case "v2 deactivate": return try send("POST", "\(v2)/actions/deactivate")
                case "v2 reactivate": return try send("POST", "\(v2)/actions/reactivate")
                case "v2 members": return try send("GET", "\(v2)/members")
                case "v2 member": return try send("GET", "\(v2)/members/\(pending)")
                case "v2 share": return try send("POST", "\(v2)/members", ["member": "another"])
                case "v2 answer": return try send("PUT", "\(v2)/members/\(own)", ["status": "accepted"])
                case "v2 unshare": return try send("DELETE", "\(v2)/members/\(pending)")
                default:
                    Issue.record("\(verb) is no verb")
                    return -1
                }
            }

            private func listed(_ client: Client, _ path: String) throws -> Int {
                let answer = try client.send("GET", path)
                guard answer.status == 200 else { return answer.status }
                let images = try #require(answer.json?["images"]?.array)
                return images.contains { $0["id"]?.string == id } ? 1 : 0
            }
        }

        @Test(arguments: Kind.all)
        func everyVerb(kind: Kind) throws {
            let glimpse = try Glimpse.shared
            let source = try WebSource([1, 2, 3], .holds)
            defer { source.close() }
            var fixture = try Fixture(kind, source, glimpse)
            defer { fixture.end() }
            for verb in kind.version.verbs {
                let row = try #require(kind.version.row(verb, status: kind.status, visibility: kind.visibility))
                for (role, expected) in zip(Role.allCases, row) {
                    let status = try fixture.answer(to: verb, of: role)
                    #expect(status == expected, "\(verb) by \(role)")
                    // What has been done may change what others get; what was refused may not.
                    if (200..<300).contains(status), !RightsTable.reading.contains(verb) {
                        fixture.end()
                        fixture = try Fixture(kind, source, glimpse)
                    }
                }
            }
        }
    }
}
