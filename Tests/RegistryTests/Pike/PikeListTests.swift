import GlanceHTTP
import ImageModel
import JSONText
import Testing

@testable import Registry

@Suite struct PikeListTests {
    private let briefNames = ["id", "name", "size", "disk_format", "container_format", "checksum"]

    @Test("the lists show images in brief [RG-0001]", arguments: ["/", "/images"])
    func brief(_ path: String) async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create { $0.name = "ü" }
            let answer = try await pike.send("GET", path)
            #expect(answer.status == 200)
            #expect(answer.fields["content-type"] == "application/json")
            #expect(try answer.json.names == ["images"])
            let entry = try #require(try answer.json["images"]?.array?.first)
            #expect(entry.names == briefNames)
            #expect(entry["id"] == .string(image.id) && entry["name"] == .string("ü"))
        }
    }

    @Test("an admin's list is its project's and the public ones, unless is_public says more [RG-0002]")
    func scopeOfAdmins() async throws {
        try await PikeServer.run { pike async throws in
            let own = try pike.test.create(owner: "admins")
            let open = try pike.test.create(owner: "tenant", visibility: .public)
            let foreign = try pike.test.create(owner: "tenant")
            func ids(_ query: String) async throws -> Set<String> {
                Set(try await pike.ids("/images" + query, as: .admin))
            }
            #expect(try await ids("") == [own.id, open.id])
            #expect(try await ids("?is_public=True") == [own.id, open.id])
            #expect(try await ids("?is_public=None") == [own.id, open.id, foreign.id])
            #expect(try await ids("?is_public=false") == [own.id, foreign.id])
            // The value of others is not even looked at.
            #expect(try await pike.ids("/images?is_public=none", as: .stranger) == [open.id])
            #expect(try await pike.ids("/images?is_public=garbage", as: .stranger) == [open.id])
        }
    }

    @Test("the registry's own page sizes count [RG-0003]")
    func pageSizes() async throws {
        var options = PikeOptions.trusting
        options.rows = PageRows(byDefault: 2, max: 3)
        try await PikeServer.run(options) { pike async throws in
            let images = try (0..<5).map { _ in try pike.test.create() }
            let newestFirst = images.map(\.id).reversed()
            #expect(try await pike.ids("/images") == Array(newestFirst.prefix(2)))
            #expect(try await pike.ids("/images/detail?limit=1000") == Array(newestFirst.prefix(3)))
            #expect(try await pike.ids("/images?limit=0") == [])
            let rest = try await pike.ids("/images?limit=3&marker=\(images[2].id)")
            #expect(rest == Array(newestFirst.suffix(2)))
        }
    }

    @Test(
        "bad parameters are refused [RG-0004]",
        arguments: [
            ("is_public=bad", "is_public"), ("limit=x", "limit"), ("limit=-1", "limit"), ("sort_key=owner", "sort_key"),
            ("sort_dir=up", "sort_dir"), ("marker=x", "marker"), ("size_min=x", "size_min"), ("min_ram=-1", "min_ram"),
            ("protected=perhaps", "protected"), ("changes-since=tomorrow", "changes-since"), ("name=%FF", "UTF-8"),
            ("name=%00", "NUL"),
        ])
    func badParameters(_ query: String, _ reason: String) async throws {
        try await PikeServer.run { pike async throws in
            for path in ["/images", "/images/detail"] {
                let answer = try await pike.send("GET", "\(path)?\(query)", as: .admin)
                #expect(answer.status == 400)
                #expect(answer.text.contains(reason))
            }
        }
    }

    @Test("admins may list deleted images [RG-0005]")
    func deleted() async throws {
        try await PikeServer.run { pike async throws in
            let live = try pike.test.create(owner: "admins")
            let deleted = try pike.test.create(owner: "admins")
            let pending = try pike.test.createActive(owner: "admins")
            let killed = try pike.test.create(owner: "admins")
            try pike.test.perform(DeleteImage(id: deleted.id, viewer: .admin))
            try pike.test.perform(DeleteImage(id: pending.id, viewer: .admin, isDelayed: true))
            try pike.test.perform(KillImage(imageID: killed.id))
            func ids(_ query: String, as viewer: Viewer = .admin) async throws -> Set<String> {
                Set(try await pike.ids("/images/detail?is_public=none" + query, as: viewer))
            }
            #expect(try await ids("") == [live.id])
            #expect(try await ids("&deleted=True") == [deleted.id, pending.id])
            #expect(try await ids("&deleted=yes&limit=1&marker=\(pending.id)") == [deleted.id])
            let since = "&changes-since=2001-01-01T00:00:00"
            #expect(try await ids(since) == [live.id, deleted.id, pending.id, killed.id])
            #expect(try await ids(since + "&deleted=False") == [live.id])
            #expect(try await ids("&deleted=True", as: .project("admins")) == [live.id])
            #expect(try await ids("&deleted=True", as: .stranger) == [])
        }
    }

    @Test("HEAD is no method of the registry [RG-0006]", arguments: ["/images", "/", "/images/detail"])
    func head(_ path: String) async throws {
        try await PikeServer.run { pike async throws in
            let answer = try await pike.send("HEAD", path)
            #expect(answer.status == 404)
            #expect(answer.body.isEmpty)
        }
    }

    @Test("the detailed list shows all, locations too [RG-0014]")
    func detail() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.createActive(bytes: 7)
            var changes = ImageChanges()
            changes.properties = [ImageProperty(name: "a", value: "b"), ImageProperty(name: "n", value: nil)]
            try pike.test.perform(UpdateImage(id: image.id, viewer: .owner, changes: changes))
            let queued = try pike.test.create()
            let answer = try await pike.send("GET", "/images/detail")
            #expect(answer.status == 200)
            let entries = try #require(try answer.json["images"]?.array)
            #expect(entries.map { $0["id"] } == [.string(queued.id), .string(image.id)])
            let entry = entries[1]
            #expect(Set(entry.names) == PikeImageTests.fullNames)
            #expect(entry["properties"] == ["a": .string("b"), "n": .null])
            #expect(entry["size"] == .int(7) && entry["status"] == .string("active"))
            let url = "file:///data/" + image.id
            #expect(entry["location"] == .string(url))
            let data = try #require(entry["location_data"]?.array)
            #expect(data.count == 1 && data[0]["id"]?.int != nil)
            #expect(data[0]["url"] == .string(url) && data[0]["status"] == .string("active"))
            #expect(data[0]["metadata"] == [:])
            #expect(entries[0]["location"] == .null && entries[0]["location_data"] == .array([]))
        }
    }

    @Test func filtersAreThoseOfTheFirstAPI() async throws {
        try await PikeServer.run { pike async throws in
            let image = try pike.test.create {
                $0.name = "a b"
                $0.diskFormat = "raw"
                $0.minRAM = 5
                $0.isProtected = true
                $0.properties = [ImageProperty(name: "os", value: "linux")]
            }
            _ = try pike.test.create { $0.name = "other" }
            let queries = [
                "name=a%20b", "name=a+b", "disk_format=raw", "min_ram=5", "protected=True", "property-os=linux",
                "status=queued&disk_format=raw", "name=in:a+b,c",
            ]
            for query in queries {
                #expect(try await pike.ids("/images?" + query) == [image.id], "\(query)")
            }
            #expect(try await pike.ids("/images?sort_key=name&sort_dir=asc").first == image.id)
            #expect(try await pike.ids("/images?property-os=bsd") == [])
        }
    }
}
