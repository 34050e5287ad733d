import GlanceHTTP
import ImageModel
import JSONText
import OutboundHTTP
import Testing

@testable import ImageAPI

@Suite struct ImportSourceTests {
    private func source(_ text: String) throws -> ImportSource {
        try ImportSource(try JSONValue(parsing: Array(text.utf8)))
    }

    private func refusal(_ text: String) throws -> APIError? {
        do {
            _ = try source(text)
            return nil
        } catch let error as APIError {
            return error
        }
    }

    @Test func placesInTheirOrder() throws {
        #expect(try source(#"{"uri": "http://a/"}"#).uris == ["http://a/"])
        #expect(try source(#"{"uris": ["http://b/", "http://c/"]}"#).uris == ["http://b/", "http://c/"])
        #expect(try source(#"{"uris": ["http://b/"], "uri": "http://a/"}"#).uris == ["http://a/", "http://b/"])
        #expect(try source("{}").uris == [])
        let many = (1...17).map { "\"http://h/\($0)\"" }.joined(separator: ",")
        for bad in [#"{"uris": []}"#, #"{"uris": "http://a/"}"#, #"{"uris": [5]}"#, "{\"uris\": [\(many)]}"] {
            #expect(try refusal(bad)?.status == 400, "\(bad)")
        }
    }

    @Test func everyPlaceIsFiltered() throws {
        let policy = FetchPolicy()
        #expect(try source(#"{"uris": ["http://a/", "https://b/"]}"#).checkedURIs(policy, files: nil).count == 2)
        for bad in ["ftp://a/", "file:///etc/passwd", "http://a:8080/", "a", ""] {
            let source = try source("{\"uri\": \"http://a/\", \"uris\": [\"\(bad)\"]}")
            #expect(throws: APIError.self) { try source.checkedURIs(policy, files: FileSources()) }
        }
        #expect(throws: APIError.self) { try source("{}").checkedURIs(policy, files: nil) }
    }

    @Test func digestsThatArePromised() throws {
        let md5 = String(repeating: "aB", count: 16)
        let sha256 = String(repeating: "0F", count: 32)
        #expect(
            try source("{\"checksum\": \"\(md5)\"}").claim
                == DigestClaim(algorithm: "md5", value: md5.lowercased()))
        #expect(
            try source("{\"os_hash_algo\": \"sha256\", \"os_hash_value\": \"\(sha256)\"}").claim
                == DigestClaim(algorithm: "sha256", value: sha256.lowercased()))
        #expect(try source("{}").claim == nil)
        for bad in [
            "{\"checksum\": \"\(md5)0\"}", "{\"checksum\": 5}", "{\"os_hash_algo\": \"sha256\"}",
            "{\"os_hash_value\": \"\(sha256)\"}", "{\"os_hash_algo\": \"crc\", \"os_hash_value\": \"00\"}",
            "{\"os_hash_algo\": \"sha512\", \"os_hash_value\": \"\(sha256)\"}",
            "{\"os_hash_algo\": \"sha256\", \"os_hash_value\": \"\(sha256)\", \"checksum\": \"\(md5)\"}",
        ] {
            #expect(try refusal(bad)?.status == 400, "\(bad)")
        }
    }

    @Test func theImagesPropertyPromisesWhereTheRequestDoesNot() throws {
        let value = String(repeating: "0", count: 64)
        var image = Image(id: ImageID.random(), owner: "o")
        #expect(try source("{}").claim(for: image) == nil)
        image.properties = [ImageProperty(name: "expected_digest", value: "SHA256:\(value)")]
        #expect(try source("{}").claim(for: image) == DigestClaim(algorithm: "sha256", value: value))
        let md5 = String(repeating: "1", count: 32)
        #expect(try source("{\"checksum\": \"\(md5)\"}").claim(for: image)?.algorithm == "md5")
        for bad in ["sha256", "sha256:00", "crc32:\(value)", ":\(value)", "\(value)"] {
            image.properties = [ImageProperty(name: "expected_digest", value: bad)]
            #expect(throws: APIError.self) { try source("{}").claim(for: image) }
        }
        image.properties = [ImageProperty(name: "expected_digest", value: nil)]
        #expect(try source("{}").claim(for: image) == nil)
    }

    @Test func whatGlanceDownloadNeeds() throws {
        let caller = Caller(userID: "u", projectID: "p", roles: ["member"])
        let id = ImageID.random()
        let good = try source("{\"glance_region\": \"R\", \"glance_image_id\": \"\(id)\"}").remoteImage(for: caller)
        #expect(good == RemoteImage(region: "R", imageID: id, interface: "public", callerRoles: ["member"]))
        for bad in [
            "{\"glance_image_id\": \"\(id)\"}", #"{"glance_region": "R"}"#,
            #"{"glance_region": "R", "glance_image_id": "x"}"#,
            "{\"glance_region\": \"\", \"glance_image_id\": \"\(id)\"}",
            "{\"glance_region\": \"R\", \"glance_image_id\": \"\(id)\", \"glance_service_interface\": \"secret\"}",
        ] {
            #expect(throws: APIError.self) { try source(bad).remoteImage(for: caller) }
        }
    }
}
