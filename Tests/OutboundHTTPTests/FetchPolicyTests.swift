import OutboundHTTP
import Testing

struct FetchPolicyTests {
    private static func outcome(_ policy: FetchPolicy, _ url: String) -> String {
        do {
            try policy.check(url)
            return "none"
        } catch {
            return outline(error)
        }
    }

    @Test(arguments: [
        ("http://example.com/a", "none"), ("https://example.com", "none"), ("HTTP://example.com/", "none"),
        ("http://example.com:80/", "none"), ("https://example.com:443/", "none"), ("http://example.com:443/", "none"),
        ("http://example.com:8080/", "refused allowed_ports"), ("http://example.com:22/", "refused allowed_ports"),
        ("ftp://example.com/", "refused allowed_schemes"), ("file:///etc/passwd", "refused allowed_schemes"),
        ("gopher://example.com:80/", "refused allowed_schemes"),
        ("swift+https://example.com/", "refused allowed_schemes"),
        ("http://user:secret@example.com/", "none"),
    ])
    func defaults(url: String, expected: String) {
        #expect(Self.outcome(FetchPolicy(), url) == expected)
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let policy: FetchPolicy
        let url: String
        let expected: String
        var testDescription: String { "\(url): \(expected)" }

        init(_ policy: FetchPolicy, _ url: String, _ expected: String) {
            (self.policy, self.url, self.expected) = (policy, url, expected)
        }
    }

    @Test(arguments: [
        Row(FetchPolicy(allowedSchemes: ["https"]), "http://h/", "refused allowed_schemes"),
        Row(FetchPolicy(allowedSchemes: ["HTTPS"]), "https://h/", "none"),
        Row(FetchPolicy(allowedSchemes: ["http"], disallowedSchemes: ["http"]), "http://h/", "none"),
        Row(FetchPolicy(allowedSchemes: [], disallowedSchemes: ["http"]), "http://h/", "refused disallowed_schemes"),
        Row(FetchPolicy(allowedSchemes: [], disallowedSchemes: ["http"]), "https://h/", "none"),
        Row(FetchPolicy(allowedSchemes: []), "ftp://h/", "refused always"),
        Row(FetchPolicy(allowedSchemes: ["ftp"]), "ftp://h/", "refused always"),
        Row(FetchPolicy(allowedSchemes: []), "file:///etc/passwd", "refused always"),

        Row(FetchPolicy(allowedHosts: ["images.lab"]), "http://images.lab/", "none"),
        Row(FetchPolicy(allowedHosts: ["Images.Lab."]), "http://IMAGES.lab/", "none"),
        Row(FetchPolicy(allowedHosts: ["images.lab"]), "http://x.images.lab/", "refused allowed_hosts"),
        Row(FetchPolicy(allowedHosts: ["images.lab"]), "http://images.lab@evil/", "refused allowed_hosts"),
        Row(FetchPolicy(allowedHosts: ["images.lab"]), "http://evil/images.lab", "refused allowed_hosts"),
        Row(FetchPolicy(allowedHosts: ["images.lab"]), "http://evil#@images.lab/", "refused allowed_hosts"),
        Row(FetchPolicy(allowedHosts: ["a"], disallowedHosts: ["a"]), "http://a/", "none"),
        Row(FetchPolicy(disallowedHosts: ["evil"]), "http://evil/", "refused disallowed_hosts"),
        Row(FetchPolicy(disallowedHosts: ["evil"]), "http://EVIL./", "refused disallowed_hosts"),
        Row(FetchPolicy(disallowedHosts: ["evil"]), "http://%65vil/", "refused disallowed_hosts"),
        Row(FetchPolicy(disallowedHosts: ["evil"]), "http://good/", "none"),
        Row(FetchPolicy(disallowedHosts: ["127.0.0.1"]), "http://2130706433/", "refused disallowed_hosts"),
        Row(FetchPolicy(disallowedHosts: ["127.0.0.1"]), "http://0x7f.1/", "refused disallowed_hosts"),
        Row(FetchPolicy(disallowedHosts: ["127.0.0.1"]), "http://[::ffff:7f00:1]/", "refused disallowed_hosts"),
        Row(FetchPolicy(disallowedHosts: ["[2001:db8::1]"]), "http://[2001:DB8:0::1]/", "refused disallowed_hosts"),

        Row(FetchPolicy(allowedPorts: [8080]), "http://h:8080/", "none"),
        Row(FetchPolicy(allowedPorts: [8080]), "http://h:80/", "refused allowed_ports"),
        Row(FetchPolicy(allowedPorts: [8080]), "http://h/", "none"),
        Row(FetchPolicy(allowedPorts: FetchPolicy.anyPort), "http://h:1/", "none"),
        Row(FetchPolicy(allowedPorts: [80], disallowedPorts: [80]), "http://h:80/", "none"),
        Row(FetchPolicy(allowedPorts: [], disallowedPorts: [22]), "http://h:22/", "refused disallowed_ports"),
        Row(FetchPolicy(allowedPorts: [], disallowedPorts: [22]), "http://h:23/", "none"),
    ])
    func lists(row: Row) {
        #expect(Self.outcome(row.policy, row.url) == row.expected)
    }

    @Test(arguments: [
        "", "example.com", "/image", "//example.com/", "http:", "http:/", "http://", "http:///", "http:///127.0.0.1/",
        "http:/127.0.0.1/", "http:127.0.0.1", "http://:80/", "http://u:p@/", "http://@/", "http://./",
        "http://h:0/", "http://h:65536/", "http://h:80x/", "http://h:-1/",
        "http://h/a b", " http://h/", "http://h/\r\nX: y", "http://h/\u{0}", "http://h/\u{7f}", "http://h\\@x/",
        "http://hé/", "http://h/é", "http://a%0ab/", "http://a%00b/", "http://a%20b/", "http://a%2fb/", "http://a%40b/",
        "http://u%0a:p@h/", "http://u:p%00@h/", "http://[::1/", "http://[::1%25lo]/", "http://[fe80::1%25eth0]/",
        "http://[zz]/", "http://[1.2.3.4]/", "http://" + String(repeating: "a", count: 2048),
        "http://" + String(repeating: "a", count: 256) + "/",
    ])
    func malformed(url: String) {
        #expect(Self.outcome(FetchPolicy(allowedPorts: []), url) == "malformed")
    }

    @Test(arguments: [
        "http://tom:s3cret@h:99999/", "http://tom:s3cret@h:22/", "ftp://tom:s3cret@h/", "http://tom:s3cret@evil/",
        "http://tom:s3cret@a b/", "http://tom:s3cret@[zz]/", "http://tom:s3cret@/",
    ])
    func errorsHoldNoCredentials(url: String) throws {
        let policy = FetchPolicy(disallowedHosts: ["evil"])
        let error = try #require(throws: FetchError.self) { try policy.check(url) }
        #expect(!error.description.contains("s3cret") && !error.description.contains("tom"))
        #expect(!"\(error)".contains("s3cret") && !String(reflecting: error).contains("s3cret"))
    }

    @Test
    func errorNamesTheOption() {
        let error = FetchError.refused(option: .allowedPorts, reason: "port 22")
        #expect(error.description == "port 22, refused by [import_filtering_opts] allowed_ports")
    }
}
