import JSONText
import Testing

private let data = Array("hello".utf8)

/// An entry of `locations`.
private func location(_ url: String, _ more: KeyValuePairs<String, JSONValue> = [:]) -> JSONValue {
    var entry = JSONObject()
    entry.append("url", .string(url))
    entry.append("metadata", [:])
    for (name, value) in more { entry.append(name, value) }
    return .object(entry)
}

extension JSONValue {
    /// The URLs of an image's locations.
    fileprivate var urls: [String] { self["locations"]?.array?.compactMap { $0["url"]?.string } ?? [] }
}

extension Journeys {
    /// The checklist's rows about locations through PATCH.
    @Suite(
        .sharingDaemons(
            Glimpse.Option.copiesFromLoopback + [
                Glimpse.Option("DEFAULT", "show_multiple_locations", "True"),
                Glimpse.Option("DEFAULT", "show_image_direct_url", "True"),
            ]))
    struct V2LocationPatchRows {
        let glimpse: Glimpse
        let owner: Client

        init() throws {
            glimpse = try Glimpse.shared
            owner = glimpse.newProject()
        }

        private func queued() throws -> String {
            try owner.v2Make(["disk_format": "raw", "container_format": "bare"])
        }

        /// An active image with so many locations outside.
        private func active(_ count: Int, at source: WebSource) throws -> String {
            let id = try queued()
            for number in 0..<count {
                try owner.v2Patch(id, [.add("/locations/-", location("\(source.url)?\(number)"))]).expect(200)
            }
            return id
        }

        @Test("[V2-0183] [V2-0184] locations are shown")
        func shown() throws {
            let none = try owner.v2Image(owner.v2Make())
            #expect(none["locations"] == [] && none["direct_url"] == nil)
            let id = try owner.v2MakeActive()
            let image = try owner.v2Image(id)
            let url = try #require(image["direct_url"]?.string)
            #expect(url.hasPrefix("file://") && url.hasSuffix(id))
            #expect(image["locations"] == [location(url)])
        }

        @Test("[V2-0275] [V2-0276] a location makes a queued image active, and further ones come beside it")
        func added() throws {
            let source = try WebSource(data)
            defer { source.close() }
            let id = try queued()
            let first: JSONValue = ["url": .string(source.url), "metadata": ["rack": "7"]]
            let answer = try owner.v2Patch(id, [.add("/locations/-", first), .replace("/name", "outside")])
            answer.expect(200)
            let image = try #require(answer.json)
            #expect(image["status"] == "active" && image["size"] == 5 && image["name"] == "outside")
            #expect(image["locations"] == [first] && image["direct_url"]?.string == source.url)
            #expect(image["checksum"] == .null && image["os_hash_value"] == .null)
            try owner.expectImage(id, data)
            try owner.v2Patch(id, [.add("/locations/9", location(source.url + "?last"))]).expect(200)
            try owner.v2Patch(id, [.add("/locations/0", location(source.url + "?first"))]).expect(200)
            let after = try owner.v2Image(id)
            #expect(after.urls == [source.url + "?first", source.url, source.url + "?last"])
            #expect(after["locations"]?.array?[1] == first)
        }

        @Test(
            "[V2-0277] [V2-0278] [V2-0279] [V2-0280] what is no location",
            arguments: [
                ("/locations/x", location("http://127.0.0.1/x"), 400, "Invalid position for adding a location."),
                ("/locations", location("http://127.0.0.1/x"), 400, "Invalid JSON pointer for this resource"),
                ("/locations/-", ["url": "http://127.0.0.1/x"], 400, "schema 'image'"),
                ("/locations/-", ["metadata": [:]], 400, "schema 'image'"),
                ("/locations/-", "x", 400, "schema 'image'"),
                ("/locations/-", location("file:///etc/passwd"), 400, "Invalid location"),
                ("/locations/-", location("FILE:///etc/passwd"), 400, "Invalid location"),
                ("/locations/-", location("pigeon://loft/7"), 400, "Invalid location"),
                ("/locations/-", location("http://"), 400, "Invalid location"),
                ("/locations/-", location("http://169.254.169.254/latest"), 400, "Invalid location"),
                (
                    "/locations/-", location("http://127.0.0.1/" + String(repeating: "x", count: 255)), 400,
                    "schema 'image'"
                ),
                (
                    "/locations/-", location("http://127.0.0.1/x", ["validation_data": ["os_hash_value": "00"]]), 400,
                    "schema 'image'"
                ),
            ] as [(String, JSONValue, Int, String)])
        func refused(path: String, value: JSONValue, status: Int, text: String) throws {
            for id in [try queued(), try owner.v2MakeActive()] {
                let before = try owner.v2Image(id)
                try owner.v2Patch(id, [.add(path, value)]).expect(status, text)
                #expect(try owner.v2Image(id) == before)
            }
        }

        @Test("[V2-0280] a source that has nothing to give")
        func emptySources() throws {
            let id = try queued()
            for (bytes, behaviour) in [(data, .status(404)), ([], .good), (data, .withoutLength)]
                as [([UInt8], WebSource.Behaviour)]
            {
                let source = try WebSource(bytes, behaviour)
                defer { source.close() }
                try owner.v2Patch(id, [.add("/locations/-", location(source.url))]).expect(400, "Invalid location")
            }
            let source = try WebSource(data)
            source.close()
            try owner.v2Patch(id, [.add("/locations/-", location(source.url))]).expect(400, "Invalid location")
            #expect(try owner.v2Image(id)["status"] == "queued")
        }

        @Test("[V2-0281] [V2-0282] [V2-0258] the same place twice, and too many")
        func bounds() throws {
            let source = try WebSource(data)
            defer { source.close() }
            let id = try active(10, at: source)
            try owner.v2Patch(id, [.add("/locations/-", location(source.url + "?3"))]).expect(
                400, "The location \(source.url)?3 already exists")
            try owner.v2Patch(id, [.add("/locations/-", location(source.url + "?11"))]).expect(
                413, "Attempted: 11, Maximum: 10")
            try owner.v2Patch(id, [.replace("/name", "new"), .add("/locations/-", location(source.url + "?11"))])
                .expect(413)
            let image = try owner.v2Image(id)
            #expect(image.urls.count == 10 && image["name"] == .null)
        }

        @Test("[V2-0283] [V2-0284] [V2-0285] the list as a whole")
        func replaced() throws {
            let source = try WebSource(data)
            defer { source.close() }
            let id = try queued()
            try owner.v2Patch(id, [.replace("/locations", [])]).expect(403, "Cannot set locations to empty list.")
            let (a, b) = (location(source.url + "?a"), location(source.url + "?b"))
            try owner.v2Patch(id, [.replace("/locations", [a, b])]).expect(200)
            #expect(try owner.v2Image(id).urls == [source.url + "?a", source.url + "?b"])
            try owner.v2Patch(id, [.replace("/locations", [])]).expect(403, "Cannot set locations to empty list.")
            for other in [[a], [a, location(source.url + "?c")]] {
                try owner.v2Patch(id, [.replace("/locations", .array(other))]).expect(
                    400, "Original locations is not empty")
            }
            let told: JSONValue = ["url": .string(source.url + "?a"), "metadata": ["rack": "7"]]
            try owner.v2Patch(id, [.replace("/locations", [b, told])]).expect(200)
            #expect(try owner.v2Image(id)["locations"] == [b, told])
        }

        @Test("[V2-0286] [V2-0287] [V2-0288] [V2-0289] taking locations away is for admins")
        func removed() throws {
            let source = try WebSource(data)
            defer { source.close() }
            let id = try active(3, at: source)
            try owner.v2Patch(id, [.remove("/locations/0")]).expect(
                403, "You are not authorized to complete delete_image_location action.")
            for position in ["x", "3", "-1"] {
                try glimpse.admin.v2Patch(id, [.remove("/locations/\(position)")]).expect(
                    400, "Invalid position for removing a location.")
            }
            try glimpse.admin.v2Patch(id, [.remove("/locations/0")]).expect(200)
            #expect(try owner.v2Image(id).urls == [source.url + "?1", source.url + "?2"])
            try glimpse.admin.v2Patch(id, [.remove("/locations/-"), .remove("/locations/0")]).expect(
                403, "Cannot remove last location in the image.")
            try glimpse.admin.v2Patch(id, [.remove("/locations/1")]).expect(200)
            try owner.expectImage(id, data)
            try glimpse.admin.v2Patch(queued(), [.remove("/locations/0")]).expect(409)
        }

        @Test("data of ours that is no location any more leaves the store")
        func reclaimed() throws {
            let source = try WebSource([1, 2, 3])
            defer { source.close() }
            let id = try owner.v2MakeActive(data: [1, 2, 3])
            try owner.v2Patch(id, [.add("/locations/-", location(source.url))]).expect(200)
            #expect(try glimpse.blobs().contains(id))
            try glimpse.admin.v2Patch(id, [.remove("/locations/0")]).expect(200)
            _ = try eventually { try !glimpse.blobs().contains(id) }
            #expect(try !glimpse.blobs().contains(id))
            try owner.expectImage(id, [1, 2, 3])
        }

        @Test("[V2-0290] [V2-0291] statuses and formats")
        func statuses() throws {
            let source = try WebSource(data)
            defer { source.close() }
            let id = try queued()
            try glimpse.setStatus("saving", of: id)
            try owner.v2Patch(id, [.add("/locations/-", location(source.url))]).expect(409, "image status is saving")
            try glimpse.setStatus("queued", of: id)
            let bare = try owner.v2Make()
            let add = JSONValue.add("/locations/-", location(source.url))
            try owner.v2Patch(bare, [add]).expect(
                400, "Properties disk_format, container_format must be set prior to saving data.")
            try owner.v2Patch(bare, [.replace("/container_format", "bare"), add]).expect(
                400, "Property disk_format must be set prior to saving data.")
            try owner.v2Patch(bare, [add, .replace("/disk_format", "raw")]).expect(400)
            try owner.v2Patch(
                bare, [.replace("/disk_format", "raw"), .replace("/container_format", "bare"), add]
            ).expect(200)
            #expect(try owner.v2Image(bare)["status"] == "active")
        }

        @Test("[V2-0292] [V2-0293] [V2-0294] [V2-0295] validation_data")
        func validation() throws {
            let source = try WebSource(data)
            defer { source.close() }
            let hash = JSONValue.string(String(repeating: "0f", count: 64))
            func patch(_ id: String, _ validation: JSONValue, _ query: String) throws -> Answer {
                try owner.v2Patch(
                    id, [.add("/locations/-", location(source.url + query, ["validation_data": validation]))])
            }
            let good: JSONValue = [
                "checksum": "5d41402abc4b2a76b9719d911017c592", "os_hash_algo": "sha512", "os_hash_value": hash,
            ]
            let id = try queued()
            let bad: [(JSONValue, Int)] = [
                (["os_hash_algo": "sha512", "os_hash_value": "0f"], 409),
                (["os_hash_algo": "sha512", "os_hash_value": .string(String(repeating: "xy", count: 64))], 409),
                (["os_hash_algo": "sha256", "os_hash_value": hash], 409),
                (["os_hash_algo": "sha512", "os_hash_value": hash, "checksum": "0f"], 400),
                (["os_hash_value": hash], 400), (["os_hash_algo": "sha512"], 400), ("x", 400),
                (["os_hash_algo": "sha512", "os_hash_value": hash, "more": "x"], 400),
            ]
            for (validation, status) in bad { try patch(id, validation, "").expect(status) }
            #expect(try owner.v2Image(id)["status"] == "queued")
            try patch(id, good, "").expect(200)
            let image = try owner.v2Image(id)
            for name in ["checksum", "os_hash_algo", "os_hash_value"] { #expect(image[name] == good[name]) }
            #expect(image["locations"] == [location(source.url)])
            try patch(id, good, "?again").expect(200)
            let other = JSONValue.string(String(repeating: "0e", count: 64))
            try patch(id, ["os_hash_algo": "sha512", "os_hash_value": other], "?other").expect(409)
            let unknown = try active(1, at: source)
            try patch(unknown, good, "?new").expect(409)
        }
    }
}
