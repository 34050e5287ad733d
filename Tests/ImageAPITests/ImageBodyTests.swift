import GlanceHTTP
import ImageModel
import JSONText
import Testing

@testable import ImageAPI

private func sample() -> Image {
    var image = Image(id: "71c675ab-d94f-49cd-a114-e12490b328d9", owner: "t", at: Timestamp(microseconds: 1_000_001))
    image.name = "a \"ü\""
    image.status = .active
    image.visibility = .public
    image.size = 5
    image.diskFormat = "raw"
    image.checksum = "5d41402abc4b2a76b9719d911017c592"
    image.updatedAt = Timestamp(microseconds: 2_000_000)
    image.locations = [ImageLocation(url: "file:///secret")]
    image.properties = [ImageProperty(name: "a", value: "b"), ImageProperty(name: "n", value: nil)]
    return image
}

@Suite struct ImageBodyTests {
    private let briefNames = ["id", "name", "size", "disk_format", "container_format", "checksum"]
    private let detailNames = [
        "id", "name", "status", "size", "virtual_size", "disk_format", "container_format", "checksum", "min_disk",
        "min_ram", "is_public", "protected", "deleted", "owner", "created_at", "updated_at", "deleted_at",
        "properties",
    ]

    @Test func briefEntriesHaveSixMembers() throws {
        let json = try JSONValue(parsing: ImageBody.brief([sample()]))
        #expect(json.object?.members.map(\.name) == ["images"])
        let entry = try #require(json["images"]?.array?.first)
        #expect(entry.object?.members.map(\.name) == briefNames)
        #expect(entry["container_format"] == .null)
    }

    @Test func detailEntriesShowEverythingButTheLocation() throws {
        let json = try JSONValue(parsing: ImageBody.detail([sample(), sample()]))
        #expect(json["images"]?.array?.count == 2)
        let entry = try #require(json["images"]?.array?.first)
        #expect(entry.object?.members.map(\.name) == detailNames)
        #expect(entry["name"] == .string("a \"ü\""))
        #expect(entry["is_public"] == .bool(true) && entry["deleted"] == .bool(false))
        #expect(entry["properties"] == ["a": .string("b"), "n": .null])
        #expect(!String(decoding: ImageBody.detail([sample()]), as: UTF8.self).contains("secret"))
    }

    @Test func timesHaveNoZoneAndAFractionOnlyWhereItIsNotZero() throws {
        var image = sample()
        image.deletedAt = Timestamp(microseconds: 1_795_419_477_164_928)
        let entry = try #require(try JSONValue(parsing: ImageBody.single(image))["image"])
        #expect(entry["created_at"] == .string("1970-01-01T00:00:01.000001"))
        #expect(entry["updated_at"] == .string("1970-01-01T00:00:02"))
        #expect(entry["deleted_at"] == .string("2026-11-23T07:37:57.164928"))
        #expect(entry["deleted"] == .bool(true))
    }

    @Test func anUnknownSizeIsZero() throws {
        let queued = Image(id: "i", owner: nil)
        let entry = try #require(try JSONValue(parsing: ImageBody.single(queued))["image"])
        #expect(entry["size"] == .int(0) && entry["owner"] == .null && entry["deleted_at"] == .null)
    }
}

@Suite struct ImageHeadersTests {
    @Test func nullsAreLeftOutAndBooleansAreWords() {
        let fields = ImageHeaders.fields(of: sample()).map { "\($0.name): \($0.value)" }
        #expect(fields.contains("x-image-meta-is_public: True"))
        #expect(fields.contains("x-image-meta-deleted: False"))
        #expect(fields.contains("x-image-meta-name: a \"ü\""))
        #expect(fields.contains("x-image-meta-created_at: 1970-01-01T00:00:01.000001"))
        #expect(fields.contains("x-image-meta-property-a: b"))
        #expect(fields.contains("ETag: 5d41402abc4b2a76b9719d911017c592"))
        for missing in ["container_format", "deleted_at", "virtual_size", "property-n", "location"] {
            #expect(!fields.contains { $0.hasPrefix("x-image-meta-\(missing)") })
        }
    }

    @Test(arguments: [
        ("plain_name", "plain_name"), ("größe", "größe"), ("UPPER.dot", "upper.dot"), ("a b:c", "a%20b%3Ac"),
        ("x\r\ny", "x%0D%0Ay"), ("", ""),
    ])
    func namesStayWellFormed(property: String, name: String) {
        #expect(ImageHeaders.headerName(property) == name)
    }
}
