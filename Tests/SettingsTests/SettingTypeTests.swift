import Testing

@testable import Settings

@Suite struct SettingTypeTests {
    private func parsed<Value>(_ type: SettingType<Value>, _ text: String) -> Value? {
        try? type.parse(text)
    }

    private func complaint<Value>(_ type: SettingType<Value>, _ text: String) -> String? {
        do {
            _ = try type.parse(text)
            return nil
        } catch {
            return error.text
        }
    }

    @Test(arguments: ["1", "true", "True", "YES", "on", "t", "Y"])
    func trueWords(text: String) {
        #expect(parsed(.bool, text) == true)
    }

    @Test(arguments: ["0", "false", "False", "NO", "off", "f", "N"])
    func falseWords(text: String) {
        #expect(parsed(.bool, text) == false)
    }

    @Test func otherWordsAreNoBool() {
        #expect(complaint(.bool, "maybe") == "expected true or false, found \"maybe\"")
        #expect(complaint(.bool, "") == "expected true or false, found \"\"")
    }

    @Test(arguments: [
        ("0", 0), ("65535", 65535), ("+7", 7), ("65536", nil), ("-1", nil), ("1.5", nil), ("0x10", nil),
        ("99999999999999999999", nil), ("1 2", nil),
    ])
    func wholeNumbers(text: String, expected: Int?) {
        #expect(parsed(.int(0...65535), text) == expected)
    }

    @Test func numberSaysItsRange() {
        #expect(
            complaint(.int(0...65535), "http") == "expected a whole number from 0 to 65535, found \"http\"")
    }

    @Test(
        arguments: [
            ("512", 512), ("1B", 1), ("1KB", 1024), ("3MB", 3 << 20), ("2GB", 2 << 30), ("1TB", 1 << 40),
            ("1tb", 1 << 40),
            ("8388608TB", nil), ("1K", nil), ("1 GB", nil), ("1.5GB", nil), ("-1", nil), ("GB", nil), ("٣GB", nil),
            ("9223372036854775807", Int64.max), ("9223372036854775808", nil),
        ] as [(String, Int64?)])
    func byteSizes(text: String, expected: Int64?) {
        #expect(parsed(SettingType<Int64>.bytes(0...(.max)), text) == expected)
    }

    @Test func specialNumbersMeanNoLimit() throws {
        #expect(try SettingType<Int64?>.bytesOrZero.parse("0") == nil)
        #expect(try SettingType<Int64?>.bytesOrZero.parse("1KB") == 1024)
        #expect(try SettingType<Int?>.limitOrNegative.parse("-1") == nil)
        #expect(try SettingType<Int?>.limitOrNegative.parse("0") == 0)
        #expect(try SettingType<Int?>.limitOrZero.parse("0") == nil)
        #expect(try SettingType<Int?>.secondsOrNever.parse("0") == nil)
        #expect(try SettingType<Int?>.secondsOrNever.parse("9") == 9)
        #expect(complaint(SettingType<Int?>.secondsOrNever, "-1") != nil)
    }

    @Test(arguments: [
        ("a,b", ["a", "b"]), ("[a, b]", ["a", "b"]), (" a ,, b,", ["a", "b"]), ("", []), ("[]", []),
        ("a,\nb", ["a", "b"]), ("[a", nil), ("a]", nil),
    ])
    func lists(text: String, expected: [String]?) {
        #expect(parsed(.list(of: SettingType<String>.word), text) == expected)
    }

    @Test(
        arguments: [
            ("80,443", [80, 443]), ("[8080]", [8080]), ("*", []), ("80,*", []), ("", []), ("0", nil), ("65536", nil),
            ("http", nil),
        ] as [(String, [UInt16]?)])
    func allowedPorts(text: String, expected: [UInt16]?) {
        #expect(parsed(SettingType<[UInt16]>.portsOrAny, text) == expected)
    }

    @Test func starIsNoDisallowedPort() {
        #expect(complaint(SettingType<[UInt16]>.ports, "*") == "expected a port from 1 to 65535, found \"*\"")
    }

    @Test(arguments: [
        ("public", "public"), ("PRIVATE", "private"), ("loopback", "loopback"), ("10.0.0.0/8", "10.0.0.0/8"),
        ("192.0.2.7", "192.0.2.7"), ("0.0.0.0/0", "0.0.0.0/0"), ("fd00::/8", "fd00::/8"), ("::1", "::1"),
        ("10.0.0.1/8", nil), ("10.0.0.0/33", nil), ("10.0.0/8", nil), ("10.0.0.0/", nil), ("10.0.0.0/+8", nil),
        ("10.0.0.0/8/8", nil), ("fd00::1/8", nil), ("::/129", nil), ("intern", nil), ("/8", nil),
    ])
    func networks(text: String, expected: String?) {
        #expect(parsed(.networkRule, text) == expected)
    }

    @Test(arguments: [
        ("sqlite:////var/lib/glance.sqlite", "/var/lib/glance.sqlite"),
        ("sqlite+pysqlite:////a", "/a"),
        ("sqlite:///a", nil), ("sqlite://", nil), ("sqlite:////a?timeout=1", nil), ("sqlite:////a/", nil),
        ("sqlite:////", nil), ("/var/lib/glance.sqlite", nil), ("mysql://glance:pw@db/glance", nil),
    ])
    func databases(text: String, expected: String?) {
        #expect(parsed(.sqliteURL, text) == expected)
    }

    @Test func refusedDatabaseDoesNotShowItsPassword() throws {
        let text = try #require(complaint(.sqliteURL, "mysql+pymysql://glance:hunter2@db/glance"))
        #expect(!text.contains("hunter2"))
        #expect(text.contains("mysql+pymysql:"))
        let bare = try #require(complaint(.sqliteURL, "hunter2"))
        #expect(!bare.contains("hunter2"))
    }

    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("::", "::"), ("[::1]", "::1"), ("fe80::1%eth0", "fe80::1%eth0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6"), ("glance.example.org", "glance.example.org"),
        ("127.0.0.1:9292", nil), ("a b", nil), ("", nil), ("http://x", nil),
    ])
    func bindHosts(text: String, expected: String?) {
        #expect(parsed(.bindHost, text) == expected)
    }

    @Test func wildcardToConnectToIsThisMachine() {
        #expect(parsed(.connectHost, "0.0.0.0") == "127.0.0.1")
        #expect(parsed(.connectHost, "::") == "::1")
        #expect(parsed(.connectHost, "registry") == "registry")
    }

    @Test(arguments: [
        ("http://a", true), ("HTTPS://a:1/b", true), ("ftp://a", false), ("http://", false), ("http:///x", false),
        ("a.example", false), ("http://a b", false),
    ])
    func urls(text: String, isGood: Bool) {
        #expect((parsed(.httpURL, text) != nil) == isGood)
    }

    @Test func pathsAreAbsoluteAndSocketsShort() {
        #expect(parsed(.absolutePath, "/a") == "/a")
        #expect(complaint(.absolutePath, "a") == "expected an absolute path, found \"a\"")
        #expect(parsed(.socketPath, "/" + String(repeating: "s", count: 106)) != nil)
        #expect(parsed(.socketPath, "/" + String(repeating: "s", count: 107)) == nil)
    }

    @Test func longValuesAreClipped() throws {
        let text = try #require(complaint(.bool, String(repeating: "x", count: 5000)))
        #expect(text.count < 200)
    }
}
