import Glibc
import HTTPServer
import HTTPTypes
import Testing

@Suite struct ManyConnectionsTests {
    /// A thousand connections at once, all of them served, twice; and nothing is left of them.
    @Test func aThousandAtOnce() async throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(limit.rlim_max, 8192)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        try await withServer { port in
            do {
                var clients: [RawClient] = []
                for _ in 0..<1000 { clients.append(try RawClient(port: port)) }
                for round in 0..<2 {
                    for (number, client) in clients.enumerated() {
                        try client.send("GET /\(round)/\(number) HTTP/1.1\r\nHost: a\r\n\r\n")
                    }
                    for (number, client) in clients.enumerated() {
                        #expect(try client.answer().text == "GET /\(round)/\(number)")
                    }
                }
                #expect(DescriptorCensus.connections(of: port) == 2000)
            }
            #expect(waitUntil { DescriptorCensus.connections(of: port) == 0 })
        }
    }

    /// However a connection ends, its descriptor is closed.
    @Test func noDescriptorIsLeft() async throws {
        var options = HTTPServerOptions()
        options.idleSeconds = 0.05
        options.headSeconds = 0.05
        options.stallSeconds = 0.05
        options.lingerIdleSeconds = 0.05
        let port = try await withServer(options) { port in
            let endings: [@Sendable (RawClient) throws -> Void] = [
                { _ in },
                { client in _ = try client.get("/x") },
                { client in try client.send("nonsense\r\n\r\n") },
                { client in try client.send("GET /half HTTP/1.1\r\n") },
                { client in try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf") },
                { client in try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nbad")
                },
                { client in try client.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n") },
                { client in try client.send("GET /close HTTP/1.1\r\nHost: a\r\n\r\n") },
                { client in client.reset() },
                { client in client.close() },
                { client in
                    try client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
                    client.reset()
                },
            ]
            var kept: [RawClient] = []
            for _ in 0..<5 {
                for ending in endings {
                    let client = try RawClient(port: port)
                    try ending(client)
                    kept.append(client)
                }
            }
            // All of them end by themselves: the clients still hold their side.
            #expect(waitUntil { DescriptorCensus.connections(of: port, isServer: true) == 0 })
            kept.removeAll()
            #expect(waitUntil { DescriptorCensus.connections(of: port) == 0 })
            #expect(DescriptorCensus.listeners(on: port) == 1)
            return port
        }
        #expect(DescriptorCensus.listeners(on: port) == 0)
    }
}
