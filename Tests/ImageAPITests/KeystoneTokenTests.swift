import ImageModel
import Testing

@testable import ImageAPI

@Suite struct KeystoneTokenTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:01.000000Z", 1),
            ("2000-02-29T23:59:59.999999Z", 951_868_799),
            ("2026-11-23T15:49:12.937555Z", 1_795_448_952), ("2100-03-01T00:00:00Z", 4_107_542_400),
        ] as [(String, Int64)])
    func times(text: String, seconds: Int64) {
        #expect(Timestamp(keystone: text)?.microseconds == seconds * 1_000_000)
    }

    @Test(arguments: [
        "", "2026-11-23", "2026-11-23T15:49:12", "2026-13-23T15:49:12Z", "2026-11-23 15:49:12.000Z",
        "2026-11-23T15:49:12+00:00", "20x6-11-23T15:49:12Z",
    ])
    func noTimes(text: String) {
        #expect(Timestamp(keystone: text) == nil)
    }

    @Test func aTokenIsRead() throws {
        let text = #"""
            {"token": {"user": {"id": "u", "name": "n"}, "project": {"id": "p"}, "roles": [{"id": "1", "name": "Member"}],
            "expires_at": "2026-11-23T15:49:12.000000Z"}}
            """#
        let token = try #require(KeystoneToken(Array(text.utf8)))
        #expect(token.userID == "u" && token.projectID == "p" && token.roles == ["Member"])
        for other in ["", "{}", "[]", #"{"token": {"user": {"id": "u"}}}"#] {
            #expect(KeystoneToken(Array(other.utf8)) == nil)
        }
    }

    @Test(
        arguments: [
            ("http://k:5000", "http://k:5000/v3"), ("http://k/identity/", "http://k/identity/v3"),
            ("http://k:5000/v3/", "http://k:5000/v3"), ("http://k:5000/v2.0", "http://k:5000/v3"),
        ])
    func theBaseOfVersionThree(given: String, base: String) {
        var options = KeystoneOptions()
        options.authURL = given
        #expect(options.v3 == base)
    }
}
