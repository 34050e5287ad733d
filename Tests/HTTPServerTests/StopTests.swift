import Glibc
import HTTPServer
import HTTPTypes
import Posix
import Testing

@Suite struct StopTests {
    /// Fresh connections and kept ones that wait for a request: nobody is to be waited for.
    @Test func idleConnectionsEndAtOnce() async throws {
        let (server, port) = try await startServer()
        let clients = try await Shared.clients.run {
            let fresh = try RawClient(port: port)
            let used = try RawClient(port: port)
            #expect(try used.get("/x").status == 200)
            #expect(waitUntil { DescriptorCensus.connections(of: port, isServer: true) == 2 })
            return Clients(all: [fresh, used])
        }
        let isOver = Notes()
        async let stopped: Void = stop(server, by: .after(seconds: 600), isOver)
        try await Shared.clients.run { () throws in
            // The deadline is far away: they end because they are idle.
            for client in clients.all { #expect(try client.isAtEnd()) }
            #expect(isOver.wait(for: 1) == ["stopped"])
            #expect(throws: ClientFailure.self) { try RawClient(port: port) }
        }
        await stopped
    }

    @Test func aBusyConnectionGetsItsAnswer() async throws {
        let gate = Notes()
        // One loop: it tells listeners and connections at one go, and the closed listener proves it.
        let group = try EventLoopGroup(count: 1, name: "stop")
        let (server, port) = try await startServer(
            group: group,
            handler: { request in
                gate.add("begun")
                while gate.all.count < 2 { await EventLoop.current?.sleep(until: .after(seconds: 0.005)) }
                return await TestHandler.answer(request)
            })
        let isOver = Notes()
        let clients = try await Shared.clients.run {
            let client = try RawClient(port: port)
            try client.send("GET /busy HTTP/1.1\r\nHost: a\r\n\r\nGET /never HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = gate.wait(for: 1)
            return Clients(all: [client])
        }
        async let stopped: Void = stop(server, by: .after(seconds: 600), isOver)
        try await Shared.clients.run { () throws in
            #expect(waitUntil { DescriptorCensus.listeners(on: port) == 0 })
            #expect(isOver.all.isEmpty)
            gate.add("go on")
            let answer = try clients.all[0].answer()
            #expect(answer.text == "GET /busy")
            #expect(answer["connection"] == "close")
            #expect(try clients.all[0].isAtEnd())
            clients.all[0].close()
            #expect(isOver.wait(for: 1) == ["stopped"])
        }
        await stopped
        #expect(gate.all == ["begun", "go on"])
    }

    @Test func whatIsNotThroughByTheDeadlineIsCutOff() async throws {
        let notes = Notes()
        var options = HTTPServerOptions()
        options.stallSeconds = 600
        let (server, port) = try await startServer(
            options,
            handler: { request in
                notes.add("begun")
                let response = await TestHandler.echo(request)
                if case .bytes(let bytes) = response.body { notes.add(String(decoding: bytes, as: UTF8.self)) }
                return response
            })
        let clients = try await Shared.clients.run {
            let client = try RawClient(port: port)
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhel")
            _ = notes.wait(for: 1)
            return Clients(all: [client])
        }
        await server.stop(by: .after(seconds: 0.05))
        try await Shared.clients.run {
            #expect(notes.wait(for: 2) == ["begun", "interrupted"])
            #expect(waitUntil { DescriptorCensus.connections(of: port, isServer: true) == 0 })
            _ = clients
        }
    }

    private func stop(_ server: HTTPServer, by deadline: Deadline, _ notes: Notes) async {
        await server.stop(by: deadline)
        notes.add("stopped")
    }

    // Proof: one blocking block after the other uses them, never two at once.
    private final class Clients: @unchecked Sendable {
        let all: [RawClient]
        init(all: [RawClient]) { self.all = all }
    }
}
