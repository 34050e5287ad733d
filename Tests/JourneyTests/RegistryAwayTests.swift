import Testing

extension Journeys {
    /// glance-api while glance-registry is away.
    @Suite struct RegistryAway {
        @Test func answersAreGivenAndWorkGoesOnAfterwards() throws {
            try Glimpse.run { glimpse in
                // The bound of every answer: what a client may be left waiting for.
                var client = glimpse.client
                client.seconds = 20
                let id = try client.createImage([1, 2, 3])
                try glimpse.registry.kill()
                let requests: [(String, String, [(String, String)])] = [
                    ("GET", "/v1/images", []), ("HEAD", "/v1/images/\(id)", []),
                    ("POST", "/v1/images", Client.newImage("not now")), ("DELETE", "/v1/images/\(id)", []),
                ]
                let caller = client
                let answers = requests.map { method, path, fields in
                    Background { try caller.send(method, path, fields) }
                }
                for (request, answer) in zip(requests, answers) {
                    let answer = try answer.value()
                    #expect(answer.status == 503, "\(request.0) \(request.1)")
                    #expect(answer["retry-after"].flatMap { Int($0) } != nil, "\(request.0) \(request.1)")
                }
                // Who needs no registry gets an answer at once.
                #expect(try client.send("GET", "/versions").status == 200)
                try glimpse.registry.start()
                try client.expectImage(id, [1, 2, 3])
                let next = try client.createImage([4, 5, 6])
                try client.expectImage(next, [4, 5, 6])
                #expect(try client.list().count == 2)
            }
        }

        @Test func downloadsGoOn() throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let data = Sample.bytes(40_000_000)
                let id = try client.createImage(data)
                let connection = try client.connect(windowBytes: 65536)
                try connection.send(client.head("GET", "/v1/images/\(id)") + "\r\n")
                #expect(try connection.receiveHead().status == 200)
                let first = try connection.receive(bytes: 1_000_000)
                try glimpse.registry.kill()
                let rest = try connection.receive(bytes: data.count - first.count)
                #expect(first + rest == data, "the data differ")
                try glimpse.registry.start()
            }
        }

        @Test func glanceAPIWaitsForItAtTheStart() throws {
            try Glimpse.run { glimpse in
                let id = try glimpse.client.createImage([1, 2, 3])
                try glimpse.stop()
                let before = glimpse.api.log.utf8.count
                try glimpse.api.start(waits: false)
                try glimpse.api.waitForLog("waiting for the registry", after: before)
                try glimpse.registry.start()
                try glimpse.api.waitForLog(": listening ", after: before)
                try glimpse.api.stop()
                try glimpse.api.start()
                try glimpse.client.expectImage(id, [1, 2, 3])
            }
        }

        @Test func aDownloadOfADeletedImageGoesOn() throws {
            try Glimpse.run { glimpse in
                let client = glimpse.client
                let data = Sample.bytes(40_000_000)
                let id = try client.createImage(data)
                let connection = try client.connect(windowBytes: 65536)
                try connection.send(client.head("GET", "/v1/images/\(id)") + "\r\n")
                #expect(try connection.receiveHead().status == 200)
                let first = try connection.receive(bytes: 1_000_000)
                #expect(try client.send("DELETE", "/v1/images/\(id)").status == 200)
                try glimpse.expectBlobs([])
                #expect(try first + connection.receive(bytes: data.count - first.count) == data, "the data differ")
            }
        }
    }

    /// Nobody talks to glance-registry who does not know the secret.
    @Suite struct RegistrySecret {
        @Test func strangersAreRefused() throws {
            try Glimpse.run(registryOverTCP: true) { glimpse in
                let id = try glimpse.client.createImage([1, 2, 3])
                let body = "{\"id\":\"\(id)\",\"viewer\":{\"project_id\":null,\"is_admin\":true}}"
                func ask(_ secret: String?) throws -> Int {
                    let connection = try Connection(port: glimpse.registry.port)
                    let field = secret.map { "X-Registry-Secret: \($0)\r\n" } ?? ""
                    try connection.send(
                        "POST /operations/get-image HTTP/1.1\r\nHost: registry\r\n\(field)"
                            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
                    return try connection.receiveAnswer().status
                }
                let secret = String(decoding: try contents(of: glimpse.secretPath).dropLast(), as: UTF8.self)
                #expect(secret.utf8.count >= 32)
                #expect(try ask(nil) == 401)
                #expect(try ask("") == 401)
                #expect(try ask(String(repeating: "0", count: secret.utf8.count)) == 401)
                #expect(try ask(String(secret.dropLast())) == 401)
                #expect(try ask(secret) != 401)
            }
        }
    }
}
