import JSONText
import Testing

extension Journeys {
    /// The checklist's rows about POST without data: what is taken, and what is refused.
    @Suite(.sharingDaemons()) struct CreateRows {
        /// A POST that succeeds, and what the answer's image has then.
        struct Taken: CustomTestStringConvertible, Sendable {
            let row: String
            let fields: [(String, String)]
            let expected: [(name: String, value: JSONValue)]
            var isAdmin = false

            init(
                _ row: String, _ metadata: Metadata, _ expected: KeyValuePairs<String, JSONValue>, isAdmin: Bool = false
            ) {
                self.row = row
                fields = Client.fields(metadata)
                self.expected = expected.map { ($0.key, $0.value) }
                self.isAdmin = isAdmin
            }

            var testDescription: String { row }
        }

        private static let name255 = String(repeating: "n", count: 255)

        static let taken: [Taken] = [
            Taken("V1-0071", ["name": name255], ["name": .string(name255)]),
            Taken("V1-0073", ["name": ""], ["name": .null]),
            Taken("V1-0078", ["Disk-Format": "raw"], ["disk_format": "raw", "container_format": .null]),
            Taken("V1-0079", ["disk_format": "ami"], ["disk_format": "ami", "container_format": "ami"]),
            Taken("V1-0080", ["container_format": "aki"], ["disk_format": "aki", "container_format": "aki"]),
            Taken(
                "V1-0081", ["disk_format": "ami", "container_format": "ami"],
                ["disk_format": "ami", "container_format": "ami"]),
            Taken("V1-0090", ["size": "1099511627776"], ["size": .int(1_099_511_627_776), "status": "queued"]),
            Taken("V1-0091", ["size": "0"], ["size": .int(0), "status": "active"]),
            Taken("V1-0096", ["virtual_size": "10"], ["virtual_size": .int(10)]),
            Taken("V1-0097", ["virtual_size": "None"], ["virtual_size": .null]),
            Taken(
                "V1-0101", ["checksum": "these are 32 characters, not hex"],
                ["checksum": "these are 32 characters, not hex", "status": "queued"]),
            Taken("V1-0110", ["is_public": "True"], ["is_public": .bool(true)], isAdmin: true),
            Taken("V1-0111", ["is_public": "yes"], ["is_public": .bool(true)], isAdmin: true),
            Taken("V1-0112", ["is_public": "foo"], ["is_public": .bool(false)]),
            Taken("V1-0113", ["protected": "on"], ["protected": .bool(true)]),
            Taken("V1-0114", ["status": "active"], ["status": "queued"]),
            Taken("V1-0114", ["status": "bogus"], ["status": "queued"]),
            Taken("V1-0116", ["owner": "another"], ["owner": "another"], isAdmin: true),
            Taken("V1-0117", ["owner": ""], ["owner": .null], isAdmin: true),
            Taken(
                "V1-0120", ["created_at": "2016-05-04T03:02:01.000009"], ["created_at": "2016-05-04T03:02:01.000009"]),
            Taken("V1-0122", ["store": "file"], ["status": "queued"]),
            Taken("V1-0123", ["uri": "http://example.org/"], ["status": "queued", "properties": [:]]),
            Taken("V1-0123", ["copy_from": "http://example.org/"], ["status": "queued", "properties": [:]]),
            Taken("V1-0124", ["property-A-b_C": "V"], ["properties": ["a_b_c": "V"]]),
            Taken("V1-0125", ["property-a": ""], ["properties": ["a": .null]]),
            Taken("V1-0126", ["property-a": "1", "property-A": "2"], ["properties": ["a": "1,2"]]),
            Taken(
                "V1-0127", ["name": "größe ☃", "property-städte": "köln é"],
                ["name": "größe ☃", "properties": ["städte": "köln é"]]),
        ]

        @Test(
            """
            [V1-0071] [V1-0073] [V1-0078..V1-0081] [V1-0090] [V1-0091] [V1-0096] [V1-0097] [V1-0101] [V1-0110..V1-0114] \
            [V1-0116] [V1-0117] [V1-0120] [V1-0122..V1-0127] metadata that is taken
            """, arguments: taken)
        func metadata(_ row: Taken) throws {
            let client = try Glimpse.shared.newProject(role: row.isAdmin ? "admin" : "member")
            let image = try client.send("POST", "/v1/images", row.fields).image()
            for (name, value) in row.expected { #expect(image[name] == value, "\(row.row)") }
            // It is so afterwards, too.
            let entries = try Glimpse.shared.caller(in: "anybody", role: "admin").images(
                "/v1/images/detail?is_public=None&limit=1&sort_key=updated_at")
            #expect(entries == [image])
            if image["is_public"] == .bool(true) {
                #expect(try client.send("DELETE", "/v1/images/\(image.id)").status == 200)
            }
        }

        @Test("[V1-0066] [V1-0067] [V1-0068] [V1-0069] [V1-0070] a reservation without a word")
        func defaults() throws {
            let client = try Glimpse.shared.caller(in: "lab")
            let answer = try client.post()
            #expect(answer.status == 201)
            let image = try answer.image()
            #expect(answer.json?.names == ["image"])
            let id = image.id
            #expect(answer["location"] == "http://127.0.0.1:\(client.port)/v1/images/\(id)")
            #expect(answer["content-type"] == "application/json")
            #expect(answer["etag"] == nil)
            let expected: KeyValuePairs<String, JSONValue> = [
                "status": "queued", "size": .int(0), "virtual_size": .null, "name": .null, "disk_format": .null,
                "container_format": .null, "checksum": .null, "is_public": .bool(false), "protected": .bool(false),
                "min_disk": .int(0), "min_ram": .int(0), "properties": [:], "deleted": .bool(false),
                "deleted_at": .null, "owner": "lab",
            ]
            for (name, value) in expected { #expect(image[name] == value, "\(name)") }
            #expect(image.names == Set(expected.map(\.key)).union(["id", "created_at", "updated_at"]))
            let full = try client.post(data: Array("hello".utf8))
            #expect(full["etag"] == "5d41402abc4b2a76b9719d911017c592")
            #expect(full.image?.names == image.names)
        }

        /// A POST that is refused, so that there is no image afterwards.
        struct Refused: CustomTestStringConvertible, Sendable {
            let row: String
            let fields: [(String, String)]
            let text: String

            init(_ row: String, _ metadata: Metadata, _ text: String) {
                self.row = row
                fields = Client.fields(metadata)
                self.text = text
            }

            var testDescription: String { row }
        }

        private static let mix = "Invalid mix of disk and container formats"

        static let refused: [Refused] = [
            Refused("V1-0072", ["name": name255 + "n"], "Image name too long: 256"),
            Refused("V1-0074", ["disk_format": "floppy"], "Invalid disk format 'floppy'"),
            Refused("V1-0075", ["disk_format": ""], "Invalid disk format 'None'"),
            Refused("V1-0076", ["container_format": "crate"], "Invalid container format 'crate'"),
            Refused("V1-0077", ["container_format": ""], "Invalid container format 'None'"),
            Refused("V1-0082", ["disk_format": "ami", "container_format": "aki"], mix),
            Refused("V1-0083", ["disk_format": "raw", "container_format": "ari"], mix),
            Refused("V1-0084", ["disk_format": "ami", "container_format": "bare"], mix),
            Refused("V1-0085", ["size": "abc"], "Cannot convert image size"),
            Refused("V1-0086", ["size": "-1"], "Cannot be a negative value"),
            Refused("V1-0087", ["size": "1.5"], "Cannot convert image size"),
            // The reference answers 500, by accident.
            Refused("V1-0088", ["size": ""], "Cannot convert image size"),
            Refused(
                "V1-0089", ["size": "1099511627777"],
                "Denying attempt to upload image larger than 1099511627776 bytes."),
            Refused("V1-0092", ["min_disk": "x"], "Cannot convert image min_disk"),
            Refused("V1-0093", ["min_disk": "-3"], "Cannot be a negative value"),
            Refused("V1-0094", ["min_ram": "2147483648"], "out of range"),
            // The reference answers 500, by accident.
            Refused("V1-0095", ["min_ram": ""], "Cannot convert image min_ram"),
            Refused("V1-0098", ["virtual_size": "x"], "Cannot convert image virtual_size"),
            Refused("V1-0099", ["bogus": "1"], "Bad header: x-image-meta-bogus"),
            Refused("V1-0100", ["checksum": String(repeating: "c", count: 33)], "can't exceed 32 characters"),
            Refused("V1-0118", ["created_at": "garbage"], "Invalid time format for created_at."),
            Refused("V1-0119", ["created_at": "1899-12-31T23:59:59"], "Invalid time format for created_at."),
            Refused("V1-0121", ["store": "attic"], "Required store attic is invalid"),
            Refused("V1-0129", ["name": "a 😀"], "can't contain 4 byte unicode characters"),
            Refused("V1-0129", ["property-😀": "a"], "can't contain 4 byte unicode characters"),
            Refused("V1-0129", ["property-a": "😀"], "can't contain 4 byte unicode characters"),
        ]

        @Test(
            """
            [V1-0072] [V1-0074..V1-0077] [V1-0082..V1-0089] [V1-0092..V1-0095] [V1-0098..V1-0100] [V1-0118] [V1-0119] \
            [V1-0121] [V1-0129] metadata that is refused
            """, arguments: refused)
        func badMetadata(_ row: Refused) throws {
            let client = try Glimpse.shared.newProject(role: "admin")
            let id = Sample.newID()
            let answer = try client.send("POST", "/v1/images", [("x-image-meta-id", id)] + row.fields)
            answer.expect(400, row.text, row.row)
            #expect(try client.status(of: id) == "404")
        }

        @Test("[V1-0128] a name that is not UTF-8")
        func notUTF8() throws {
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            let connection = try client.connect()
            let head = client.head("POST", "/v1/images", [("x-image-meta-id", id)])
            try connection.send(Array("\(head)x-image-meta-name: a".utf8) + [0xC3, 0x28] + Array("\r\n\r\n".utf8))
            try connection.receiveAnswer().expect(400, "Error decoding your request")
            #expect(try client.status(of: id) == "404")
        }

        @Test("[V1-0131] more properties than image_property_quota allows")
        func tooManyProperties() throws {
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            let properties = (1...129).map { ("x-image-meta-property-p\($0)", "v") }
            let answer = try client.send("POST", "/v1/images", [("x-image-meta-id", id)] + properties)
            answer.expect(
                413,
                "The limit has been exceeded on the number of allowed image properties. Attempted: 129, Maximum: 128")
            #expect(try client.status(of: id) == "404")
            let most = try client.send("POST", "/v1/images", Array(properties.dropLast())).image()
            #expect(most["properties"]?.names.count == 128)
        }

        @Test("[V1-0134] a header line that is too long ends the connection")
        func longHeaderLine() throws {
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            let connection = try client.connect()
            let value = String(repeating: "v", count: 16384)
            try connection.send(
                client.head("POST", "/v1/images", [("x-image-meta-id", id), ("x-image-meta-property-a", value)])
                    + "\r\n")
            try connection.receiveAnswer().expect(400)
            #expect(connection.isEndedByPeer())
            #expect(try client.status(of: id) == "404")
        }

        @Test("[V1-0102] [V1-0103] [V1-0108] an id that the client gives", arguments: [true, false])
        func givenID(hasHyphens: Bool) throws {
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID().split(separator: "-").joined(separator: hasHyphens ? "-" : "")
            #expect(try client.post(["id": id]).image().id == id)
            #expect(try client.status(of: id) == "queued")
            let own = try client.post(["id": ""]).image().id
            #expect(own.count == 36 && own != id)
            #expect(try client.status(of: own) == "queued")
        }

        @Test("[V1-0104] [V1-0105] [V1-0106] [V1-0107] an id that can't be had")
        func refusedID() throws {
            let glimpse = try Glimpse.shared
            let client = glimpse.newProject()
            try client.post(["id": "notuuid"]).expect(400, "Invalid image id format")
            let used = try client.make(["name": "first"])
            let deleted = try client.make()
            #expect(try client.send("DELETE", "/v1/images/\(deleted)").status == 200)
            let foreign = try glimpse.newProject().make()
            for id in [used, deleted, foreign] {
                try client.post(["id": id, "name": "second"]).expect(
                    409, "An image with identifier \(id) already exists")
            }
            #expect(try client.detail(used)["name"] == "first")
            #expect(try client.status(of: deleted) == "404")
            #expect(try client.status(of: foreign) == "404")
            #expect(try client.ids("/v1/images") == [used])
        }

        @Test("[V1-0115] an owner that a user gives is ignored")
        func ownerOfUser() throws {
            let client = try Glimpse.shared.caller(in: "lab")
            let image = try client.post(["owner": "another"]).image()
            #expect(image["owner"] == "lab")
            #expect(try client.send("HEAD", "/v1/images/\(image.id)")["x-image-meta-owner"] == "lab")
        }
    }

    /// The checklist's rows about limits that the configuration sets.
    @Suite(
        .sharingDaemons([
            .init("DEFAULT", "image_size_cap", "100000"), .init("DEFAULT", "user_storage_quota", "150000"),
            .init("DEFAULT", "image_property_quota", "-1"),
        ]))
    struct CreateLimitRows {
        private static let large = [UInt8](repeating: 5, count: 100_000)

        private static func fields(_ id: String) -> [(String, String)] { Client.newImage("large", id: id) }

        @Test("[V1-0132] a negative image_property_quota is none")
        func properties() throws {
            let client = try Glimpse.shared.newProject()
            let properties = (1...300).map { ("x-image-meta-property-p\($0)", "v") }
            let image = try client.send("POST", "/v1/images", properties).image()
            #expect(image["properties"]?.names.count == 300)
        }

        @Test("[V1-0153] a body whose length is above image_size_cap")
        func length() throws {
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            let answer = try client.announce("POST", "/v1/images", Self.fields(id), bytes: 100_001)
            answer.expect(400, "Denying attempt to upload image larger than 100000 bytes.")
            #expect(try client.status(of: id) == "404")
            #expect(try client.post(["id": id], data: Self.large).image()["size"] == .int(100_000))
        }

        @Test("[V1-0154] a chunked body that grows above image_size_cap")
        func chunks() throws {
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            let answer = try client.send(
                "POST", "/v1/images", Self.fields(id), body: .chunks(Self.large + [1], pieceBytes: 9000))
            answer.expect(413, "Denying attempt to upload image larger than 100000 bytes.")
            #expect(try client.status(of: id) == "killed")
            try Glimpse.shared.expectNoData(of: id)
        }

        @Test("[V1-0155] [V1-0156] [V1-0157] user_storage_quota", arguments: [false, true])
        func quota(isChunked: Bool) throws {
            let client = try Glimpse.shared.newProject()
            func post(_ id: String, bytes: Int) throws -> Answer {
                guard isChunked else {
                    return try client.announce("POST", "/v1/images", Self.fields(id), bytes: Int64(bytes))
                }
                let body = Body.chunks(Array(Self.large.prefix(bytes)), pieceBytes: 9000)
                return try client.send("POST", "/v1/images", Self.fields(id), body: body)
            }
            let first = try client.make(data: Self.large)
            let over = Sample.newID()
            try post(over, bytes: 50_001).expect(413)
            #expect(try client.status(of: over) == "killed")
            try Glimpse.shared.expectNoData(of: over)
            // What was refused takes no room: the rest is filled to the last byte.
            let second = try client.make(data: Array(Self.large.prefix(50_000)))
            let exhausted = Sample.newID()
            try post(exhausted, bytes: 1).expect(413)
            #expect(try client.status(of: exhausted) == "killed")
            try Glimpse.shared.expectNoData(of: exhausted)
            let reserved = try client.make()
            #expect(try client.ids("/v1/images") == [reserved, second, first])
            #expect(try client.data(of: first) == Self.large)
        }
    }
}
