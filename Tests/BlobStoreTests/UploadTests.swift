import Glibc
import ImageInspection
import Posix
import Synchronization
import Testing

@testable import BlobStore

struct UploadTests {
    struct Known: Sendable {
        let bytes: Int
        let md5: String
        let sha512: String
    }

    static let known = [
        Known(
            bytes: 0, md5: "d41d8cd98f00b204e9800998ecf8427e",
            sha512: "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"),
        Known(
            bytes: 1, md5: "93b885adfe0da089cdf634904fd59f71",
            sha512: "b8244d028981d693af7b456af8efa4cad63d282e19ff14942c246e50d9351d22"
                + "704a802a71c3580b6370de4ceb293c324a8423342557d4e5c38438f0e36910ee"),
        Known(
            bytes: 256 << 10, md5: "b16123b9de0a8004c512dd430e8aecff",
            sha512: "e6b133ad317e0d73ff87853582893dc66c9d50a912c0d5d2a39b4187b993051c"
                + "e85ce189b7b4f775c0fee71495a4911c912ec6bda17f430f22a790e8cc76cd41"),
        Known(
            bytes: (256 << 10) + 1, md5: "698363f30894c01e23d1928b032aa3bd",
            sha512: "768ac0fe918275f4e70c9a6e4c87487b33b3f5171bda42662a8c9d7509426366"
                + "103480e80b40f6453cf013961256724c49f554ffdb23d696ef713f914fc685b4"),
        Known(
            bytes: (1 << 20) - 1, md5: "70a04755219d44f7ca2f309601736adc",
            sha512: "bec71494374b98433fe216733aedd5914c50a3feb42ab0212e207ed33b9da602"
                + "6f8b551fce2d8905b4809362cbb9f608108facba14b57d6607c47dca30bbe9b9"),
        Known(
            bytes: 1 << 20, md5: "8f82ce4cfc5debdf2cec8e770944240d",
            sha512: "cd413518ca0383b2de8f3079c638d9c2b68ace23b75f240eb06a2d35c372e3d6"
                + "5ee0f9a2318d198c291a27b33c438c81e25318502e894d482872bdaed034ca13"),
        Known(
            bytes: (1 << 20) + 1, md5: "6a80e270c023f57b656a356a4d9d1b7d",
            sha512: "56a0736f99340aef2c1749aec04cb9f57ea9739467c48349eba15718900cea4c"
                + "c8754b8d91df9e52bc3bf9620065d1488681032be0415c9a624ab1912f589cb2"),
        Known(
            bytes: (10 << 20) + 3, md5: "fba894d9c8060c435f6f53d82afa1a3a",
            sha512: "2bd7a0145400358d0e8e8b523b8b8875bb5d6111f4c11dfee9afb352fb348e43"
                + "42f2a5e5a69fae448fd1c1894a87cc1d7db2db7c38248048ec02c44ece51e0e8"),
    ]

    @Test(arguments: known, [true, false])
    func storesWhatCame(known: Known, isLengthKnown: Bool) async throws {
        let fixture = try Fixture()
        let sample = Sample.bytes(known.bytes)
        let sink = try await fixture.store.beginUpload(
            id: Fixture.id, expectedBytes: isLengthKnown ? Int64(known.bytes) : nil)
        try await sink.send(sample)
        #expect(sink.receivedBytes == Int64(known.bytes))
        #expect(try fixture.files() == [], "not seen before the end")
        let blob = try await sink.finish()
        #expect(
            blob
                == StoredBlob(
                    BlobContent(
                        bytes: Int64(known.bytes), md5: known.md5, sha512: known.sha512,
                        inspection: InspectionVerdict(totalBytes: Int64(known.bytes), matches: [])),
                    location: "file://\(fixture.path)/images/\(Fixture.id)"))
        #expect(try await fixture.readAll() == sample)
        #expect(try fixture.files() == [Fixture.id])
        #expect(try fixture.stagingFiles() == [])
        await sink.abort()
        #expect(try fixture.files() == [Fixture.id], "what is finished cannot be aborted")
    }

    @Test("the bytes are looked at on their way, however they come", arguments: [(600, 99), (3 << 20, 65_537)])
    func looksAtTheBytes(bytes: Int, pieceBytes: Int) async throws {
        let fixture = try Fixture()
        let sink = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        try await sink.send(Sample.luks(bytes), pieceBytes: pieceBytes)
        let verdict = try await sink.finish().inspection
        #expect(verdict.totalBytes == Int64(bytes))
        #expect(verdict.finding?.format == .luks)
        #expect(verdict.finding?.virtualSize == .bytes(Int64(bytes)))
    }

    @Test(arguments: [(2000, 1), (100_000, 999), (600_000, 4096), (2 << 20, 65_537)])
    func takesSmallPieces(bytes: Int, pieceBytes: Int) async throws {
        let fixture = try Fixture()
        let sink = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        try await sink.send(Sample.bytes(bytes), pieceBytes: pieceBytes)
        let blob = try await sink.finish()
        #expect(blob.bytes == Int64(bytes))
        #expect(try await fixture.readAll() == Sample.bytes(bytes))
    }

    @Test func livesOnFourBuffers() async throws {
        let fixture = try Fixture()
        let sink = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        var addresses: Set<UInt> = []
        for _ in 0..<40 {
            let buffer = try await sink.buffer()
            addresses.insert(UInt(bitPattern: buffer.bytes.baseAddress))
            buffer.bytes.copyBytes(from: Sample.all[..<UploadSink.bufferBytes])
            try sink.submit(buffer, bytes: UploadSink.bufferBytes)
        }
        _ = try await sink.finish()
        #expect(addresses.count <= UploadSink.buffersMax)
        #expect(addresses.allSatisfy { $0 % 4096 == 0 })
    }

    @Test func takesAnUnusedBufferBack() async throws {
        let fixture = try Fixture()
        let sink = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        for _ in 0..<10 { _ = try await sink.buffer() }
        try await sink.send([1, 2, 3])
        #expect(try await sink.finish().bytes == 3)
    }

    /// As libcurl pushes them; here the producers have every thread that the lanes could run on.
    @Test(arguments: [1, 3])
    func takesPushedBytesOnThePoolsOwnThreads(threads: Int) async throws {
        let pool = BlockingPool(name: "narrow", threadsMax: threads)
        let path = try Fixture.makeFolder()
        let store = try FilesystemStore(directory: "\(path)/images", pool: pool, digestPool: pool)
        defer { removeTree(path) }
        let digests = try await withThrowingTaskGroup(of: StoredBlob.self) { group in
            for number in 0..<threads {
                group.addTask {
                    let sink = try await store.beginUpload(id: "\(number)", expectedBytes: nil)
                    try await pool.run {
                        var start = 0
                        while start < Sample.all.count {
                            let piece = Sample.all[start..<min(start + 16_384, Sample.all.count)]
                            try piece.withUnsafeBytes { try sink.write($0) }
                            start += piece.count
                        }
                    }
                    #expect(sink.receivedBytes == Int64(Sample.all.count))
                    return try await sink.finish()
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(digests.count == threads)
        #expect(digests.allSatisfy { $0.sha512 == Self.known.last?.sha512 && $0.bytes == Sample.all.count })
    }

    @Test func keepsTheFirstOfTwo() async throws {
        let fixture = try Fixture()
        let first = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        let second = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        try await first.send([1])
        try await second.send([2, 2])
        _ = try await first.finish()
        await #expect(throws: StoreError.duplicate(id: Fixture.id)) { try await second.finish() }
        await second.abort()
        await #expect(throws: StoreError.duplicate(id: Fixture.id)) {
            try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        }
        #expect(try await fixture.readAll() == [1])
        #expect(try fixture.stagingFiles() == [])
    }

    @Test(arguments: [0, 1000, 1 << 20, 7 << 20])
    func abortLeavesNothing(bytes: Int) async throws {
        let fixture = try Fixture()
        let sink = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        try await sink.send(Sample.bytes(bytes))
        await sink.abort()
        #expect(try fixture.files() + fixture.stagingFiles() == [])
        await sink.abort()
        await #expect(throws: StoreError.ended(id: Fixture.id)) { try await sink.finish() }
        await #expect(throws: StoreError.ended(id: Fixture.id)) { _ = try await sink.buffer() }
        #expect(try fixture.files() + fixture.stagingFiles() == [])
    }

    /// Whoever tries again may hold the old sink still.
    @Test func abortFreesTheBytesAtOnce() async throws {
        let fixture = try Fixture()
        let sink = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        try await sink.send(Sample.bytes(5 << 20))
        let name = try #require(try fixture.stagingFiles().first)
        let file = try Descriptor.open("\(fixture.path)/images/.staging/\(name)", O_RDONLY)
        await sink.abort()
        #expect(try file.size() == 0)
    }

    @Test func aDroppedSinkLeavesNothing() async throws {
        let fixture = try Fixture()
        var sink: UploadSink? = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        try await sink?.send(Sample.bytes(3 << 20))
        #expect(try fixture.stagingFiles().count == 1)
        sink = nil
        #expect(try await eventually { try fixture.stagingFiles().isEmpty })
    }

    @Test(arguments: [(10, 11), (10, 9), (3 << 20, (3 << 20) + 1), (3 << 20, 2 << 20), (0, 1)])
    func refusesAnotherLengthThanAnnounced(expected: Int, actual: Int) async throws {
        let fixture = try Fixture()
        let sink = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: Int64(expected))
        let error = StoreError.lengthMismatch(id: Fixture.id, expected: Int64(expected), actual: Int64(actual))
        await #expect(throws: error) {
            try await sink.send(Sample.bytes(actual))
            _ = try await sink.finish()
        }
        await sink.abort()
        #expect(try fixture.files() + fixture.stagingFiles() == [])
    }

    @Test func refusesAtOnceWhatHasNoRoom() async throws {
        let fixture = try Fixture()
        let error = await #expect(throws: StoreError.self) {
            try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: .max / 2)
        }
        guard case .full(let errno) = error else {
            Issue.record("\(String(describing: error)) is not .full")
            return
        }
        #expect(errno.description.contains(Fixture.id))
        #expect(try fixture.files() + fixture.stagingFiles() == [])
    }

    /// The lanes meet a disk that is full from some offset on: /dev/full answers ENOSPC to every write.
    @Test(arguments: [0, 2 << 20, 9 << 20], [1000, 10 << 20])
    func aFullDiskEndsTheUpload(fullFrom: Int, bytes: Int) async throws {
        guard fullFrom < bytes else { return }
        let staged = try FillingDisk(fullFrom: Int64(fullFrom))
        let sink = try UploadSink(
            id: Fixture.id, expectedBytes: nil, staged: staged, pool: Fixture.pool, digestPool: Fixture.digestPool)
        let error = StoreError.full(Errno(code: ENOSPC, operation: "store image: write"))
        await #expect(throws: error) {
            try await sink.send(Sample.bytes(bytes))
            _ = try await sink.finish()
        }
        await #expect(throws: error) { _ = try await sink.buffer() }
        await #expect(throws: error) { try await sink.finish() }
        #expect(staged.ends.withLock { $0 } == [])
        await sink.abort()
        #expect(staged.ends.withLock { $0 } == ["discard"])
    }

    @Test func leaksNoDescriptor() async throws {
        let fixture = try Fixture()
        let before = try fixture.openDescriptors()
        #expect(before > 0)
        for number in 0..<200 {
            let sink = try await fixture.store.beginUpload(id: String(number, radix: 16), expectedBytes: nil)
            try await sink.send(Sample.bytes(number.isMultiple(of: 20) ? 2 << 20 : number))
            if number.isMultiple(of: 2) { await sink.abort() } else { _ = try await sink.finish() }
            if number % 4 == 1 { _ = try await fixture.readAll(String(number, radix: 16)) }
        }
        #expect(try await eventually { try fixture.openDescriptors() == before })
        #expect(try fixture.files().count == 100)
    }
}

/// A disk that has room up to an offset.
private final class FillingDisk: StagedBlob {
    let resumedBytes: Int64 = 0
    let isResumable = false
    let fileDescriptor: CInt? = nil
    let ends = Mutex<[String]>([])
    private let fullFrom: Int64
    private let full: Descriptor
    private let endless: Descriptor

    init(fullFrom: Int64) throws {
        self.fullFrom = fullFrom
        full = try Descriptor.open("/dev/full", O_WRONLY)
        endless = try Descriptor.open("/dev/null", O_WRONLY)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(StoreError) -> Int { 0 }

    func write(_ pieces: [UnsafeRawBufferPointer], at offset: Int64) throws(StoreError) {
        try storing("store image") { () throws(Errno) in
            let end = offset + Int64(pieces.reduce(0) { $0 + $1.count })
            if end <= fullFrom {
                try endless.writeAll(pieces, at: offset)
            } else {
                try full.writeAll(pieces, at: offset)
            }
        }
    }

    func endWriting() {}

    func commit(bytes: Int64) throws(StoreError) -> String {
        ends.withLock { $0.append("commit") }
        return ""
    }

    func discard() {
        ends.withLock { $0.append("discard") }
    }
}
