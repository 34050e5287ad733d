import GlanceHTTP
import HTTPServer
import ImageModel
import Testing

@testable import ImageAPI

private let admin = Caller(userID: "a", projectID: "p", roles: ["admin"], isAdmin: true)
private let member = Caller(userID: "u", projectID: "p", roles: ["member"])

private func image(_ id: String, at url: String = "file:///x", size: Int64 = 5) -> Image {
    var image = Image(id: id, owner: "p")
    image.size = size
    image.locations = [ImageLocation(url: url)]
    return image
}

extension CacheManagement {
    /// Status and body of an answer; nil where the call is left to the API, which answers 404.
    fileprivate func answer(_ method: String, _ path: String, by caller: Caller = admin) throws -> String? {
        guard let response = try respond(to: method, path: path, caller) else { return nil }
        let status = "\(response.status)".prefix(3)
        guard case .bytes(let body) = response.body else { return String(status) }
        return "\(status) \(String(decoding: body, as: UTF8.self))"
    }
}

@Suite struct CacheManagementTests {
    private let cache = CacheManagement(policy: Policy())

    @Test("[V1-0005] [V1-0008] [V1-0011] what was downloaded is listed until it is taken away")
    func cachedImages() throws {
        #expect(try cache.answer("GET", "/cached_images") == #"200 {"cached_images":[]}"#)
        cache.ledger.noteDownload(of: image("b"), at: Timestamp(microseconds: 1_500_000_000_250_000))
        cache.ledger.noteDownload(of: image("b"), at: Timestamp(microseconds: 1_500_000_001_000_000))
        cache.ledger.noteDownload(of: image("a", size: 7), at: Timestamp(microseconds: 1_500_000_002_000_000))
        cache.ledger.noteDownload(of: image("c", at: "http://outside/c"))
        let a = """
            {"image_id":"a","hits":0,"last_accessed":1500000002.0,"last_modified":1500000002.0,"size":7}
            """
        let b = """
            {"image_id":"b","hits":1,"last_accessed":1500000001.0,"last_modified":1500000000.25,"size":5}
            """
        #expect(try cache.answer("GET", "/cached_images") == "200 {\"cached_images\":[\(a),\(b)]}")
        #expect(try cache.answer("DELETE", "/cached_images/a") == "200 null")
        #expect(try cache.answer("DELETE", "/cached_images/unknown") == "200 null")
        #expect(try cache.answer("GET", "/cached_images") == "200 {\"cached_images\":[\(b)]}")
        #expect(try cache.answer("DELETE", "/cached_images") == #"200 {"num_deleted":1}"#)
        #expect(try cache.answer("DELETE", "/cached_images") == #"200 {"num_deleted":0}"#)
    }

    @Test("[V1-0440] [V1-0443] [V1-0446] [V1-0449] what is queued is listed until it is taken away")
    func queuedImages() throws {
        #expect(try cache.answer("GET", "/queued_images") == #"200 {"queued_images":[]}"#)
        for id in ["one", "two%20words", "three", "one"] {
            #expect(try cache.answer("PUT", "/queued_images/\(id)") == "200 null")
        }
        #expect(try cache.answer("GET", "/queued_images") == #"200 {"queued_images":["one","two words","three"]}"#)
        #expect(try cache.answer("DELETE", "/queued_images/three") == "200 null")
        #expect(try cache.answer("DELETE", "/queued_images/three") == "200 null")
        #expect(try cache.answer("DELETE", "/queued_images") == #"200 {"num_deleted":2}"#)
        #expect(try cache.answer("GET", "/queued_images") == #"200 {"queued_images":[]}"#)
    }

    @Test func aDownloadTakesAnImageOutOfTheQueue() throws {
        _ = try cache.answer("PUT", "/queued_images/a")
        cache.ledger.noteDownload(of: image("a"))
        #expect(cache.ledger.queued == [] && cache.ledger.cached.map(\.imageID) == ["a"])
        // What is cached need not be queued again.
        #expect(try cache.answer("PUT", "/queued_images/a") == "200 null")
        #expect(cache.ledger.queued == [])
    }

    private static let calls = [
        ("GET", "/cached_images"), ("DELETE", "/cached_images"), ("DELETE", "/cached_images/i"),
        ("GET", "/queued_images"), ("DELETE", "/queued_images"), ("PUT", "/queued_images/i"),
        ("DELETE", "/queued_images/i"),
    ]

    @Test(
        "[V1-0006] [V1-0009] [V1-0012] [V1-0441] [V1-0444] [V1-0447] [V1-0450] others are refused", arguments: calls)
    func othersAreRefused(method: String, path: String) throws {
        #expect(throws: APIError(403)) { try cache.answer(method, path, by: member) }
        let anonymous = Caller(userID: nil, projectID: nil, isReadOnly: true)
        #expect(throws: APIError(403)) { try cache.answer(method, path, by: anonymous) }
        #expect(cache.ledger.queued == [])
    }

    @Test(
        "[V1-0007] [V1-0010] [V1-0013] [V1-0442] [V1-0445] [V1-0448] [V1-0451] without the flavor there is nothing",
        arguments: calls)
    func withoutTheFlavorThereIsNothing(method: String, path: String) throws {
        #expect(throws: APIError.notFound) { try V1API.router.match(method, path) }
    }

    @Test(arguments: [
        ("keystone+cachemanagement", true), ("cachemanagement", true), ("fakeauth+cachemanagement", true),
        ("fakeauth+caching", false), ("fakeauth", false), ("", false),
    ])
    func theFlavorTellsWhetherThereAreRoutes(flavor: String, expected: Bool) {
        var options = ImageAPIOptions()
        options.flavor = flavor
        #expect(options.managesCache == expected)
    }

    @Test(arguments: [
        ("POST", "/cached_images"), ("PUT", "/cached_images/i"), ("HEAD", "/cached_images"),
        ("GET", "/cached_images/i"),
        ("GET", "/queued_images/i"), ("GET", "/cached_images/"), ("DELETE", "/queued_images/"),
        ("GET", "/cached_images/i/j"), ("GET", "/cached_imagesx"), ("GET", "/images"),
    ])
    func otherCallsAreLeftToTheAPI(method: String, path: String) throws {
        #expect(try cache.answer(method, path) == nil)
        #expect(try cache.answer(method, path, by: member) == nil)
    }

    @Test func thePolicyDecides() throws {
        let file = try PolicyFile(path: "/f", bytes: Array("manage_image_cache: role:member\n".utf8))
        let cache = CacheManagement(policy: Policy(rules: try PolicyRules(file)))
        #expect(try cache.answer("PUT", "/queued_images/i", by: member) == "200 null")
        #expect(throws: APIError(403)) { try cache.answer("PUT", "/queued_images/i", by: admin) }
    }

    @Test func theQueueAndItsIDsAreBounded() throws {
        #expect(throws: APIError.invalidCacheID) {
            try cache.answer("PUT", "/queued_images/" + String(repeating: "x", count: 256))
        }
        for number in 0..<ImageCacheLedger.queuedMax { #expect(cache.ledger.queue("\(number)")) }
        #expect(throws: APIError.cacheQueueFull) { try cache.answer("PUT", "/queued_images/more") }
        #expect(try cache.answer("PUT", "/queued_images/0") == "200 null")
    }

    @Test func theLongestUnusedEntryMakesRoom() {
        for number in 0..<ImageCacheLedger.cachedMax {
            cache.ledger.noteDownload(of: image("\(number)"), at: Timestamp(microseconds: Int64(number)))
        }
        cache.ledger.noteDownload(of: image("0"), at: Timestamp(microseconds: 1_000_000))
        cache.ledger.noteDownload(of: image("new"), at: Timestamp(microseconds: 1_000_001))
        let ids = Set(cache.ledger.cached.map(\.imageID))
        #expect(ids.count == ImageCacheLedger.cachedMax && ids.isSuperset(of: ["0", "new"]) && !ids.contains("1"))
    }
}
