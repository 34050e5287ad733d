import Testing

extension Journeys {
    /// A dozen crashes at moments that the seed chooses, with several uploads in flight.
    @Suite struct CrashStorm {
        /// What is killed.
        private enum Victim: CaseIterable {
            case api, registry, both
        }

        /// One upload, and what its client was told.
        private struct Upload {
            let id: String
            let data: [UInt8]
            let isChunked: Bool
        }

        private static let rounds = 12
        private static let uploadsPerRound = 5

        /// Uploads of a few megabytes, in both framings.
        private static func uploads(_ generator: inout SeededGenerator) -> [Upload] {
            (0..<uploadsPerRound).map { _ in
                Upload(
                    id: Sample.id(&generator),
                    data: Sample.bytes(Int.random(in: 1...6_000_000, using: &generator), seed: generator.next()),
                    isChunked: Bool.random(using: &generator))
            }
        }

        @Test func whatWasToldIsTrue() throws {
            var generator = SeededGenerator(seed: 20_171)
            try Glimpse.run { glimpse in
                // A round without a crash: all of it succeeds, and shows how long a round takes here.
                var all = Self.uploads(&generator)
                let start = secondsNow()
                let client = glimpse.client
                let statuses = try all.map { upload in Background { Self.send(upload, client) } }.map { try $0.value() }
                let roundSeconds = secondsNow() - start
                #expect(statuses == all.map { _ in 201 })
                var confirmed = Set(all.map(\.id))
                var refused = 0

                for round in 0..<Self.rounds {
                    let uploads = Self.uploads(&generator)
                    all += uploads
                    let moment = Double.random(in: 0...roundSeconds, using: &generator)
                    let client = glimpse.client
                    let senders = uploads.map { upload in Background { Self.send(upload, client) } }
                    nap(seconds: moment)
                    let victim = Victim.allCases[round % 3]
                    if victim != .registry { try glimpse.api.kill() }
                    if victim != .api { try glimpse.registry.kill() }
                    // Where only the registry crashed, the API lives on, and the senders with it.
                    if victim == .registry { try glimpse.registry.start() }
                    for (upload, sender) in zip(uploads, senders) {
                        if try sender.value() == 201 { confirmed.insert(upload.id) } else { refused += 1 }
                    }
                    if victim == .both { try glimpse.registry.start() }
                    if victim != .registry { try glimpse.api.start() }
                    try expectTruth(glimpse, all, confirmed)
                }
                // The moments were in the middle of things.
                #expect(refused > 0 && confirmed.count > Self.uploadsPerRound)
                print("\(Self.rounds) crashes: \(confirmed.count) uploads confirmed, \(refused) not")
            }
        }

        /// Sends an upload; the status of the answer, or 0 where there was none.
        private static func send(_ upload: Upload, _ client: Client) -> Int {
            let fields = Client.newImage("storm", id: upload.id)
            let body: Body = upload.isChunked ? .chunks(upload.data, pieceBytes: 100_000) : .bytes(upload.data)
            return (try? client.send("POST", "/v1/images", fields, body: body).status) ?? 0
        }

        private func expectTruth(_ glimpse: Glimpse, _ uploads: [Upload], _ confirmed: Set<String>) throws {
            let client = glimpse.client
            var active: [String] = []
            for upload in uploads {
                _ = try eventually { try !["saving", "503"].contains(client.status(of: upload.id)) }
                let status = try client.status(of: upload.id)
                if confirmed.contains(upload.id) {
                    #expect(status == "active", "a client was told 201 for \(upload.id)")
                } else {
                    #expect(["active", "killed", "queued", "404"].contains(status), "\(upload.id) is \(status)")
                }
                guard status == "active" else { continue }
                active.append(upload.id)
                #expect(try client.data(of: upload.id) == upload.data, "the data of \(upload.id) differ")
            }
            try glimpse.expectBlobs(active)
        }
    }
}
