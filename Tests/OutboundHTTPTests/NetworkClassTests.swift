import Testing

@testable import OutboundHTTP

struct NetworkClassTests {
    @Test(arguments: [
        ("8.8.8.8", "public"), ("1.1.1.1", "public"), ("9.255.255.255", "public"), ("11.0.0.0", "public"),
        ("100.63.255.255", "public"), ("100.128.0.0", "public"), ("126.255.255.255", "public"),
        ("128.0.0.0", "public"), ("169.253.255.255", "public"), ("169.255.0.0", "public"),
        ("172.15.255.255", "public"), ("172.32.0.0", "public"), ("192.167.255.255", "public"),
        ("192.169.0.0", "public"), ("192.0.1.0", "public"), ("198.17.255.255", "public"), ("198.20.0.0", "public"),
        ("223.255.255.255", "public"), ("168.63.129.15", "public"),
        ("0.0.0.0", "special"), ("0.255.255.255", "special"),
        ("10.0.0.0", "private"), ("10.255.255.255", "private"),
        ("100.64.0.0", "special"), ("100.100.100.200", "special"), ("100.127.255.255", "special"),
        ("127.0.0.1", "loopback"), ("127.255.255.255", "loopback"),
        ("168.63.129.16", "special"),
        ("169.254.0.0", "special"), ("169.254.169.254", "special"), ("169.254.255.255", "special"),
        ("172.16.0.0", "private"), ("172.31.255.255", "private"),
        ("192.0.0.0", "special"), ("192.0.0.192", "special"), ("192.0.2.1", "special"),
        ("192.88.99.1", "special"), ("192.168.0.0", "private"), ("192.168.255.255", "private"),
        ("198.18.0.0", "special"), ("198.19.255.255", "special"),
        ("198.51.100.7", "special"), ("203.0.113.7", "special"),
        ("224.0.0.1", "special"), ("239.255.255.255", "special"),
        ("240.0.0.0", "special"), ("255.255.255.254", "special"), ("255.255.255.255", "special"),
        ("2606:4700:4700::1111", "public"), ("2a00:1450::1", "public"), ("2001:4860:4860::8888", "public"),
        ("2003::1", "public"), ("3ffe::1", "public"),
        ("::", "special"), ("::1", "loopback"), ("::2", "special"), ("::7f00:1", "special"),
        ("::8.8.8.8", "special"), ("::ffff:0:8.8.8.8", "special"),
        ("::ffff:8.8.8.8", "public"), ("::ffff:127.0.0.1", "loopback"), ("::ffff:10.1.2.3", "private"),
        ("::ffff:169.254.169.254", "special"), ("::ffff:0.0.0.0", "special"),
        ("64:ff9b::8.8.8.8", "public"), ("64:ff9b::10.0.0.1", "special"), ("64:ff9b::127.0.0.1", "special"),
        ("64:ff9b::169.254.169.254", "special"), ("64:ff9b:1::8.8.8.8", "special"),
        ("64:ff9b::1:8.8.8.8", "special"),
        ("2002:808:808::1", "public"), ("2002:a00:1::1", "special"), ("2002:7f00:1::", "special"),
        ("2002:a9fe:a9fe::", "special"),
        ("2001::1", "special"), ("2001:0:808:808::1", "special"), ("2001:2::1", "special"),
        ("2001:20::1", "special"), ("2001:1ff::1", "special"), ("2001:200::1", "public"),
        ("2001:db8::1", "special"), ("3fff::1", "special"), ("3fff:fff::1", "special"), ("3fff:1000::1", "public"),
        ("fc00::1", "private"), ("fdff::1", "private"), ("fd00:ec2::254", "special"), ("fd20:ce::254", "special"),
        ("fd00:c1::a9fe:a9fe", "special"),
        ("fe80::1", "special"), ("fe80::a9fe:a9fe", "special"), ("febf::1", "special"), ("fec0::1", "special"),
        ("ff02::1", "special"), ("100::1", "special"), ("4000::1", "special"), ("5f00::1", "special"),
        ("1fff::1", "special"), ("fe00::1", "special"),
    ])
    func classOfAddress(text: String, expected: String) throws {
        let address = try #require(NetworkAddress(text))
        switch NetworkClass(address) {
        case .special: #expect(expected == "special")
        case let other: #expect(other.description == expected)
        }
    }

    @Test(arguments: [
        ("public", "8.8.8.8", true), ("PUBLIC", "8.8.8.8", true), ("public", "10.0.0.1", false),
        ("private", "10.0.0.1", true), ("private", "100.64.0.1", false), ("private", "169.254.169.254", false),
        ("private", "fd00:ec2::254", false), ("private", "127.0.0.1", false), ("private", "64:ff9b::a00:1", false),
        ("loopback", "127.3.2.1", true), ("loopback", "::1", true), ("loopback", "::ffff:127.0.0.1", true),
        ("loopback", "0.0.0.0", false),
        ("169.254.169.254", "169.254.169.254", true), ("169.254.169.254/32", "169.254.169.253", false),
        ("10.1.0.0/16", "10.1.255.255", true), ("10.1.0.0/16", "10.2.0.0", false),
        ("10.1.0.0/16", "::ffff:10.1.0.1", true), ("10.0.0.0/8", "64:ff9b::10.0.0.1", false),
        ("10.1.0.0/16", "fd00::1", false), ("100.64.0.0/10", "100.100.100.200", true),
        ("0.0.0.0/0", "10.0.0.1", true), ("0.0.0.0/0", "fd00::1", false),
        ("::/0", "fd00::1", true), ("::/0", "::ffff:10.0.0.1", false),
        ("fe80::/10", "fe80::1", true), ("fd00:1::/32", "fd00:1:2::3", true), ("fd00:1::/32", "fd00:2::3", false),
        ("::ffff:10.0.0.0/104", "10.9.9.9", true), ("::ffff:10.0.0.1", "10.0.0.1", true),
    ])
    func ruleMatches(rule: String, address: String, expected: Bool) throws {
        let rule = try #require(NetworkRule(rule))
        #expect(rule.matches(try #require(NetworkAddress(address))) == expected)
    }

    @Test(arguments: [
        "", " ", "all", "public ", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/+8",
        "10.0.0.0/08", "10.0.0.0/8/8", "/8", "10.0.0/8", "10.0.0.256", "010.0.0.0/8", "0x0a000000", "2130706433",
        "fd00::/129", "fd00::1/64", "[fd00::]/8", "fe80::1%eth0", "example.com", "10.0.0.0/8,public", "10.0.0.0/٨",
    ])
    func badRule(text: String) {
        #expect(NetworkRule(text) == nil)
    }
}
