import HTTPClient
import HTTPServer
import HTTPTypes
import HTTPWire
import Posix
import Testing

/// Our own client against our own server.
@Suite struct KeepAliveClientTests {
    private func client(_ port: Int, _ options: KeepAliveClient.Options = .init()) throws -> KeepAliveClient {
        KeepAliveClient(
            group: Shared.group, address: try SocketAddress(host: "127.0.0.1", port: port), options: options)
    }

    @Test func exchangesOverOneConnection() async throws {
        let (server, port) = try await startServer()
        let client = try client(port)
        let loop = Shared.group.loops[0]
        try await Task(executorPreference: loop) { () async throws in
            for count in [0, 1, 20_000, 1_000_000] {
                let answer = try await client.post("/echo", fields: ["X-A: b"], body: pattern(count))
                #expect(answer.status == 200)
                expectPattern(answer.body, count)
            }
        }.value
        #expect(DescriptorCensus.connections(of: port, isServer: true) == 1)
        await server.stop(by: .after(seconds: 10))
    }

    @Test func aConnectionThatTheServerClosedIsReplaced() async throws {
        let (first, port) = try await startServer()
        let client = try client(port)
        let loop = Shared.group.loops[1]
        let exchange: @Sendable () async throws -> [UInt8] = {
            try await client.post("/echo", fields: [], body: [1]).body
        }
        #expect(try await Task(executorPreference: loop, operation: exchange).value == [1])
        // It ends the connection, which is idle; the client's loop may not have seen it when it is to be used.
        await first.stop(by: .after(seconds: 30))
        let (second, _) = try await startServer(port: port)
        #expect(try await Task(executorPreference: loop, operation: exchange).value == [1])
        await second.stop(by: .after(seconds: 30))
    }

    @Test func manyAtOnceFromAnywhere() async throws {
        let (server, port) = try await startServer()
        let client = try client(port)
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<200 {
                group.addTask { try await client.post("/echo", fields: [], body: pattern(number)).body.count }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 199 * 200 / 2)
        await server.stop(by: .after(seconds: 10))
    }

    @Test func failuresTellHowFarItCame() async throws {
        let handler: RequestHandler = { request in
            switch request.head.path {
            case "/slow": await EventLoop.current?.sleep(until: .after(seconds: 0.5))
            case "/long": return Response(status: .ok, body: .bytes(pattern(2000)))
            case "/stream":
                return Response(status: .ok, body: .stream(length: nil) { _ in })
            default: break
            }
            return Response(status: .ok)
        }
        let (server, port) = try await startServer(handler: handler)
        var options = KeepAliveClient.Options()
        options.answerSeconds = 0.05
        let hasty = try client(port, options)
        await #expect(throws: ExchangeError.timedOut) { try await hasty.post("/slow", fields: [], body: []) }
        options.answerSeconds = 30
        options.bodyBytesMax = 1000
        let client = try client(port, options)
        for path in ["/long", "/stream"] {
            do throws(ExchangeError) {
                _ = try await client.post(path, fields: [], body: [])
                Issue.record("\(path) was taken")
            } catch {
                guard case .broken = error else {
                    Issue.record("\(path): \(error)")
                    continue
                }
            }
        }
        await server.stop(by: .after(seconds: 10))
        do throws(ExchangeError) {
            _ = try await client.post("/", fields: [], body: [])
            Issue.record("a stopped server answered")
        } catch {
            guard case .unreachable = error else {
                Issue.record("\(error)")
                return
            }
        }
    }
}
