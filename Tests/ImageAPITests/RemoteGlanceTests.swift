import ImageModel
import OutboundHTTP
import Testing

@testable import ImageAPI

@Suite struct RemoteGlanceTests {
    private let fetcher = OutboundFetcher(policy: FetchPolicy(), version: "test")

    @Test(arguments: [
        ("http://h:9292", "http://h:9292"), ("http://h:9292/", "http://h:9292"), ("http://h/image", "http://h/image"),
        ("http://h/image/v2", "http://h/image"), ("http://h/v2.5/", "http://h"),
        ("http://h/image/v", "http://h/image/v"),
        ("http://h/very", "http://h/very"),
    ])
    func basesHaveNoVersion(endpoint: String, base: String) {
        #expect(RemoteSource.base(of: endpoint) == base)
        #expect(RemoteSource.dataURL(of: "i", at: endpoint) == "\(base)/v2/images/i/file")
    }

    @Test func aTokenGoesWhereItShould() throws {
        let url = RemoteSource.dataURL(of: "i", at: "http://h:9292")
        var remote = RemoteGlance(region: "R", endpoint: "http://h:9292/v2")
        let anonymous = try RemoteSource(dataURL: url, configured: remote, token: "t", fetcher: fetcher)
        #expect(anonymous.fields.isEmpty && anonymous.url == "http://h:9292/v2/images/i")
        #expect(anonymous.dataURL == url)
        remote.getsCallersToken = true
        #expect(try RemoteSource(dataURL: url, configured: remote, token: "t", fetcher: fetcher).fields.count == 1)
        #expect(try RemoteSource(dataURL: url, configured: remote, token: nil, fetcher: fetcher).fields.isEmpty)
        #expect(try RemoteSource(dataURL: url, configured: nil, token: "t", fetcher: fetcher).fields.count == 1)
        // The operator has named another place meanwhile.
        remote.endpoint = "http://other:9292"
        #expect(throws: FetchError.self) {
            try RemoteSource(dataURL: url, configured: remote, token: "t", fetcher: fetcher)
        }
    }

    @Test func aLoginGoesWithTheURL() throws {
        var remote = RemoteGlance(region: "R", endpoint: "http://h:9292")
        remote.login = RemoteGlance.Login(user: "a:b", password: "p@ss/w")
        let source = try RemoteSource(
            dataURL: RemoteSource.dataURL(of: "i", at: remote.endpoint), configured: remote, token: "t",
            fetcher: fetcher)
        #expect(source.url == "http://a%3Ab:p%40ss%2Fw@h:9292/v2/images/i" && source.fields.isEmpty)
        #expect(!"\(remote)".contains("p@ss") && !String(reflecting: remote).contains("p@ss"))
    }

    private func describe(_ text: String, _ prefixes: [String] = ["hw_", "os_"]) throws -> RemoteImageDescription {
        try RemoteImageDescription(Array(text.utf8), prefixes: prefixes, options: ImageAPIOptions())
    }

    @Test func whatIsTakenOver() throws {
        let md5 = String(repeating: "a", count: 32)
        let image = try describe(
            """
            {"status": "active", "size": 7, "disk_format": "qcow2", "container_format": "bare", "checksum": "\(md5)",
             "hw_disk_bus": "scsi", "os_distro": "debian", "other": "x", "os_hidden": true, "hw_number": 5,
             "os_glance_import_task": "x", "os_hash_algo": null, "os_hash_value": null, "owner": "them", "id": "i"}
            """)
        #expect(image.size == 7 && image.diskFormat == "qcow2" && image.containerFormat == "bare")
        #expect(image.properties.map(\.name) == ["hw_disk_bus", "os_distro"])
        #expect(image.claim == DigestClaim(algorithm: "md5", value: md5))
        let sha = String(repeating: "b", count: 128)
        let hashed = try describe(
            "{\"status\": \"active\", \"size\": 7, \"os_hash_algo\": \"sha512\", \"os_hash_value\": \"\(sha)\"}")
        #expect(hashed.claim == DigestClaim(algorithm: "sha512", value: sha) && hashed.diskFormat == nil)
        // Not even where the operator asks for all.
        #expect(
            try describe(#"{"status": "active", "size": 1, "owner": "x", "name": "y", "id": "z"}"#, [""]).properties
                == [])
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"status": "queued", "size": 1}"#, #"{"status": "active"}"#,
        #"{"status": "active", "size": "7"}"#, #"{"status": "active", "size": -1}"#,
        #"{"status": "active", "size": 7, "disk_format": "floppy"}"#,
        #"{"status": "active", "size": 7, "container_format": "crate"}"#,
    ])
    func whatIsRefused(text: String) {
        #expect(throws: RemoteImageDescription.Refusal.self) { try describe(text) }
    }
}
