import Synchronization
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

        /// Counts the bytes that all senders of a round have sent.
        private final class Progress: Sendable {
            private let count = Atomic<Int>(0)

            func add(_ bytes: Int) { count.add(bytes, ordering: .relaxed) }
            var bytes: Int { count.load(ordering: .relaxed) }
        }

        @Test func whatWasToldIsTrue() throws {
            var generator = SeededGenerator(seed: 20_171)
            try Glimpse.run { glimpse in
                var all: [Upload] = []
                var confirmed: Set<String> = []
                for round in 0..<Self.rounds {
                    let uploads = (0..<Self.uploadsPerRound).map { index in
                        Upload(
                            id: Sample.id(&generator),
                            data: Sample.bytes(
                                Int.random(in: 1...3_000_000, using: &generator), seed: UInt64(round * 100 + index)),
                            isChunked: Bool.random(using: &generator))
                    }
                    all += uploads
                    let total = uploads.reduce(0) { $0 + $1.data.count }
                    let moment = Int.random(in: 0...total, using: &generator)
                    let progress = Progress()
                    let client = glimpse.client
                    let senders = uploads.map { upload in Background { Self.send(upload, client, progress) } }

                    _ = eventually { progress.bytes >= moment || senders.allSatisfy { $0.isDone } }
                    let victim = Victim.allCases[round % 3]
                    if victim != .registry { try glimpse.api.kill() }
                    if victim != .api { try glimpse.registry.kill() }
                    if victim == .registry {
                        // The API lives on, and the senders with it.
                        try glimpse.registry.start()
                    }
                    for (upload, sender) in zip(uploads, senders) {
                        if try sender.value() == 201 { confirmed.insert(upload.id) }
                    }
                    if victim == .both { try glimpse.registry.start() }
                    if victim != .registry { try glimpse.api.start() }
                    try expectTruth(glimpse, all, confirmed)
                }
                // Neither none nor all of them: the moments were in the middle of things.
                #expect(!confirmed.isEmpty && confirmed.count < all.count)
            }
        }

        /// Sends an upload; the status of the answer, or 0 where there was none.
        private static func send(_ upload: Upload, _ client: Client, _ progress: Progress) -> Int {
            defer { progress.add(upload.data.count) }
            do {
                let connection = try client.connect()
                let framing = upload.isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(upload.data.count)"
                let fields = Client.newImage("storm", id: upload.id)
                try connection.send(client.head("POST", "/v1/images", fields) + "\(framing)\r\n\r\n")
                var start = 0
                while start < upload.data.count {
                    let piece = Array(upload.data[start..<min(start + 100_000, upload.data.count)])
                    if upload.isChunked {
                        try connection.sendChunks(piece, pieceBytes: piece.count)
                    } else {
                        try connection.send(piece)
                    }
                    progress.add(piece.count)
                    start += piece.count
                    nap(seconds: 0.001)
                }
                if upload.isChunked { try connection.sendLastChunk() }
                return try connection.receiveAnswer().status
            } catch {
                return 0
            }
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
