import JSONText
import Testing

extension Journeys {
    /// `copy_from`: the server fetches the data itself.
    @Suite struct Copies {
        private static func copy(_ url: String, id: String? = nil) -> [(String, String)] {
            Client.newImage("a copy", id: id) + [("x-glance-api-copy-from", url)]
        }

        @Test func aGoodSource() throws {
            let data = Sample.bytes(6_000_001)
            let source = try WebSource(data)
            defer { source.close() }
            try Glimpse.run(Glimpse.Option.copiesFromLoopback) { glimpse in
                let client = glimpse.client
                let answer = try client.send("POST", "/v1/images", Self.copy(source.url))
                #expect(answer.status == 201, "\(answer.text)")
                #expect(answer.image?["status"]?.string == "queued")
                let id = try #require(answer.image?["id"]?.string)
                try client.expectStatus("active", of: id)
                try client.expectImage(id, data)
                let shown = try client.send("HEAD", "/v1/images/\(id)")
                #expect(shown["x-image-meta-size"] == "6000001")
                #expect(shown["x-image-meta-virtual_size"] == "6000001")
                try glimpse.expectBlobs([id])
            }
        }

        @Test func aReservedImageIsFilled() throws {
            let data = Sample.bytes(70_000)
            let source = try WebSource(data)
            defer { source.close() }
            try Glimpse.run(Glimpse.Option.copiesFromLoopback) { glimpse in
                let client = glimpse.client
                let id = try client.reserveImage()
                let answer = try client.send("PUT", "/v1/images/\(id)", [("x-glance-api-copy-from", source.url)])
                #expect(answer.status == 200, "\(answer.text)")
                try client.expectStatus("active", of: id)
                try client.expectImage(id, data)
            }
        }

        @Test("a source that is not there", arguments: [404, 500, 403])
        func missing(status: Int) throws {
            let source = try WebSource([], .status(status))
            defer { source.close() }
            try Glimpse.run(Glimpse.Option.copiesFromLoopback) { glimpse in
                let answer = try glimpse.client.send("POST", "/v1/images", Self.copy(source.url))
                #expect(answer.status == (status == 404 ? 404 : 400), "\(answer.text)")
                #expect(try glimpse.client.list() == [])
                try glimpse.expectBlobs([])
            }
        }

        @Test func aSourceThatBreaksOffOnce() throws {
            let data = Sample.bytes(5_000_000)
            let source = try WebSource(data, .breaks(afterBytes: 2_000_000))
            defer { source.close() }
            try Glimpse.run(Glimpse.Option.copiesFromLoopback) { glimpse in
                let client = glimpse.client
                let answer = try client.send("POST", "/v1/images", Self.copy(source.url))
                let id = try #require(answer.image?["id"]?.string, "\(answer.text)")
                #expect(eventually { source.requests.contains("GET") })
                source.behave(.good)
                try client.expectStatus("active", of: id)
                try client.expectImage(id, data)
                #expect(source.requests.contains("GET bytes=2000000-"))
            }
        }

        @Test func aSourceThatBreaksOffAgainAndAgain() throws {
            // So little each time that it is no progress.
            let source = try WebSource(Sample.bytes(5_000_000), .breaks(afterBytes: 100))
            defer { source.close() }
            try Glimpse.run(Glimpse.Option.copiesFromLoopback) { glimpse in
                let client = glimpse.client
                let answer = try client.send("POST", "/v1/images", Self.copy(source.url))
                let id = try #require(answer.image?["id"]?.string, "\(answer.text)")
                try client.expectStatus("killed", of: id, within: 60)
                try glimpse.expectBlobs([])
            }
        }

        @Test func anAddressThatIsNotAllowed() throws {
            let source = try WebSource([1, 2, 3])
            defer { source.close() }
            // The default policy: neither this port nor this network.
            try Glimpse.run { glimpse in
                let port = try glimpse.client.send("POST", "/v1/images", Self.copy(source.url))
                #expect(port.status == 400)
                #expect(port.text.contains("[import_filtering_opts] allowed_ports"), "\(port.text)")
                for host in ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "0.0.0.0", "2130706433"] {
                    let refused = try glimpse.client.send("POST", "/v1/images", Self.copy("http://\(host)/disk.img"))
                    #expect(refused.status == 400, "\(host)")
                    #expect(refused.text.contains("allowed_networks"), "\(host): \(refused.text)")
                }
                let file = try glimpse.client.send("POST", "/v1/images", Self.copy("file:///etc/passwd"))
                #expect(file.status == 400)
                #expect(source.requests == [])
                try glimpse.expectBlobs([])
            }
        }

        @Test func aRedirectToAnAddressThatIsNotAllowed() throws {
            let target = try WebSource([1, 2, 3])
            let source = try WebSource([], .redirects(to: "http://127.0.0.2:\(target.port)/disk.img"))
            defer {
                source.close()
                target.close()
            }
            let options = [
                Glimpse.Option("import_filtering_opts", "allowed_networks", "127.0.0.1/32"),
                Glimpse.Option("import_filtering_opts", "allowed_ports", "*"),
            ]
            try Glimpse.run(options) { glimpse in
                let answer = try glimpse.client.send("POST", "/v1/images", Self.copy(source.url))
                #expect(answer.status == 400)
                #expect(answer.text.contains("allowed_networks"), "\(answer.text)")
                #expect(target.requests == [])
            }
        }

        @Test func deletingAnImageEndsItsCopy() throws {
            let source = try WebSource(Sample.bytes(4_000_000), .pauses(afterBytes: 1_000_000))
            defer { source.close() }
            try Glimpse.run(Glimpse.Option.copiesFromLoopback) { glimpse in
                let client = glimpse.client
                let answer = try client.send("POST", "/v1/images", Self.copy(source.url))
                let id = try #require(answer.image?["id"]?.string, "\(answer.text)")
                #expect(eventually { source.isPausing })
                #expect(try client.send("DELETE", "/v1/images/\(id)").status == 200)
                try glimpse.expectBlobs([])
                #expect(eventually { !source.isPausing }, "the source is still asked")
                #expect(try client.status(of: id) == "404")
            }
        }

        @Test("glance-api is killed during a copy", arguments: [true, false])
        func killedInBetween(sourceComesBack: Bool) throws {
            let data = Sample.bytes(4_000_000)
            let source = try WebSource(data, .pauses(afterBytes: 1_500_000))
            defer { source.close() }
            try Glimpse.run(Glimpse.Option.copiesFromLoopback) { glimpse in
                let answer = try glimpse.client.send("POST", "/v1/images", Self.copy(source.url))
                let id = try #require(answer.image?["id"]?.string, "\(answer.text)")
                #expect(eventually { source.isPausing })
                try glimpse.client.expectStatus("saving", of: id)
                #expect(eventually { (try? glimpse.stagedBytes()) ?? 0 >= 1 << 20 })
                try glimpse.api.kill()
                source.behave(sourceComesBack ? .good : .status(404))
                try glimpse.api.start()
                if sourceComesBack {
                    try glimpse.client.expectStatus("active", of: id)
                    try glimpse.client.expectImage(id, data)
                    try glimpse.expectBlobs([id])
                    #expect(source.requests.contains { $0.hasPrefix("GET bytes=") }, "it began from zero")
                } else {
                    try glimpse.client.expectStatus("killed", of: id)
                    try glimpse.expectBlobs([])
                }
            }
        }

        @Test("glance-registry is killed during a copy", arguments: [true, false])
        func registryKilledInBetween(comesBackBeforeTheEnd: Bool) throws {
            let data = Sample.bytes(4_000_000)
            let source = try WebSource(data, .pauses(afterBytes: 1_500_000))
            defer { source.close() }
            try Glimpse.run(Glimpse.Option.copiesFromLoopback) { glimpse in
                let client = glimpse.client
                let answer = try client.send("POST", "/v1/images", Self.copy(source.url))
                let id = try #require(answer.image?["id"]?.string, "\(answer.text)")
                #expect(eventually { source.isPausing })
                try client.expectStatus("saving", of: id)
                // Whatever is asked of the registry at the beginning has been answered.
                #expect(eventually { (try? glimpse.stagedBytes()) ?? 0 >= 1 << 20 })
                try glimpse.registry.kill()
                if !comesBackBeforeTheEnd {
                    source.goOn()
                    try glimpse.api.waitForLog("a copy waits for the registry")
                }
                try glimpse.registry.start()
                source.goOn()
                // A registry that was away fails no copy.
                try client.expectStatus("active", of: id)
                try client.expectImage(id, data)
                try glimpse.expectBlobs([id])
                #expect(source.requests.filter { $0.hasPrefix("GET") } == ["GET"], "it is fetched once")
            }
        }

        @Test func glanceAPIStopsDuringACopy() throws {
            let data = Sample.bytes(4_000_000)
            let source = try WebSource(data, .pauses(afterBytes: 1_500_000))
            defer { source.close() }
            try Glimpse.run(Glimpse.Option.copiesFromLoopback) { glimpse in
                let answer = try glimpse.client.send("POST", "/v1/images", Self.copy(source.url))
                let id = try #require(answer.image?["id"]?.string, "\(answer.text)")
                #expect(eventually { source.isPausing })
                try glimpse.api.stop()
                source.goOn()
                try glimpse.api.start()
                try glimpse.client.expectStatus("active", of: id)
                try glimpse.client.expectImage(id, data)
                try glimpse.expectBlobs([id])
            }
        }
    }
}
