import GlanceHTTP
import HTTPWire
import ImageModel
import Testing

@testable import ImageAPI

private func changes(
    _ lines: String..., of image: Image, isAdmin: Bool = false, hasBody: Bool = false
) throws -> ImageChanges {
    let head = try requestHead((["Host: h"] + lines).map { Array($0.utf8) }, method: "PUT")
    return ImageChanges(
        try MetadataHeaders(head.fields, options: ImageAPIOptions()), of: image,
        caller: Caller(userID: "u", projectID: "p", isAdmin: isAdmin), hasBody: hasBody)
}

@Suite struct UpdateImageTests {
    private let image = Image(id: "i", owner: "p")

    @Test func onlyWhatIsNamedChanges() throws {
        let read = try changes("x-image-meta-name:", "x-image-meta-min_disk: 3", of: image)
        #expect(read.fields == [.name(nil), .minDisk(3)])
    }

    @Test func propertiesAreReplacedUnlessToldOtherwiseOrSentWithData() throws {
        #expect(try changes("x-image-meta-name: n", of: image).replacesProperties)
        #expect(try !changes("x-glance-registry-purge-props: false", of: image).replacesProperties)
        #expect(try !changes("x-glance-registry-purge-props: bogus", of: image).replacesProperties)
        #expect(try changes("x-glance-registry-purge-props: True", of: image).replacesProperties)
        #expect(try !changes("x-image-meta-property-a: b", of: image, hasBody: true).replacesProperties)
    }

    @Test func theOwnerIsTheAdminsToChange() throws {
        #expect(try changes("x-image-meta-owner: o", of: image).fields == [])
        #expect(try changes("x-image-meta-owner: o", of: image, isAdmin: true).fields == [.owner("o")])
        #expect(try changes("x-image-meta-owner:", of: image, isAdmin: true).fields == [.owner(nil)])
    }

    @Test func privateImagesStayPrivateWhenToldNotToBePublic() throws {
        var mine = image
        mine.visibility = .private
        #expect(try changes("x-image-meta-is_public: False", of: mine).fields == [])
        #expect(try changes("x-image-meta-is_public: True", of: mine).fields == [.visibility(.public)])
        mine.visibility = .public
        #expect(try changes("x-image-meta-is_public: False", of: mine).fields == [.visibility(.shared)])
    }

    @Test func sizeAndChecksumTouchTheDataOnlyWhereTheyDiffer() throws {
        var active = image
        active.size = 5
        active.checksum = "c"
        let same = try changes("x-image-meta-size: 5", "x-image-meta-checksum: c", of: active)
        #expect(same.fields == [] && !same.touchesData)
        #expect(try changes("x-image-meta-size: 6", of: active).touchesData)
        #expect(try changes("x-image-meta-checksum: d", of: active).touchesData)
    }

    @Test func timesAndDeletedAreDropped() throws {
        let read = try changes(
            "x-image-meta-created_at: 2015-10-21T07:28:00", "x-image-meta-deleted: True", of: image, isAdmin: true)
        #expect(read.fields == [])
    }
}

@Suite struct CreateImageTests {
    private func image(_ lines: String..., isAdmin: Bool = false) throws -> Image {
        let head = try requestHead((["Host: h"] + lines).map { Array($0.utf8) })
        return try Image(
            try MetadataHeaders(head.fields, options: ImageAPIOptions()),
            caller: Caller(userID: "u", projectID: "p", isAdmin: isAdmin))
    }

    @Test func defaults() throws {
        let made = try image()
        #expect(made.status == .queued && made.visibility == .shared && made.owner == "p" && made.size == nil)
        #expect(!made.isProtected && made.minDisk == 0 && made.minRAM == 0 && made.properties.isEmpty)
        #expect(ImageID.isValid(made.id))
    }

    @Test func onlyAdminsMakeImagesForOthers() throws {
        #expect(try image("x-image-meta-owner: o").owner == "p")
        #expect(try image("x-image-meta-owner: o", isAdmin: true).owner == "o")
        #expect(try image("x-image-meta-owner:", isAdmin: true).owner == nil)
    }

    @Test func idsAreKeptAsSent() throws {
        let id = "71C675ABd94f49cda114e12490b328d9"
        #expect(try image("x-image-meta-id: \(id)").id == id)
        #expect(throws: APIError.invalidImageID("notuuid")) { try image("x-image-meta-id: notuuid") }
    }
}

@Suite struct ImageSourcesTests {
    private func sources(_ lines: String..., hasBody: Bool = false) throws -> ImageSources {
        let head = try requestHead((["Host: h"] + lines).map { Array($0.utf8) })
        let options = ImageAPIOptions()
        return try ImageSources(
            try MetadataHeaders(head.fields, options: options), hasBody: hasBody, policy: options.fetchPolicy)
    }

    @Test(arguments: [
        ("", "External source should not be empty"), ("file:///etc/passwd", "External sources are not supported"),
        ("filesystem:///x", "not supported"), ("swift+config://x", "not supported"), ("bogus://x", "not supported"),
        ("nothing", "not supported"), ("HTTP://h/x", "Unknown scheme"), ("http://", "Invalid location"),
        ("http://h:22/x", "allowed_ports"),
    ])
    func badSourcesAreRefused(url: String, reason: String) throws {
        for header in ["x-image-meta-location", "x-glance-api-copy-from"] {
            let error = try #require(throws: APIError.self) { try sources("\(header): \(url)") }
            #expect(error.status == 400)
            #expect(ErrorBody(error, accept: nil, method: "POST").text.contains(reason))
        }
    }

    @Test func severalAreSeen() throws {
        #expect(try !sources("x-image-meta-location: http://h/x").areSeveral)
        #expect(try sources("x-image-meta-location: http://h/x", hasBody: true).areSeveral)
        #expect(try sources("x-image-meta-location: http://h/x", "x-glance-api-copy-from: http://h/y").areSeveral)
        #expect(try sources().isNone && !sources(hasBody: true).isNone)
    }

    @Test(
        arguments: [
            ("application/octet-stream", true), ("Application/Octet-Stream; charset=x", true), ("text/plain", false),
            (nil, false), ("", false), ("application/octet-streams", false),
        ] as [(String?, Bool)])
    func dataComesAsOctetStream(type: String?, expected: Bool) throws {
        let head = try type.map { try requestHead("Content-Type: \($0)") } ?? requestHead()
        #expect(head.isOctetStream == expected)
    }
}
