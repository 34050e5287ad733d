import GlanceHTTP
import HTTPWire
import ImageModel
import Testing

@testable import ImageAPI

private func metadata(_ lines: [String]) throws -> MetadataHeaders {
    let head = try requestHead((["Host: h"] + lines).map { Array($0.utf8) })
    return try MetadataHeaders(head.fields, options: ImageAPIOptions())
}

@Suite struct MetadataHeadersTests {
    @Test func everyFieldIsRead() throws {
        let read = try metadata([
            "x-image-meta-id: 71c675ab-d94f-49cd-a114-e12490b328d9", "X-Image-Meta-Name: Debian 12",
            "x-image-meta-disk_format: qcow2", "X-Image-Meta-Container-Format: bare", "x-image-meta-size: 17",
            "x-image-meta-min_disk: 3", "x-image-meta-min-ram: 4", "x-image-meta-virtual_size: 5",
            "x-image-meta-is_public: Yes", "x-image-meta-protected: ON", "x-image-meta-checksum: abc",
            "x-image-meta-owner: t1", "x-image-meta-store: file", "x-image-meta-status: queued",
            "x-image-meta-created_at: 2015-10-21T07:28:00.5", "x-image-meta-updated_at: 2015-10-21T07:28:01Z",
            "x-image-meta-location: http://h/i", "x-glance-api-copy-from: http://h/j",
            "x-glance-registry-purge-props: False",
        ])
        #expect(read.id?.value == "71c675ab-d94f-49cd-a114-e12490b328d9")
        #expect(read.name?.value == "Debian 12")
        #expect(read.diskFormat == "qcow2" && read.containerFormat == "bare")
        #expect(read.size == 17 && read.minDisk == 3 && read.minRAM == 4 && read.virtualSize?.value == 5)
        #expect(read.isPublic == true && read.isProtected == true)
        #expect(read.checksum?.value == "abc" && read.owner?.value == "t1" && read.store == "file")
        #expect(read.status?.value == "queued")
        #expect(read.createdAt?.v1Text == "2015-10-21T07:28:00.500000")
        #expect(read.updatedAt?.v1Text == "2015-10-21T07:28:01")
        #expect(read.location == "http://h/i" && read.copyFrom == "http://h/j" && !read.purgesProperties)
    }

    @Test func nothingSentIsNothingGiven() throws {
        let read = try metadata([])
        #expect(read.id == nil && read.name == nil && read.size == nil && read.isPublic == nil)
        #expect(read.properties.isEmpty && read.purgesProperties)
    }

    @Test func emptyValuesStandForNull() throws {
        let read = try metadata([
            "x-image-meta-name:", "x-image-meta-id:", "x-image-meta-owner:", "x-image-meta-checksum:",
            "x-image-meta-location:", "x-image-meta-property-a:", "x-image-meta-virtual_size: None",
        ])
        #expect(read.name == .init(value: nil) && read.id == .init(value: nil) && read.owner == .init(value: nil))
        #expect(read.checksum == .init(value: nil) && read.virtualSize == .init(value: nil))
        #expect(read.location == "")
        #expect(read.properties == [ImageProperty(name: "a", value: nil)])
    }

    @Test(arguments: [
        ("t", true), ("TRUE", true), ("on", true), ("y", true), ("Yes", true), ("1", true), ("foo", false),
        ("0", false), ("", false), ("no", false), ("2", false),
    ])
    func booleansAreNeverAnError(text: String, expected: Bool) throws {
        let read = try metadata(["x-image-meta-is_public: \(text)", "x-glance-registry-purge-props: \(text)"])
        #expect(read.isPublic == expected)
        #expect(read.purgesProperties == expected)
    }

    @Test(arguments: [
        (["x-image-meta-property-A-b_C: V"], ["a_b_c": "V"]),
        (["x-image-meta-property-a: 1", "x-image-meta-property-a: 2"], ["a": "1,2"]),
        (["x-image-meta-property-a-b: 1", "X-Image-Meta-Property-A_B: 2"], ["a_b": "1,2"]),
        (["x-image-meta-property-: v"], ["": "v"]),
        (["x-image-meta-property-größe: groß"], ["größe": "groß"]),
        (["x-image-meta-property-gr%C3%B6%C3%9Fe: gro%C3%9F%20ja"], ["größe": "groß ja"]),
        (["x-image-meta-property-a%3Db: 100% x"], ["a=b": "100% x"]),
        (["x-image-meta-property-a%zz: 5%"], ["a%zz": "5%"]),
    ])
    func propertiesAreNamedInLowerCase(lines: [String], expected: [String: String]) throws {
        let read = try metadata(lines).properties
        #expect(Dictionary(uniqueKeysWithValues: read.map { ($0.name, $0.value) }) == expected)
    }

    @Test func propertiesAreSortedByName() throws {
        let read = try metadata(["x-image-meta-property-b: 1", "x-image-meta-property-a: 2"])
        #expect(read.properties.map(\.name) == ["a", "b"])
    }

    @Test(arguments: [
        ("x-image-meta-bogus: 1", "Bad header: x-image-meta-bogus"),
        ("x-image-meta-size: abc", "Cannot convert image size"),
        ("x-image-meta-size:", "Cannot convert image size"),
        ("x-image-meta-size: 1.5", "Cannot convert image size"),
        ("x-image-meta-size: -1", "Cannot be a negative value"),
        ("x-image-meta-min_disk: x", "Cannot convert image min_disk"),
        ("x-image-meta-min_disk: -3", "Cannot be a negative value"),
        ("x-image-meta-min_ram:", "Cannot convert image min_ram"),
        ("x-image-meta-min_ram: 2147483648", "out of range"),
        ("x-image-meta-virtual_size: x", "Cannot convert image virtual_size"),
        ("x-image-meta-disk_format: floppy", "Invalid disk format 'floppy'"),
        ("x-image-meta-disk_format:", "Invalid disk format 'None'"),
        ("x-image-meta-container_format: box", "Invalid container format 'box'"),
        ("x-image-meta-container_format:", "Invalid container format 'None'"),
        ("x-image-meta-checksum: 123456789012345678901234567890123", "can't exceed 32 characters"),
        ("x-image-meta-name: \(String(repeating: "x", count: 256))", "Image name too long: 256"),
        ("x-image-meta-created_at: yesterday", "Invalid time format for created_at."),
        ("x-image-meta-updated_at: 1899-12-31T00:00:00", "Invalid time format for updated_at."),
        ("x-image-meta-deleted_at: 2015", "Invalid time format for deleted_at."),
        ("x-image-meta-name: 😀", "4 byte unicode"),
        ("x-image-meta-name: %F0%9F%98%80", "4 byte unicode"),
        ("x-image-meta-property-😀: a", "4 byte unicode"),
        ("x-image-meta-property-a: 😀", "4 byte unicode"),
        ("x-image-meta-property-a: x%00y", "NUL"),
    ])
    func badValuesAreRefused(line: String, text: String) throws {
        let error = try #require(throws: APIError.self) { try metadata([line]) }
        #expect(error.status == 400)
        #expect(ErrorBody(error, accept: nil, method: "POST").text.contains(text))
    }

    @Test(arguments: [
        "x-image-meta-size: 1099511627777", "x-image-meta-min_ram: 2147483647", "x-image-meta-uri: x",
        "x-image-meta-copy_from: x", "x-image-meta-deleted: x", "x-image-meta-status: bogus",
        "x-image-meta-checksum: zz345678901234567890123456789012",
        "x-image-meta-name: \(String(repeating: "ü", count: 255))", "x-image-meta-created_at:",
        "x-image-metabogus: 1",
    ])
    func whatTheReferenceTakesIsTaken(line: String) throws {
        _ = try metadata([line])
    }

    @Test func valuesThatAreNotUTF8AreRefused() throws {
        for name in ["x-image-meta-name", "x-image-meta-property-a", "x-glance-api-copy-from"] {
            let head = try requestHead([Array("Host: h".utf8), Array("\(name): a".utf8) + [0xFF]])
            let error = try #require(throws: APIError.self) {
                try MetadataHeaders(head.fields, options: ImageAPIOptions())
            }
            #expect(error == .notDecodable("header"))
        }
        let head = try requestHead([Array("Host: h".utf8), Array("x-image-meta-property-".utf8) + [0xFF, 0x3A]])
        #expect(throws: APIError.notDecodable("header")) {
            try MetadataHeaders(head.fields, options: ImageAPIOptions())
        }
    }
}

@Suite struct HeaderTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("my%20image", "my image"), ("a%2Bb", "a+b"), ("100%", "100%"), ("%zz", "%zz"),
        ("50%25", "50%"), ("my%20image x", "my%20image x"), ("ü%20", "ü%20"), ("%C3%BC", "ü"), ("%FF", "%FF"),
        ("%C3", "%C3"), ("", ""), ("%2", "%2"), ("a%20b%", "a%20b%"),
    ])
    func aTextIsDecodedOnlyAsAWhole(text: String, meaning: String) {
        #expect(HeaderText.meaning(of: text) == meaning)
    }

    @Test(arguments: [
        ("http://h/a", "http://h/a"),
        ("http://h/a%3Fb%3Dc%26d", "http://h/a?b=c&d"),
        ("http://h/a%2520b", "http://h/a%20b"),
        ("http://h/a%20b", "http://h/a%20b"),
        ("http://h/a?sig=x%2By", "http://h/a?sig=x%2By"),
        ("http://u%40x:p@h/a", "http://u%40x:p@h/a"),
        ("http://h/%0D%0Aa", "http://h/%0D%0Aa"),
    ])
    func aURLKeepsItsOwnEscapes(text: String, meaning: String) {
        #expect(HeaderText.meaning(ofURL: text) == meaning)
    }
}

@Suite struct FormatPairingTests {
    @Test(
        arguments: [
            ("ami", nil, "ami", "ami"), (nil, "aki", "aki", "aki"), ("ari", "ari", "ari", "ari"),
            ("raw", "bare", "raw", "bare"), ("raw", nil, "raw", nil), (nil, "ovf", nil, "ovf"), (nil, nil, nil, nil),
        ] as [(String?, String?, String?, String?)])
    func pairsAreCompleted(disk: String?, container: String?, disk2: String?, container2: String?) throws {
        let pair = try FormatPairing.pair(disk: disk, container: container)
        #expect(pair.disk == disk2 && pair.container == container2)
    }

    @Test(arguments: [("ami", "aki"), ("raw", "ari"), ("ami", "bare")])
    func mixesAreRefused(disk: String, container: String) {
        #expect(throws: APIError.invalidFormatMix) { try FormatPairing.pair(disk: disk, container: container) }
    }
}
