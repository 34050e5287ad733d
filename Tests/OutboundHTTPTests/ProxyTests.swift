import Glibc
import Testing

@testable import OutboundHTTP

struct ProxyTests {
    /// What names may be asked of the proxy, on any port; no network at all for what is connected to from here.
    private static let nowhere = FetchPolicy(allowedPorts: FetchPolicy.anyPort, allowedNetworks: [])

    private func fetcher(
        _ server: HostileServer, _ policy: FetchPolicy = nowhere, userinfo: String = "", exceptions: [String] = [],
        connectSeconds: Int = 5
    ) throws -> OutboundFetcher {
        let proxy = try #require(ProxyServer("http://\(userinfo)127.0.0.1:\(server.port)"))
        return OutboundFetcher(
            policy: policy, limits: FetchLimits(connectSeconds: connectSeconds),
            proxies: FetchProxies(http: proxy, https: proxy, exceptions: exceptions), version: "test")
    }

    /// The proxy is where the operator says, and clients' networks do not count for it.
    @Test
    func theProxyIsAskedForTheName() throws {
        try withServer({ _ in .answer("200 OK", ["ETag: \"v1\""], body: "image") }) { server in
            let fetched = try fetcher(server).collect("http://mirror.example/image?x=1")
            #expect(outline(fetched.error) == "none" && fetched.text == "image")
            let request = try #require(server.requests.first)
            #expect(request.target == "http://mirror.example/image?x=1")
            #expect(request.field("host") == "mirror.example")
            #expect(request.field("proxy-authorization") == nil)
        }
    }

    @Test
    func itsPasswordIsForTheProxyAlone() throws {
        try withServer({ _ in .answer("200 OK", body: "image") }) { server in
            let fetcher = try fetcher(server, userinfo: "me:s3cret@")
            #expect(fetcher.collect("http://mirror.example/").text == "image")
            let request = try #require(server.requests.first)
            // "me:s3cret" in Base64.
            #expect(request.field("proxy-authorization") == "Basic bWU6czNjcmV0")
            #expect(request.field("authorization") == nil)
            #expect(!"\(fetcher)".contains("s3cret"))
        }
    }

    @Test
    func tlsGoesThroughATunnel() throws {
        try withServer({ request in
            request.method == "CONNECT"
                ? .text("HTTP/1.1 403 Forbidden\r\nX-Filler: a\r\nContent-Length: 0\r\n\r\n") : .answer("200 OK")
        }) { server in
            let field = try #require(SecretField("X-Auth-Token", "t0ken"))
            let fetched = try fetcher(server).collect("https://mirror.example/image", fields: [field])
            #expect(outline(fetched.error) == "unreachable")
            let request = try #require(server.requests.first)
            #expect(request.method == "CONNECT" && request.target == "mirror.example:443")
            #expect(request.field("x-auth-token") == nil)
            #expect(server.requests.count == 1)
        }
    }

    /// What is spelled out is judged as if it were connected to from here; what has a name is the proxy's to judge.
    @Test(arguments: [
        "127.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "localhost",
        "LOCALHOST", "a.localhost", "10.0.0.1", "localhost.",
    ])
    func inwardAddressesAreNotAskedFor(host: String) throws {
        try withServer({ _ in .answer("200 OK", body: "secret") }) { server in
            let policy = FetchPolicy(allowedPorts: FetchPolicy.anyPort)
            for scheme in ["http", "https"] {
                let fetched = try fetcher(server, policy).collect("\(scheme)://\(host)/")
                #expect(outline(fetched.error) == "refused allowed_networks")
            }
            #expect(server.connections == 0)
        }
    }

    @Test
    func schemeHostAndPortAreJudgedAsEver() throws {
        try withServer({ request in
            request.target.hasSuffix("/start") ? .redirect("http://mirror.example:25/") : .answer("200 OK")
        }) { server in
            var policy = Self.nowhere
            policy.allowedHosts = ["mirror.example"]
            policy.allowedPorts = [80]
            let fetcher = try fetcher(server, policy)
            #expect(outline(fetcher.headError("http://other.example/")) == "refused allowed_hosts")
            #expect(outline(fetcher.headError("http://mirror.example:8080/")) == "refused allowed_ports")
            #expect(server.requests.isEmpty)
            #expect(outline(fetcher.headError("http://mirror.example/start")) == "refused allowed_ports")
            #expect(server.requests.count == 1)
        }
    }

    @Test(
        arguments: [
            ("mirror.example", ["mirror.example"], false), ("mirror.example", ["example"], false),
            ("mirror.example", [".example"], false), ("mirror.example", ["*.example."], false),
            ("mirror.example", ["MIRROR.Example"], false), ("mirror.example", ["*"], false),
            ("mirror.example", ["rror.example", "other"], true), ("mirror.example", [], true),
            ("mirror.example", ["10.0.0.0/8", ".", ""], true), ("10.1.2.3", ["10.0.0.0/8"], false),
            ("10.1.2.3", ["10.1.2.3"], false), ("10.1.2.3", ["10.2.0.0/16", "2.3"], true),
            ("[fd00::1]", ["fd00::/8"], false), ("[fd00::1]", ["fd01::/16"], true),
        ] as [(String, [String], Bool)])
    func exceptions(host: String, exceptions: [String], isProxied: Bool) throws {
        let proxy = try #require(ProxyServer("http://proxy:3128"))
        let proxies = FetchProxies(http: proxy, https: nil, exceptions: exceptions)
        #expect((try proxies.proxy(for: TargetURL("http://\(host)/")) != nil) == isProxied)
        #expect(try proxies.proxy(for: TargetURL("https://\(host)/")) == nil)
    }

    /// What goes past the proxy is guarded by address again.
    @Test
    func exceptionsAreGuarded() throws {
        try withServer({ _ in .answer("200 OK", body: "secret") }) { server in
            let fetcher = try fetcher(server, exceptions: ["localhost", "127.0.0.0/8"])
            for host in ["localhost", "127.0.0.1"] {
                #expect(outline(fetcher.headError("http://\(host):\(server.port)/")) == "refused allowed_networks")
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test(arguments: ["", "proxy:3128", "ftp://proxy", "socks5://proxy:1080", "http://", "http://a b"])
    func noProxyURL(text: String) {
        #expect(ProxyServer(text) == nil)
    }

    @Test
    func environmentDoesNotCount() throws {
        try withServer({ _ in .answer("200 OK", body: "image") }) { server in
            let url = server.url()
            setenv("http_proxy", "http://127.0.0.1:9", 1)
            defer { unsetenv("http_proxy") }
            #expect(makeFetcher().collect(url).text == "image")
        }
    }
}
