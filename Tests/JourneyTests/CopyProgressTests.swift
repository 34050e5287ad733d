import JSONText
import Testing

extension Journeys {
    /// What is seen of copies between stores while they are made, and who stops them.
    @Suite struct CopyProgress {
        private static let options = Glimpse.Option.severalStores + Glimpse.Option.copiesFromLoopback
        /// The store copies 64 MiB at a time.
        private static let step: Int64 = 64 << 20
        private static let data = [UInt8](repeating: 7, count: 100 << 20)

        private static func expectProgress(_ done: Int64, of expected: Int64, _ id: String, _ client: Client) throws {
            func result() throws -> JSONValue? { try client.v2Tasks(id).last?["result"] }
            _ = try eventually { try result()?["bytes"]?.int == done }
            let task = try client.v2Tasks(id).last
            #expect(task?["result"]?["bytes"]?.int == done, "\(String(describing: task))")
            #expect(task?["result"]?["bytes_expected"]?.int == expected && task?["status"]?.string == "processing")
            #expect(task?["message"]?.string == "\(done) of \(expected) bytes")
        }

        private static func expectEnd(bytes: Int64, _ id: String, _ client: Client) throws {
            #expect(try eventually { try client.v2Tasks(id).last?["status"]?.string == "success" })
            let result = try client.v2Tasks(id).last?["result"]
            #expect(
                result?["bytes"]?.int == bytes && result?["bytes_expected"]?.int == bytes,
                "\(String(describing: result))")
        }

        @Test func aCopyShowsHowFarItIs() throws {
            let gate = try CopyGate(passing: 1)
            try Glimpse.run(Self.options, apiLauncher: gate.launcher) { glimpse in
                let bytes = Int64(Self.data.count)
                let id = try glimpse.client.createImage(Self.data)
                try glimpse.admin.v2Import(id, #"{"method": {"name": "copy-image"}, "stores": ["cheap"]}"#).expect(202)
                try Self.expectProgress(Self.step, of: bytes, id, glimpse.client)
                gate.open()
                try Self.expectEnd(bytes: bytes, id, glimpse.client)
                #expect(try glimpse.client.v2Stores(of: id) == "fast,cheap")
            }
        }

        @Test("so does an import, whether all stores must succeed or not", arguments: [true, false], [true, false])
        func imports(staged: Bool, mustAllSucceed: Bool) throws {
            let gate = try CopyGate(passing: 1)
            let source = try WebSource(Self.data)
            defer { source.close() }
            try Glimpse.run(Self.options, apiLauncher: gate.launcher) { glimpse in
                let (client, bytes) = (glimpse.client, Int64(Self.data.count))
                let id = try client.reserveImage()
                if staged { try client.v2Stage(id, Self.data).expect(204) }
                let method =
                    staged ? #""name": "glance-direct""# : #""name": "web-download", "uri": "\#(source.url)""#
                try client.v2Import(
                    id,
                    #"{"method": {\#(method)}, "stores": ["fast", "cheap"], "all_stores_must_succeed": \#(mustAllSucceed)}"#
                ).expect(202)
                try Self.expectProgress(bytes + Self.step, of: 2 * bytes, id, client)
                #expect(try client.v2Status(of: id) == (mustAllSucceed ? "importing" : "active"))
                gate.open()
                try Self.expectEnd(bytes: 2 * bytes, id, client)
                #expect(try client.v2Stores(of: id) == "fast,cheap")
            }
        }

        @Test func aDeletedImageIsNotCopiedToTheEnd() throws {
            let gate = try CopyGate(passing: 1)
            try Glimpse.run(Self.options, apiLauncher: gate.launcher) { glimpse in
                let id = try glimpse.client.createImage([UInt8](repeating: 7, count: 150 << 20))
                try glimpse.admin.v2Import(id, #"{"method": {"name": "copy-image"}, "stores": ["cheap"]}"#).expect(202)
                #expect(eventually { gate.isReached })
                try glimpse.client.v2Delete(id).expect(204)
                gate.open()
                try glimpse.expectBlobs([])
                #expect(try eventually { try glimpse.rows("SELECT SUM(bytes_reserved) FROM usage") == ["0"] })
                #expect(try glimpse.cheapBlobs() == [])
                #expect(gate.calls == 2, "it was not copied to the end")
            }
        }
    }
}
