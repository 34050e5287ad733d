import GlanceHTTP
import HTTPWire
import JSONText
import Testing

@testable import ImageAPI

@Suite struct VersionNegotiationTests {
    private static let v1 = "application/vnd.openstack.images-v1"

    @Test(
        arguments: [
            ("/", nil, .document(status: 300)), ("//", nil, .document(status: 300)),
            ("/versions", nil, .document(status: 200)), ("/versions/", nil, .document(status: 200)),
            ("//versions/x", nil, .document(status: 200)), ("/versions", v1, .document(status: 200)),
            ("/v1", nil, .redirect(.v1)), ("/v1.1", nil, .redirect(.v1)), ("/v1/", nil, .api(.v1, path: "/")),
            ("/v1/images", nil, .api(.v1, path: "/images")), ("/v1.0/images", nil, .api(.v1, path: "/images")),
            ("/v1.1/images/", nil, .api(.v1, path: "/images/")), ("//v1//images", nil, .api(.v1, path: "/images")),
            ("/v1/images//x", nil, .api(.v1, path: "/images//x")), ("/v1.2/images", nil, .document(status: 300)),
            ("/V1/images", nil, .document(status: 300)), ("/v2/images", nil, .api(.v2, path: "/images")),
            ("/v2", nil, .redirect(.v2)),
            ("/v2.17/images", nil, .api(.v2, path: "/images")), ("/v2.8/images", nil, .document(status: 300)),
            ("/v3/x", nil, .document(status: 300)), ("/images", nil, .document(status: 300)),
            ("/images", v1, .api(.v1, path: "/images")), ("/images", v1 + ".1", .api(.v1, path: "/images")),
            ("/v1/images", v1, .api(.v1, path: "/v1/images")), ("/", v1, .api(.v1, path: "/")),
            ("/images", "application/vnd.openstack.images-v9", .document(status: 300)),
            ("/images", "text/html, " + v1, .document(status: 300)),
            ("/v1/images", "*/*", .api(.v1, path: "/images")),
        ] as [(String, String?, VersionNegotiation)])
    func outcomes(path: String, accept: String?, outcome: VersionNegotiation) {
        #expect(VersionNegotiation(path: path, accept: accept) == outcome)
    }

    @Test func theDocumentListsBothVersionsWhereBothAreServed() throws {
        let json = try JSONValue(parsing: VersionsDocument.json(APIVersions(), base: "http://h"))
        let entries = try #require(json["versions"]?.array)
        #expect(entries.filter { $0["status"]?.string == "CURRENT" }.map { $0["id"]?.string } == ["v2.17"])
        #expect(entries.map { $0["id"]?.string }.suffix(3) == ["v2.0", "v1.1", "v1.0"])
    }

    @Test func severalStoresWithoutCache() {
        let listed = APIVersions(servesV1: false, hasStores: true).listed
        let minors = [15, 13, 12, 11, 10, 9, 8, 17, 7, 6, 5, 4, 3, 2, 1, 0]
        #expect(listed.map(\.id) == minors.map { "v2.\($0)" })
        #expect(listed.filter { $0.status == "CURRENT" }.map(\.id) == ["v2.17"])
    }

    @Test func theDocumentListsWhatIsServed() throws {
        let json = try JSONValue(parsing: VersionsDocument.json(APIVersions(servesV2: false), base: "http://h"))
        let entries = try #require(json["versions"]?.array)
        #expect(entries.map { $0["id"]?.string } == ["v1.1", "v1.0"])
        #expect(entries.map { $0["status"]?.string } == ["DEPRECATED", "DEPRECATED"])
        for entry in entries {
            #expect(entry["links"] == .array([["rel": .string("self"), "href": .string("http://h/v1/")]]))
        }
    }
}

@Suite struct V1RouterTests {
    @Test(
        arguments: [
            ("GET", "/", .listImages, []), ("DELETE", "/", .listImages, []), ("GET", "/images", .listImages, []),
            ("POST", "/images", .createImage, []), ("GET", "/images/detail", .listImagesInDetail, []),
            ("GET", "/images/i", .downloadImage, ["i"]), ("HEAD", "/images/i", .showImage, ["i"]),
            ("PUT", "/images/i", .updateImage, ["i"]), ("DELETE", "/images/a%20b", .deleteImage, ["a b"]),
            ("GET", "/images/i/members", .listMembers, ["i"]), ("PUT", "/images/i/members", .replaceMembers, ["i"]),
            ("PUT", "/images/i/members/m", .putMember, ["i", "m"]),
            ("DELETE", "/images/i/members/%C3%BC", .deleteMember, ["i", "ü"]),
            ("GET", "/shared-images/m", .listSharedImages, ["m"]),
            ("FOO", "/shared-images/m", .listSharedImages, ["m"]),
        ] as [(String, String, V1API.Action, [String])])
    func routes(method: String, path: String, action: V1API.Action, parameters: [String]) throws {
        let match = try V1API.router.match(method, path)
        #expect(match.action == action)
        #expect(match.parameters == parameters)
    }

    @Test(
        arguments: [
            ("HEAD", "/images", "GET, POST"), ("PUT", "/images", "GET, POST"), ("FOO", "/images", "GET, POST"),
            ("HEAD", "/images/detail", "GET"), ("POST", "/images/detail", "GET, HEAD"),
            ("PUT", "/images/detail", "GET, HEAD"), ("POST", "/images/i", "GET, HEAD, PUT, DELETE"),
            ("PATCH", "/images/i", "GET, HEAD, PUT, DELETE"), ("HEAD", "/images/i/members", "GET, PUT"),
            ("DELETE", "/images/i/members", "GET, PUT"), ("GET", "/images/i/members/m", nil),
            ("HEAD", "/images/i/members/m", "GET, PUT, DELETE"), ("POST", "/images/i/members/m", "GET, PUT, DELETE"),
            ("TRACE", "/images/i", "GET, HEAD, PUT, DELETE"),
        ] as [(String, String, String?)])
    func otherMethodsAreNotAllowed(method: String, path: String, allow: String?) {
        #expect(throws: APIError.methodNotAllowed(allow: allow)) { try V1API.router.match(method, path) }
    }

    @Test(arguments: [
        "/nothing", "/images/", "/images//members", "/images/i/", "/images/i/members/", "/images/i/other",
        "/shared-images", "/shared-images/", "/Images", "/images/a%2Fb", "/images/a%00", "/v1/images",
        "/images/i;x/members/m/n", "/cached_images",
    ])
    func otherPathsAreNotFound(path: String) {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"] {
            #expect(throws: APIError.notFound) { try V1API.router.match(method, path) }
        }
    }

    @Test func unknownMethodsOnUnknownPathsAre501() {
        #expect(throws: APIError.methodUnknown) { try V1API.router.match("FOO", "/nothing") }
    }

    @Test func pathsThatAreNotUTF8AreRefused() {
        for path in ["/images/%FF", "/images/%zz", "/nothing%"] {
            #expect(throws: APIError.notDecodable("path")) { try V1API.router.match("GET", path) }
        }
    }
}

@Suite struct EndpointTests {
    private func base(_ lines: String..., parsesProxyHeaders: Bool = true) throws -> String {
        var options = ImageAPIOptions()
        options.parsesProxyHeaders = parsesProxyHeaders
        let head = try requestHead((["Host: h:9292"] + lines).map { Array($0.utf8) })
        return Endpoint.base(of: head, options: options)
    }

    @Test func itIsTheRequestsOwnHost() throws {
        #expect(try base() == "http://h:9292")
        #expect(try base("X-Forwarded-Host: evil", parsesProxyHeaders: false) == "http://h:9292")
    }

    @Test func proxiesAreHeardWhereTheyAreTrusted() throws {
        #expect(
            try base("X-Forwarded-Proto: https", "X-Forwarded-Host: a.b, c", "X-Forwarded-Prefix: /image/")
                == "https://a.b/image")
        #expect(try base("Forwarded: for=1.2.3.4;proto=https;host=\"x.y:1\", for=z") == "https://x.y:1")
        #expect(try base("X-Forwarded-Proto: gopher", "X-Forwarded-Host: <b>") == "http://localhost")
    }

    @Test func publicEndpointCountsForLinks() throws {
        var options = ImageAPIOptions()
        options.publicEndpoint = "https://images.example.org/"
        #expect(Endpoint.linkBase(of: try requestHead(), options: options) == "https://images.example.org")
    }
}
