import Testing

@testable import OutboundHTTP

/// Refusals at the moment of connecting, seen from outside: the server must not get a request.
struct AddressGuardTests {
    private static let anyPublicPort = FetchPolicy(allowedPorts: FetchPolicy.anyPort)

    @Test(arguments: [
        "127.0.0.1", "localhost", "LOCALHOST", "2130706433", "0x7f000001", "017700000001", "0177.0.0.1", "0x7f.1",
        "127.1", "127.0.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "0", "[::]", "[::1]",
        "[::ffff:0:0]", "%31%32%37.0.0.1", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]",
    ])
    func thisMachineInAnySpelling(host: String) throws {
        try withServer({ _ in .answer("200 OK", body: "secret") }) { server in
            let fetched = makeFetcher(Self.anyPublicPort).collect("http://\(host):\(server.port)/")
            #expect(outline(fetched.error) == "refused allowed_networks")
            #expect(fetched.body.isEmpty && server.requests.isEmpty && server.connections == 0)
        }
    }

    @Test(arguments: [
        "169.254.169.254", "2852039166", "0xa9fea9fe", "[::ffff:169.254.169.254]", "10.0.0.1", "192.168.1.1",
        "172.16.0.1", "100.100.100.200", "168.63.129.16", "[fd00:ec2::254]", "[fe80::1]", "[fc00::1]", "224.0.0.1",
        "255.255.255.255", "198.18.0.1", "203.0.113.1", "240.0.0.1",
    ])
    func inwardAddresses(host: String) {
        for policy in [FetchPolicy(), FetchPolicy(allowedNetworks: [.loopback])] {
            #expect(
                outline(makeFetcher(policy).headError("http://\(host)/latest/meta-data/")) == "refused allowed_networks"
            )
        }
    }

    @Test
    func wordsDoNotReachLinkLocal() throws {
        let policy = FetchPolicy(allowedNetworks: [.public, .private, .loopback])
        let error = makeFetcher(policy).headError("http://169.254.169.254/")
        #expect(outline(error) == "refused allowed_networks")
        #expect(error?.description.contains("[import_filtering_opts] allowed_networks") == true)
    }

    @Test
    func blockAllowsExactlyItself() throws {
        try withServer({ _ in .answer("200 OK", body: "hello") }) { server in
            let block = try #require(NetworkRule("127.0.0.1/32"))
            let fetcher = makeFetcher(
                FetchPolicy(allowedPorts: FetchPolicy.anyPort, allowedNetworks: [block]))
            #expect(fetcher.collect(server.url()).text == "hello")
            #expect(outline(fetcher.headError("http://127.0.0.2:\(server.port)/")) == "refused allowed_networks")
            #expect(outline(fetcher.headError("http://[::1]:\(server.port)/")) == "refused allowed_networks")
        }
    }

    @Test
    func noNetworksAllowNothing() throws {
        let fetcher = makeFetcher(FetchPolicy(allowedNetworks: []))
        for host in ["127.0.0.1", "10.0.0.1", "8.8.8.8"] {
            #expect(outline(fetcher.headError("http://\(host)/")) == "refused allowed_networks")
        }
    }

    /// The second look, at the connection that stands: whatever opened it.
    @Test(
        arguments: [
            ("127.0.0.1", 80, true), ("::ffff:127.0.0.1", 80, true), ("::1", 80, true), ("127.0.0.1", 81, false),
            ("10.0.0.1", 80, false), ("8.8.8.8", 80, false), ("fe80::1%eth0", 80, false), ("", 80, false),
            ("/run/socket", 80, false),
        ] as [(String, Int32, Bool)])
    func standingConnection(peer: String, port: Int32, expected: Bool) {
        var addressGuard = AddressGuard(policy: loopbackPolicy, port: 80)
        #expect(addressGuard.confirms(peer: peer, port: port) == expected)
        #expect((addressGuard.refused == nil) == expected)
    }

    @Test
    func tlsIsNotSpokenToPlainHTTP() throws {
        try withServer({ _ in .answer("200 OK") }) { server in
            let limits = FetchLimits(connectSeconds: 1)
            let error = makeFetcher(loopbackPolicy, limits).headError("https://127.0.0.1:\(server.port)/")
            #expect(outline(error) == "unreachable")
            #expect(server.requests.isEmpty)
        }
    }
}
