import Glibc
import JSONText
import Testing

extension Journeys {
    /// Many clients at once against the quotas of one tenant: none of them is passed at any moment, and what the ledger
    /// says is what lies on the disk.
    @Suite struct QuotaTrials {
        private static let mebibyte = 1 << 20

        @Test func parallelCreates() throws {
            try Glimpse.run([Glimpse.Option("quota", "image_count_total", "10")]) { glimpse in
                let client = glimpse.client
                let answers = try (0..<64).map { number in
                    Background {
                        try number.isMultiple(of: 2)
                            ? client.send("POST", "/v1/images", Client.newImage("image \(number)"))
                            : client.v2Create(["name": .string("image \(number)")])
                    }
                }.map { try $0.value() }
                #expect(answers.count { $0.status == 201 } == 10)
                let refused = answers.filter { $0.status == 413 }
                #expect(refused.count == 54)
                let text = "the limit of image_count_total is 10, 10 are used or reserved, and 0 are left"
                #expect(refused.allSatisfy { $0.text.contains(text) }, "\(refused.first?.text ?? "")")
                #expect(try glimpse.rows("SELECT owner, images FROM usage") == ["lab|10"])
                // Each tenant has its own, and a deleted image makes room for another.
                #expect(try glimpse.stranger.v2Create().status == 201)
                try client.v2Delete(try #require(client.v2Ids().first)).expect(204)
                #expect(try client.v2Create().status == 201)
                try client.v2Create().expect(413)
            }
        }

        @Test func parallelUploadsOfUnknownLength() throws {
            let limit = 20 * Self.mebibyte
            try Glimpse.run([Glimpse.Option("quota", "image_size_total", "20")]) { glimpse in
                var generator = SeededGenerator(seed: 77)
                let client = glimpse.client
                let uploads = (0..<32).map { _ in QuotaUpload(&generator, bytes: 1...3_000_000, isChunked: true) }
                let senders = uploads.map { upload in Background { upload.send(by: client) } }
                var samples = 0
                while !senders.allSatisfy(\.isDone) {
                    samples += 1
                    let disk = try glimpse.bytesOnDisk()
                    #expect(disk <= limit, "\(disk) bytes on the disk")
                    let usage = try client.send("GET", "/v2/info/usage").json?["usage"]?["image_size_total"]
                    let used = try #require(usage?["usage"]?.int)
                    #expect(used <= 20 && usage?["limit"] == 20)
                    let ledger = try glimpse.ledger("lab")
                    #expect(ledger.stored + ledger.reserved <= limit, "\(ledger)")
                }
                let statuses = try senders.map { try $0.value() }
                let kept = zip(uploads, statuses).filter { $0.1 == 201 }.map(\.0)
                #expect(statuses.allSatisfy { $0 == 201 || $0 == 413 }, "\(statuses)")
                #expect(kept.count > 2 && kept.count < uploads.count, "\(statuses)")
                print("\(samples) samples, \(kept.count) of \(uploads.count) uploads fit")
                try glimpse.expectLedgerEqualsDisk("lab", kept)

                // What is left is taken to its last byte, in steps that are larger, and then no byte more.
                let left = limit - kept.reduce(0) { $0 + $1.data.count }
                let last = QuotaUpload(&generator, bytes: left...left, isChunked: true)
                #expect(last.send(by: client) == 201)
                #expect(QuotaUpload(&generator, bytes: 1...1, isChunked: true).send(by: client) == 413)
                #expect(QuotaUpload(&generator, bytes: 1...1, isChunked: false).send(by: client) == 413)
                try glimpse.expectLedgerEqualsDisk("lab", kept + [last])
                #expect(try glimpse.ledger("lab").stored == limit)
                // Bytes that are off the disk come back.
                try client.v2Delete(last.id).expect(204)
                try glimpse.expectLedgerEqualsDisk("lab", kept)
                let again = QuotaUpload(&generator, bytes: left...left, isChunked: false)
                #expect(again.send(by: client) == 201)
            }
        }

        /// The same while data are staged and imported, from the staging area and from the web.
        @Test func crashesWhileStagingAndImporting() throws {
            let options =
                Glimpse.Option.copiesFromLoopback + [
                    Glimpse.Option("quota", "image_size_total", "12"),
                    Glimpse.Option("quota", "image_stage_total", "6"),
                ]
            try Glimpse.run(options) { glimpse in
                var generator = SeededGenerator(seed: 4_711)
                var cuts = 0
                for round in 0..<6 {
                    let client = glimpse.client
                    let web = Sample.bytes(1_500_000, seed: generator.next())
                    let source = try WebSource(web, .pauses(afterBytes: 900_000))
                    defer { source.close() }
                    let ways: [QuotaIngest.Way] = [.stage, .web, .direct, .stage, .web, .direct]
                    let ingests = try ways.enumerated().map { number, way in
                        let data = Sample.bytes(
                            Int.random(in: 500_000...2_000_000, using: &generator), seed: generator.next())
                        return QuotaIngest(
                            id: try client.v2Make(), way: way, data: way == .web ? web : data,
                            isChunked: number.isMultiple(of: 2), url: source.url)
                    }
                    let wanted = Int.random(in: 1...3_000_000, using: &generator)
                    let senders = ingests.map { ingest in Background { ingest.send(by: client) } }
                    _ = try eventually { try glimpse.bytesOnDisk() >= wanted || senders.allSatisfy(\.isDone) }
                    if !senders.allSatisfy(\.isDone) || source.isPausing { cuts += 1 }
                    if round % 3 != 0 { try glimpse.api.kill() }
                    if round % 3 != 1 { try glimpse.registry.kill() }
                    if round % 3 == 0 { try glimpse.registry.start() }
                    let statuses = try senders.map { try $0.value() }
                    if round % 3 == 2 { try glimpse.registry.start() }
                    if round % 3 != 0 { try glimpse.api.start() }
                    source.goOn()

                    let after = glimpse.client
                    let settled = try eventually(within: 60) {
                        try ingests.allSatisfy {
                            ["queued", "uploading", "active"].contains(try after.v2Status(of: $0.id))
                        }
                            && glimpse.ledger("lab").uploads == 0
                    }
                    #expect(settled)
                    var kept = LedgerRow()
                    for (ingest, status) in zip(ingests, statuses) {
                        let image = try after.v2Status(of: ingest.id)
                        if image == "active" { kept.stored += ingest.data.count }
                        if image == "uploading" { kept.staged += ingest.data.count }
                        // What a client was told is true: what is staged stays, and an import comes to its end.
                        if ingest.way == .stage, status == 204 { #expect(image == "uploading") }
                    }
                    let ledgerIsRight = try eventually {
                        try glimpse.ledger("lab") == kept && glimpse.bytesOnDisk() == kept.stored + kept.staged
                    }
                    let (ledger, disk) = (try glimpse.ledger("lab"), try glimpse.bytesOnDisk())
                    #expect(ledgerIsRight, "round \(round): \(ledger), expected \(kept), \(disk) bytes on the disk")
                    #expect(kept.stored <= 12 * Self.mebibyte && kept.staged <= 6 * Self.mebibyte)
                    for ingest in ingests { try after.v2Delete(ingest.id).expect(204) }
                    try glimpse.expectLedgerEqualsDisk("lab", [])
                }
                #expect(cuts > 0)
            }
        }

        /// Each daemon, and both, with a power cut in the middle of uploads that do not all fit.
        @Test func crashes() throws {
            let limit = 12 * Self.mebibyte
            try Glimpse.run([Glimpse.Option("quota", "image_size_total", "12")]) { glimpse in
                var generator = SeededGenerator(seed: 1_965)
                var cuts = 0
                for round in 0..<6 {
                    let client = glimpse.client
                    let uploads = (0..<8).map { number in
                        QuotaUpload(&generator, bytes: 1_000_000...3_000_000, isChunked: number.isMultiple(of: 2))
                    }
                    let wanted = Int.random(in: 1...3_000_000, using: &generator)
                    let before = try glimpse.bytesOnDisk()
                    let senders = uploads.map { upload in Background { upload.send(by: client) } }
                    // In the middle of things: some bytes have come, and more are on their way.
                    _ = try eventually { try glimpse.bytesOnDisk() >= before + wanted || senders.allSatisfy(\.isDone) }
                    if !senders.allSatisfy(\.isDone) { cuts += 1 }
                    if round % 3 != 0 { try glimpse.api.kill() }
                    if round % 3 != 1 { try glimpse.registry.kill() }
                    if round % 3 == 0 { try glimpse.registry.start() }
                    let statuses = try senders.map { try $0.value() }
                    if round % 3 == 2 { try glimpse.registry.start() }
                    if round % 3 != 0 { try glimpse.api.start() }

                    let after = glimpse.client
                    var kept: [QuotaUpload] = []
                    for (upload, status) in zip(uploads, statuses) {
                        _ = try eventually { try !["saving", "503"].contains(after.status(of: upload.id)) }
                        let isActive = try after.status(of: upload.id) == "active"
                        #expect(isActive || status != 201, "a client was told 201 for \(upload.id)")
                        if isActive { kept.append(upload) }
                    }
                    try glimpse.expectLedgerEqualsDisk("lab", kept)
                    #expect(try glimpse.bytesOnDisk() <= limit)
                    for upload in kept { try after.v2Delete(upload.id).expect(204) }
                    try glimpse.expectLedgerEqualsDisk("lab", [])
                }
                #expect(cuts > 0)
                // The whole quota is there again.
                #expect(QuotaUpload(&generator, bytes: limit...limit, isChunked: true).send(by: glimpse.client) == 201)
            }
        }
    }
}

/// An upload of one of many clients.
private struct QuotaUpload {
    let id: String
    let data: [UInt8]
    let isChunked: Bool

    init(_ generator: inout SeededGenerator, bytes: ClosedRange<Int>, isChunked: Bool) {
        id = Sample.id(&generator)
        data = Sample.bytes(Int.random(in: bytes, using: &generator), seed: generator.next())
        self.isChunked = isChunked
    }

    /// The status of the answer, or 0 where there was none.
    func send(by client: Client) -> Int {
        let fields = Client.newImage("quota", id: id)
        guard isChunked else {
            return (try? client.send("POST", "/v1/images", fields, body: .bytes(data)).status) ?? 0
        }
        guard let connection = try? client.connect() else { return 0 }
        defer { connection.close() }
        let head = client.head("POST", "/v1/images", fields) + "Transfer-Encoding: chunked\r\n\r\n"
        // Who is refused in the middle finds no reader for the rest; the answer is there all the same.
        do {
            try connection.send(head)
            try connection.sendChunks(data, pieceBytes: 50_000)
            try connection.sendLastChunk()
        } catch {}
        return (try? connection.receiveAnswer(toHead: false).status) ?? 0
    }
}

/// Data that come to an image of v2 by one of the ways that imports have.
private struct QuotaIngest {
    enum Way {
        /// Staged, and left there.
        case stage
        /// Staged and imported.
        case direct
        /// Imported from the web.
        case web
    }

    let id: String
    let way: Way
    let data: [UInt8]
    let isChunked: Bool
    let url: String

    /// The status of the last answer, or 0 where there was none.
    func send(by client: Client) -> Int {
        if way == .web { return (try? client.v2WebDownload(id, url).status) ?? 0 }
        let body: Body = isChunked ? .chunks(data, pieceBytes: 50_000) : .bytes(data)
        let staged = (try? client.send("PUT", "/v2/images/\(id)/stage", [Client.octetStream], body: body).status) ?? 0
        guard way == .direct, staged == 204 else { return staged }
        return (try? client.v2ImportStaged(id).status) ?? 0
    }
}

/// A tenant's row of the ledger.
private struct LedgerRow: Equatable {
    var stored = 0
    var reserved = 0
    var staged = 0
    var uploads = 0
}

extension Glimpse {
    fileprivate func ledger(_ owner: String) throws -> LedgerRow {
        let rows = try rows(
            "SELECT bytes_stored, bytes_reserved, bytes_staged, uploads_in_flight FROM usage WHERE owner = '\(owner)'")
        let numbers = rows.first?.split(separator: "|").compactMap { Int($0) } ?? [0, 0, 0, 0]
        try #require(numbers.count == 4)
        return LedgerRow(stored: numbers[0], reserved: numbers[1], staged: numbers[2], uploads: numbers[3])
    }

    /// Bytes of all images and of all unfinished uploads.
    fileprivate func bytesOnDisk() throws -> Int {
        // In this order a file that moves meanwhile is not counted twice.
        let stored = try blobs().reduce(0) { sum, name in
            var status = stat()
            return stat("\(imagesPath)/\(name)", &status) == 0 ? sum + Int(status.st_size) : sum
        }
        return try stored + stagedBytes()
    }

    /// Expects that soon the ledger and the disk hold just the data of those uploads, and nothing is reserved.
    fileprivate func expectLedgerEqualsDisk(
        _ owner: String, _ uploads: [QuotaUpload], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let bytes = uploads.reduce(0) { $0 + $1.data.count }
        _ = try eventually { try ledger(owner) == LedgerRow(stored: bytes) && bytesOnDisk() == bytes }
        #expect(try ledger(owner) == LedgerRow(stored: bytes), sourceLocation: sourceLocation)
        #expect(try bytesOnDisk() == bytes, sourceLocation: sourceLocation)
        try expectBlobs(uploads.map(\.id), sourceLocation: sourceLocation)
    }
}
