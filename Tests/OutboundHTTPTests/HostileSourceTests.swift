import Synchronization
import Testing

@testable import OutboundHTTP

/// Servers that do not mean well, as far as one answer shows it; what becomes of an image then is shown by journeys.
struct HostileSourceTests {
    @Test
    func interimAnswersWithoutEnd() throws {
        let piece = Array("HTTP/1.1 102 Processing\r\n\r\n".utf8)
        try withServer({ _ in .text("HTTP/1.1 100 Continue\r\n\r\n", .stream(piece)) }) { server in
            let fetched = makeFetcher().collect(server.url())
            #expect(outline(fetched.error) == "badResponse" && fetched.response == nil)
            #expect(outline(makeFetcher().headError(server.url())) == "badResponse")
        }
    }

    @Test
    func trailersWithoutEnd() throws {
        let piece = Array("X-Filler: \(String(repeating: "y", count: 100))\r\n".utf8)
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nimage\r\n0\r\n"
        try withServer({ _ in .text(head, .stream(piece)) }) { server in
            #expect(outline(makeFetcher().collect(server.url()).error) == "badResponse")
        }
    }

    /// What comes behind the announced length is not the image's.
    @Test
    func moreThanAnnounced() throws {
        try withServer({ _ in .text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nimage and more") }) { server in
            let fetched = makeFetcher().collect(server.url())
            #expect(outline(fetched.error) == "none" && fetched.text == "image")
        }
    }

    @Test
    func lengthsBeyondTheCap() throws {
        for length in ["1001", "999999999999999999"] {
            try withServer({ _ in .text("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\nabc", .hold) }) {
                server in
                let fetched = makeFetcher(loopbackPolicy, FetchLimits(bytesMax: 1000)).collect(server.url())
                #expect(outline(fetched.error) == "tooLarge 1000" && fetched.body.isEmpty)
            }
        }
    }

    /// The address is looked at anew for each connection: a name that was harmless a moment ago is not let in.
    @Test
    func nameThatMovesInwards() throws {
        try withServer({ _ in .answer("200 OK", body: "secret") }) { server in
            let asked = Mutex(0)
            // 127.0.0.2 stands for a public address here.
            let outside = try #require(NetworkRule("127.0.0.2"))
            var fetcher = makeFetcher(FetchPolicy(allowedPorts: FetchPolicy.anyPort, allowedNetworks: [outside]))
            fetcher.resolver = { _ in
                asked.withLock { count in
                    count += 1
                    return count == 1 ? "127.0.0.2" : "127.0.0.1"
                }
            }
            let url = "http://rebind.example:\(server.port)/"
            // Nobody listens there, which is all that a refusal must not look like.
            #expect(outline(fetcher.headError(url)) == "unreachable")
            let fetched = fetcher.collect(url)
            #expect(outline(fetched.error) == "refused allowed_networks" && fetched.body.isEmpty)
            #expect(asked.withLock { $0 } == 2)
            #expect(server.connections == 0)
        }
    }

    /// The same within one fetch: a redirect to the same name resolves it again.
    @Test
    func nameThatMovesInwardsBetweenRedirects() throws {
        try withServer({ request in
            request.target == "/start" ? .redirect("/next") : .answer("200 OK", body: "secret")
        }) { server in
            let asked = Mutex(0)
            let outside = try #require(NetworkRule("127.0.0.1"))
            var fetcher = makeFetcher(FetchPolicy(allowedPorts: FetchPolicy.anyPort, allowedNetworks: [outside]))
            fetcher.resolver = { _ in
                asked.withLock { count in
                    count += 1
                    return count == 1 ? "127.0.0.1" : "169.254.169.254"
                }
            }
            let fetched = fetcher.collect("http://rebind.example:\(server.port)/start")
            #expect(outline(fetched.error) == "refused allowed_networks" && fetched.body.isEmpty)
            #expect(server.requests.map(\.target) == ["/start"])
        }
    }

    @Test
    func secretFieldsStayWithTheirOrigin() throws {
        try withServer({ _ in .answer("200 OK", body: "image") }) { other in
            let away = other.url()
            try withServer({ request in
                switch request.target {
                case "/start": .redirect("/second")
                default: .redirect(away)
                }
            }) { server in
                let field = try #require(SecretField("X-Auth-Token", "t0ken"))
                #expect(makeFetcher().collect(server.url("/start"), fields: [field]).text == "image")
                #expect(server.requests.map { $0.field("x-auth-token") } == ["t0ken", "t0ken"])
                #expect(other.requests.first?.field("x-auth-token") == nil)
                #expect(!"\(field)".contains("t0ken") && !String(reflecting: field).contains("t0ken"))
            }
        }
    }

    @Test(arguments: ["", " a", "a ", "a\r\nX: y", "a\u{7f}", "é", "a\tb", String(repeating: "a", count: 8193)])
    func valuesThatAreNoFields(value: String) {
        #expect(SecretField("X-Auth-Token", value) == nil)
    }

    /// A service that the operator names is reached wherever it is, and nothing else through it.
    @Test
    func limitedToOneService() throws {
        try withServer({ request in request.target == "/away" ? .redirect("/") : .answer("200 OK", body: "image") }) {
            server in
            let fetcher = try makeFetcher(FetchPolicy()).limited(to: server.url("/glance"))
            #expect(fetcher.collect(server.url("/v2")).text == "image")
            #expect(outline(fetcher.headError("http://127.0.0.2:\(server.port)/")) == "refused allowed_hosts")
            #expect(outline(fetcher.headError("http://127.0.0.1:\(server.port + 1)/")) == "refused allowed_ports")
            #expect(outline(fetcher.headError("https://127.0.0.1:\(server.port)/")) == "refused allowed_schemes")
            #expect(outline(fetcher.headError(server.url("/away"))) == "tooManyRedirects 0")
        }
    }

    @Test
    func documentsAreBounded() throws {
        try withServer({ _ in .answer("200 OK", body: "0123456789") }) { server in
            let document = try makeFetcher().document(server.url(), bytesMax: 10)
            #expect(document == Array("0123456789".utf8))
            #expect(outline(makeFetcher().documentError(server.url(), bytesMax: 9)) == "tooLarge 9")
        }
    }
}
