import JSONText
import Testing

private let data = Array("hello".utf8)
private let dataMD5 = "5d41402abc4b2a76b9719d911017c592"
private let formats: [(String, String)] = [
    ("x-image-meta-disk_format", "raw"), ("x-image-meta-container_format", "bare"),
]

extension Client {
    /// POST with formats and an outside source under that id.
    fileprivate func post(
        _ header: String, _ url: String, id: String = Sample.newID(), _ more: [(String, String)] = formats
    ) throws -> Answer {
        try post(["id": id], more + [(header, url)])
    }

    /// Expects that no image of that id is there.
    fileprivate func expectNotCreated(_ id: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(try status(of: id) == "404", sourceLocation: sourceLocation)
    }
}

private let location = "x-image-meta-location"
private let copyFrom = "x-glance-api-copy-from"

extension Journeys {
    /// The checklist's rows about POST with several sources.
    @Suite(.sharingDaemons(Glimpse.Option.copiesFromLoopback)) struct SeveralSourcesRows {
        @Test(
            "[V1-0165] [V1-0166] [V1-0167] more than one source",
            arguments: [(true, [copyFrom]), (true, [location]), (false, [location, copyFrom])])
        func several(hasBody: Bool, headers: [String]) throws {
            let source = try WebSource(data)
            defer { source.close() }
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            let fields = headers.map { ($0, source.url) } + (hasBody ? [Client.octetStream] : [])
            let answer = try client.post(["id": id], formats + fields, body: hasBody ? .bytes(data) : .none)
            answer.expect(400, "It's invalid to provide multiple image sources.")
            #expect(try client.status(of: id) == "queued")
            #expect(!source.requests.contains("GET"))
            try Glimpse.shared.expectNoData(of: id)
        }
    }

    /// The checklist's rows about POST with x-image-meta-location.
    @Suite(.sharingDaemons(Glimpse.Option.copiesFromLoopback)) struct LocationRows {
        @Test("[V1-0168] [V1-0169] [V1-0175] a location", arguments: ["plain", "size", "redirect"])
        func good(kind: String) throws {
            let source = try WebSource(data)
            let redirector = try WebSource([], .redirects(to: source.url))
            defer {
                source.close()
                redirector.close()
            }
            let client = try Glimpse.shared.newProject()
            let answer = try client.post(
                location, kind == "redirect" ? redirector.url : source.url,
                formats + (kind == "size" ? [("x-image-meta-size", "5")] : []))
            #expect(answer.status == 201, "\(answer.text)")
            #expect(answer["etag"] == nil)
            let image = try answer.image()
            #expect(image["status"] == .string("active"))
            #expect(image["size"] == .int(5))
            #expect(image["checksum"] == .null)
            #expect(image["location"] == nil)
            try client.expectImage(image.id, data)
            try Glimpse.shared.expectNoData(of: image.id)
        }

        @Test("[V1-0170] a location of another size")
        func otherSize() throws {
            let source = try WebSource(data)
            defer { source.close() }
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            try client.post(location, source.url, id: id, formats + [("x-image-meta-size", "6")]).expect(
                409, "Provided image size must match the stored image size")
            #expect(try client.status(of: id) == "queued")
        }

        @Test("[V1-0171] [V1-0172] a location that answers with an error", arguments: [(404, 404), (500, 400)])
        func bad(status: Int, expected: Int) throws {
            let source = try WebSource(data, .status(status))
            defer { source.close() }
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            try client.post(location, source.url, id: id).expect(expected)
            try client.expectNotCreated(id)
        }

        @Test("[V1-0173] a location that can't be reached")
        func unreachable() throws {
            let source = try WebSource(data)
            source.close()
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            try client.post(location, source.url, id: id).expect(400)
            try client.expectNotCreated(id)
        }

        @Test("[V1-0174] a location that does not say how long it is")
        func noLength() throws {
            let source = try WebSource(data, .withoutLength)
            defer { source.close() }
            let client = try Glimpse.shared.newProject()
            let answer = try client.post(location, source.url)
            #expect(answer.status == 201, "\(answer.text)")
            #expect(try answer.image()["size"] == .int(0))
            #expect(try answer.image()["status"] == .string("active"))
        }

        @Test("[V1-0176] a location without formats")
        func noFormats() throws {
            let source = try WebSource(data)
            defer { source.close() }
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            try client.post(location, source.url, id: id, []).expect(400, "Disk format is not specified.")
            #expect(try client.status(of: id) == "queued")
        }

        @Test(
            """
            [V1-0177] [V1-0178] [V1-0179] [V1-0180] [V1-0181] [V1-0182] [V1-0183] [V1-0184] \
            locations that are none
            """,
            arguments: [
                ("", "External source should not be empty"),
                ("file:///etc/passwd", "External sources are not supported"),
                ("filesystem:///etc/passwd", "External sources are not supported"),
                ("swift+config://store/container/object", "External sources are not supported"),
                ("carrier-pigeon://loft/7", "External sources are not supported"),
                ("rbd://pool/image", "External sources are not supported"),
                ("HTTP://127.0.0.1/disk.img", "Unknown scheme"), ("http://", "Invalid location "),
            ])
        func invalid(url: String, text: String) throws {
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            try client.post(location, url, id: id).expect(400, text)
            try client.expectNotCreated(id)
        }
    }

    /// The checklist's rows about POST with x-glance-api-copy-from.
    @Suite(.sharingDaemons(Glimpse.Option.copiesFromLoopback)) struct CopyRows {
        @Test(
            "[V1-0186] [V1-0187] [V1-0188] [V1-0192] a copy",
            arguments: ["plain", "wrong size", "source without length", "no formats"])
        func good(kind: String) throws {
            let source = try WebSource(data, kind == "source without length" ? .withoutLength : .good)
            defer { source.close() }
            let client = try Glimpse.shared.newProject()
            var fields = kind == "no formats" ? [] : formats
            if kind == "wrong size" { fields.append(("x-image-meta-size", "77")) }
            let answer = try client.post(copyFrom, source.url, fields)
            #expect(answer.status == 201, "\(answer.text)")
            let queued = try answer.image()
            #expect(queued["status"] == .string("queued"))
            try client.expectStatus("active", of: queued.id)
            let image = try client.detail(queued.id)
            #expect(image["size"] == .int(5))
            #expect(image["checksum"] == .string(dataMD5))
            #expect(image["disk_format"] == (kind == "no formats" ? .null : .string("raw")))
            #expect(image["container_format"] == (kind == "no formats" ? .null : .string("bare")))
            source.behave(.status(500))
            try client.expectImage(queued.id, data)
        }

        @Test("[V1-0189] [V1-0190] a copy of what answers with an error", arguments: [(404, 404), (500, 400)])
        func bad(status: Int, expected: Int) throws {
            let source = try WebSource(data, .status(status))
            defer { source.close() }
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            try client.post(copyFrom, source.url, id: id).expect(expected)
            try client.expectNotCreated(id)
        }

        @Test("[V1-0191] a copy that fails in the background")
        func later() throws {
            let source = try WebSource(data, .status(404))
            defer { source.close() }
            let client = try Glimpse.shared.newProject()
            // Who tells the size is not made to wait for the source.
            let answer = try client.post(copyFrom, source.url, formats + [("x-image-meta-size", "5")])
            #expect(answer.status == 201, "\(answer.text)")
            let id = try answer.image().id
            try client.expectStatus("killed", of: id)
            try Glimpse.shared.expectNoData(of: id)
        }

        @Test(
            "[V1-0193] [V1-0194] copies of what is no source",
            arguments: [
                ("file:///etc/passwd", "External sources are not supported"),
                ("", "External source should not be empty"),
            ])
        func invalid(url: String, text: String) throws {
            let client = try Glimpse.shared.newProject()
            let id = Sample.newID()
            try client.post(copyFrom, url, id: id).expect(400, text)
            try client.expectNotCreated(id)
        }
    }
}
