import Testing

@testable import OutboundHTTP

struct RedirectTests {
    /// `/start` redirects to the location, everything else is the image.
    private static func redirecting(
        to location: String, _ status: String = "302 Found"
    ) -> @Sendable (HostileServer.Request) -> HostileServer.Reply {
        { $0.target == "/start" ? .redirect(location, status) : .answer("200 OK", body: "image") }
    }

    @Test(arguments: [
        ("/image", "/image"), ("image?x=1", "/image?x=1"), ("../image#f", "/image"), ("?q", "/start?q"),
        ("//127.0.0.1:PORT/other", "/other"), ("http://127.0.0.1:PORT/other", "/other"),
    ])
    func allowedPath(location: String, target: String) throws {
        // The port is known only when the server runs: it answers with its own Host.
        let reply: @Sendable (HostileServer.Request) -> HostileServer.Reply = { request in
            let port = request.field("host")?.split(separator: ":").last.map(String.init) ?? ""
            let place = location.split(separator: "PORT", omittingEmptySubsequences: false).joined(separator: port)
            return request.target == "/start" ? .redirect(place) : .answer("200 OK", body: "image")
        }
        try withServer(reply) { server in
            let fetched = makeFetcher().collect(server.url("/start"))
            #expect(outline(fetched.error) == "none" && fetched.text == "image")
            #expect(fetched.response?.finalURL == server.url(target))
            #expect(server.requests.map(\.target) == ["/start", target])
            let source = try makeFetcher().head(server.url("/start"))
            #expect(source.size == 5)
        }
    }

    @Test(arguments: ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
    func everyKindKeepsTheMethod(status: String) throws {
        try withServer(Self.redirecting(to: "/image", status)) { server in
            _ = try makeFetcher().head(server.url("/start"))
            #expect(server.requests.map(\.method) == ["HEAD", "HEAD"])
        }
    }

    @Test(arguments: [
        ("http://169.254.169.254/latest/", "refused allowed_networks"),
        ("//169.254.169.254/latest/", "refused allowed_networks"),
        ("http://10.0.0.1/", "refused allowed_networks"), ("http://[fe80::1]/", "refused allowed_networks"),
        ("http://2852039166/", "refused allowed_networks"),
        ("file:///etc/passwd", "refused allowed_schemes"), ("gopher://127.0.0.1/", "refused allowed_schemes"),
        ("ftp://127.0.0.1/", "refused allowed_schemes"), ("http://evil/", "refused disallowed_hosts"),
        ("http://127.0.0.1:25/", "refused disallowed_ports"),
        ("http://a b/", "badResponse"), ("http:///", "badResponse"), ("http://[zz]/", "badResponse"),
        ("http://tom:s3cret@127.0.0.1/", "badResponse"), ("", "badResponse"), ("/é", "badResponse"),
    ])
    func refused(location: String, expected: String) throws {
        var policy = loopbackPolicy
        policy.disallowedHosts = ["evil"]
        policy.disallowedPorts = [25]
        try withServer(Self.redirecting(to: location)) { server in
            let fetched = makeFetcher(policy).collect(server.url("/start"))
            #expect(outline(fetched.error) == expected)
            #expect(fetched.body.isEmpty && server.requests.count == 1)
            #expect(fetched.error?.description.contains("s3cret") == false)
        }
    }

    @Test(arguments: [
        ("https://h/a", "http://h/a", "refused always"), ("https://h/a", "HTTP://other/", "refused always"),
        ("https://h/a", "https://other/", "https://other/"), ("https://h/a", "//other/b", "https://other/b"),
        ("https://h/a", "/b", "https://h/b"), ("http://h/a", "https://h/a", "https://h/a"),
        ("http://tom:s3cret@h/a", "/b", "http://h/b"), ("http://h/a", "http://tom@h/b", "badResponse"),
        ("http://h:81/a/b?q", "c", "http://h:81/a/c"),
    ])
    func resolution(from: String, location: String, expected: String) throws {
        let url = try TargetURL(from)
        do {
            let next = try url.redirected(to: location)
            #expect(next.text == expected)
        } catch {
            #expect(outline(error) == expected)
        }
    }

    @Test
    func otherLoopbackAddressOrPortThanAllowed() throws {
        try withServer({ _ in .answer("200 OK", body: "secret") }) { inner in
            let port = inner.port
            try withServer(Self.redirecting(to: "http://127.0.0.1:\(port)/")) { outer in
                let policy = FetchPolicy(allowedPorts: [outer.port], allowedNetworks: [.loopback])
                #expect(outline(makeFetcher(policy).collect(outer.url("/start")).error) == "refused allowed_ports")
            }
            try withServer(Self.redirecting(to: "http://127.0.0.2:\(port)/")) { outer in
                let one = try #require(NetworkRule("127.0.0.1"))
                let policy = FetchPolicy(allowedPorts: FetchPolicy.anyPort, allowedNetworks: [one])
                #expect(outline(makeFetcher(policy).collect(outer.url("/start")).error) == "refused allowed_networks")
            }
            #expect(inner.requests.isEmpty)
        }
    }

    @Test(arguments: [0, 1, 5])
    func loopEnds(redirectsMax: Int) throws {
        try withServer({ _ in .redirect("/start") }) { server in
            let fetcher = makeFetcher(loopbackPolicy, FetchLimits(redirectsMax: redirectsMax))
            #expect(outline(fetcher.headError(server.url("/start"))) == "tooManyRedirects \(redirectsMax)")
            #expect(server.requests.count == redirectsMax + 1)
        }
    }

    @Test
    func bodyOfARedirectIsNotRead() throws {
        let piece = [UInt8](repeating: 7, count: 65536)
        try withServer({ request in
            request.target == "/start"
                ? .text("HTTP/1.1 302 Found\r\nLocation: /image\r\n\r\n", .stream(piece))
                : .answer("200 OK", body: "image")
        }) { server in
            #expect(makeFetcher().collect(server.url("/start")).text == "image")
        }
    }

    @Test
    func credentialsStayWithTheirHost() throws {
        try withServer({ _ in .answer("200 OK", body: "image") }) { other in
            let away = other.url()
            try withServer({ request in
                switch request.target {
                case "/start": .redirect("/second")
                case "/second": .redirect(away)
                default: .answer("200 OK")
                }
            }) { server in
                let url = "http://tom:s3cr%65t@127.0.0.1:\(server.port)/start"
                let fetched = makeFetcher().collect(url)
                #expect(fetched.text == "image")
                #expect(fetched.response?.finalURL == away)
                // "tom:s3cret" in Base64.
                #expect(
                    server.requests.map { $0.field("authorization") }
                        == Array(repeating: "Basic dG9tOnMzY3JldA==", count: 2))
                #expect(other.requests.count == 1 && other.requests.first?.field("authorization") == nil)
            }
        }
    }

    @Test
    func errorsOfTheNetworkHoldNoCredentials() throws {
        let server = try HostileServer { _ in .answer("200 OK") }
        server.stop()
        for host in ["127.0.0.1", "10.0.0.1"] {
            let error = try #require(makeFetcher().headError("http://tom:s3cret@\(host):\(server.port)/"))
            for text in [error.description, String(describing: error), String(reflecting: error)] {
                #expect(!text.contains("s3cret") && !text.contains("tom"))
            }
        }
    }
}
