import ImageModel
import JSONText
import Testing

@testable import Registry

@Suite struct ImageOperationsTests {
    let test: TestDatabase

    init() throws { test = try TestDatabase() }

    /// An image with something in every field, and text that JSON has to escape.
    static func full() -> Image {
        var image = Image(id: ImageID.random(), owner: "tenant", at: Timestamp(microseconds: 1_700_000_000_123_456))
        image.name = "a \"name\"\\ with\u{1}\n\u{7F} and ünïcödé 漢字 🐧"
        image.status = .active
        image.visibility = .community
        image.isProtected = true
        image.isHidden = true
        image.diskFormat = "qcow2"
        image.containerFormat = "bare"
        image.size = 5_000_000_000_000
        image.virtualSize = 7_000_000_000_000
        image.checksum = "0123"
        image.hashAlgorithm = "sha512"
        image.hashValue = "4567"
        image.minDisk = 3
        image.minRAM = 2_147_483_647
        image.updatedAt = Timestamp(microseconds: 1_700_000_000_999_999)
        image.properties = [
            ImageProperty(name: "", value: "of an empty name"), ImageProperty(name: "a", value: nil),
            ImageProperty(name: "b\"\t", value: "{\"not\": [json]}\u{1F}"), ImageProperty(name: "ü", value: ""),
        ]
        image.tags = ["1", "a\"b", "ü"]
        image.locations = [
            ImageLocation(url: "file:///data/x", store: "fast"), ImageLocation(url: "http://host/\"x\""),
        ]
        return image
    }

    @Test func imageComesBackAsItWasWritten() throws {
        let image = Self.full()
        #expect(try test.perform(CreateImage(image: image)) == image)
        #expect(try test.get(image.id, as: .owner) == image)
        let bytes = test.database.answer(
            to: OperationCall(name: GetImage.name, body: GetImage(id: image.id, viewer: .owner).json.serialized))
        #expect(bytes.status == 200)
        #expect(try Image(json: JSONValue(parsing: bytes.body)) == image)
        let page = try test.perform(ListImages(query: query { $0.scope = .everything }))
        #expect(page.images == [image])
    }

    func query(_ adjust: (inout ImageQuery) -> Void) -> ImageQuery {
        var query = ImageQuery(viewer: .admin, limit: 10)
        adjust(&query)
        return query
    }

    @Test func emptyImageComesBackAsItWasWritten() throws {
        let image = Image(id: ImageID.random(), owner: nil)
        #expect(try test.perform(CreateImage(image: image)) == image)
        #expect(try test.get(image.id, as: .anonymous) == image)
    }

    @Test func idsAreCaseSensitiveAndNeverReused() throws {
        let id = "ABCDEF00-0000-4000-8000-000000000001"
        try test.create(id: id)
        try test.create(id: id.lowercased())
        #expect(test.failure(of: CreateImage(image: Image(id: id, owner: nil))) == .duplicate)
        try test.perform(DeleteImage(id: id, viewer: .owner))
        #expect(test.failure(of: CreateImage(image: Image(id: id, owner: nil))) == .duplicate)
        #expect(try test.usage() == Usage(images: 1))
    }

    @Test(arguments: ["", "x", "../../../../../../../../etc/passwd....", "0000000000000000000000000000000g"])
    func badIDsAreRefused(_ id: String) {
        #expect(test.failure(of: CreateImage(image: Image(id: id, owner: nil))) == .malformed("not an image id"))
    }

    @Test(arguments: ImageStatus.allCases.filter { $0 != .queued && $0 != .active })
    func imagesBeginQueuedOrActive(_ status: ImageStatus) {
        var image = Image(id: ImageID.random(), owner: nil)
        image.status = status
        #expect(
            test.failure(of: CreateImage(image: image)) == .malformed("an image can't begin as \(status.rawValue)"))
    }

    @Test func valuesOutOfRangeChangeNothing() throws {
        var image = Image(id: ImageID.random(), owner: "tenant")
        image.minDisk = -1
        #expect(test.failure(of: CreateImage(image: image)) == .malformed("a value is out of range"))
        #expect(test.failure(of: GetImage(id: image.id, viewer: .admin)) == .notFound)
        #expect(try test.usage() == Usage())
    }

    @Test func updateChangesFieldsAndMovesTheTime() throws {
        let image = try test.create { $0.updatedAt = Timestamp(microseconds: 9_000_000_000_000_000) }
        var changes = ImageChanges()
        changes.fields = [
            .name("new"), .visibility(.public), .isProtected(true), .isHidden(true), .diskFormat("raw"),
            .containerFormat("bare"), .minDisk(1), .minRAM(2), .size(3), .virtualSize(4), .checksum("5"),
        ]
        let updated = try test.perform(UpdateImage(id: image.id, viewer: .owner, changes: changes))
        var expected = image
        expected.name = "new"
        expected.visibility = .public
        expected.isProtected = true
        expected.isHidden = true
        expected.diskFormat = "raw"
        expected.containerFormat = "bare"
        expected.minDisk = 1
        expected.minRAM = 2
        expected.size = 3
        expected.virtualSize = 4
        expected.checksum = "5"
        // The clock stands far behind the image's time: it moves on nevertheless.
        expected.updatedAt = Timestamp(microseconds: 9_000_000_000_000_001)
        #expect(updated == expected)
        #expect(try test.get(image.id) == expected)
    }

    @Test func updateNeedsAnExpectedStatus() throws {
        let image = try test.create()
        #expect(
            test.failure(
                of: UpdateImage(id: image.id, viewer: .owner, changes: ImageChanges(), expectedStatuses: [.active]))
                == .conflict(status: .queued))
        try test.perform(
            UpdateImage(id: image.id, viewer: .owner, changes: ImageChanges(), expectedStatuses: [.active, .queued]))
    }

    @Test func onlyAdminsGiveImagesAway() throws {
        let image = try test.createActive(bytes: 7)
        var changes = ImageChanges()
        changes.fields = [.owner("other")]
        #expect(test.failure(of: UpdateImage(id: image.id, viewer: .owner, changes: changes)) == .forbidden)
        #expect(try test.perform(UpdateImage(id: image.id, viewer: .admin, changes: changes)).owner == "other")
        #expect(try test.usage() == Usage())
        #expect(try test.usage("other") == Usage(images: 1, stored: 7))
    }

    @Test func propertiesMergeReplaceAndGo() throws {
        let image = try test.create { $0.properties = [ImageProperty(name: "a", value: "1")] }
        func update(_ adjust: (inout ImageChanges) -> Void) throws -> [ImageProperty] {
            var changes = ImageChanges()
            adjust(&changes)
            return try test.perform(UpdateImage(id: image.id, viewer: .owner, changes: changes)).properties
        }
        let a = ImageProperty(name: "a", value: "1")
        let b = ImageProperty(name: "b", value: nil)
        let c = ImageProperty(name: "c", value: "3")
        #expect(try update { $0.properties = [b] } == [a, b])
        #expect(try update { $0.removedProperties = ["a", "none"] } == [b])
        #expect(
            try update {
                $0.properties = [c]
                $0.replacesProperties = true
            } == [c])
        #expect(try update { $0.tags = ["y", "x", "x"] } == [c])
        #expect(try test.get(image.id).tags == ["x", "y"])
        #expect(try update { $0.replacesProperties = true } == [])
    }

    @Test func propertyQuotaHoldsUpOnlyGrowth() throws {
        let image = try test.create { $0.properties = ["a", "b", "c"].map { ImageProperty(name: $0, value: "") } }
        func update(_ names: [String], replaces: Bool = false) -> RegistryFailure? {
            var changes = ImageChanges()
            changes.properties = names.map { ImageProperty(name: $0, value: "new") }
            changes.replacesProperties = replaces
            return test.failure(
                of: UpdateImage(id: image.id, viewer: .owner, changes: changes, propertyQuota: 2))
        }
        #expect(update(["d"]) == .quotaExceeded(quota: "image_property_quota", limit: 2, used: 4))
        #expect(try test.get(image.id).properties.map(\.value) == ["", "", ""])
        #expect(update(["a", "b", "c"]) == nil)
        #expect(update(["d", "e"], replaces: true) == nil)
        #expect(
            update(["d", "e", "f"], replaces: true) == .quotaExceeded(quota: "image_property_quota", limit: 2, used: 3))
    }
}
