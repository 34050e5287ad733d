import CLinux
import Glibc
import Posix
import Testing

@testable import BlobStore

/// Blobs that are long enough to be written past the page cache.
struct StagingWriterTests {
    /// Behind it writes go past the cache.
    private static let cached = Int(StagingWriter.cachedBytesMin)

    private static func sample(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count { bytes += Sample.all.prefix(count - bytes.count) }
        return bytes
    }

    /// Whether the filesystem of the file lets writes go past the cache at all.
    private static func canWriteDirectly(_ path: String) throws -> Bool {
        let file = try Descriptor.open(path, O_RDONLY)
        return clinux_set_direct(file.rawValue, 1) == 0
    }

    @Test("a long blob is stored whole, whatever its end", arguments: [0, 1, 4095, 4096, 262_144, 262_145, 1_000_003])
    func storesWhatCame(beyond: Int) async throws {
        let fixture = try Fixture(cachedBytes: StagingWriter.cachedBytesMin)
        let sample = Self.sample(Self.cached + beyond)
        let sink = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: Int64(sample.count))
        try await sink.send(sample)
        let blob = try await sink.finish()
        #expect(blob.bytes == Int64(sample.count))
        #expect(try await fixture.readAll() == sample)
        var digest = try Digest(.md5)
        try sample.withUnsafeBytes { try digest.update($0) }
        #expect(blob.md5 == (try digest.finalize()))
    }

    @Test("pieces that are no whole blocks are stored whole, too", arguments: [65_537])
    func storesRaggedPieces(pieceBytes: Int) async throws {
        let fixture = try Fixture(cachedBytes: StagingWriter.cachedBytesMin)
        let sample = Self.sample(Self.cached + 1_000_003)
        let sink = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        try await sink.send(sample, pieceBytes: pieceBytes)
        _ = try await sink.finish()
        #expect(try await fixture.readAll() == sample)
    }

    @Test("the beginning stays in memory, the rest does not take any")
    func leavesTheCacheAlone() async throws {
        let fixture = try Fixture(cachedBytes: StagingWriter.cachedBytesMin)
        let sample = Self.sample(Self.cached + (4 << 20))
        let sink = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        try await sink.send(sample)
        _ = try await sink.finish()
        let path = "\(fixture.path)/images/\(Fixture.id)"
        guard try Self.canWriteDirectly(path) else { return }
        let file = try Descriptor.open(path, O_RDONLY)
        #expect(PageCache.holds(file.rawValue, at: 0, bytes: 4096))
        #expect(!PageCache.holds(file.rawValue, at: StagingWriter.cachedBytesMin, bytes: 4 << 20))
    }

    @Test("what memory has room for stays there, all of it")
    func usesIdleMemory() async throws {
        #expect(StagingWriter.cachedBytes(idleBytes: 8 << 30) == 1 << 30)
        #expect(StagingWriter.cachedBytes(idleBytes: 1 << 20) == StagingWriter.cachedBytesMin)
        let fixture = try Fixture(cachedBytes: StagingWriter.cachedBytesMin * 2)
        let sample = Self.sample(Self.cached + (4 << 20))
        let sink = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        try await sink.send(sample)
        _ = try await sink.finish()
        let file = try Descriptor.open("\(fixture.path)/images/\(Fixture.id)", O_RDONLY)
        #expect(PageCache.holds(file.rawValue, at: StagingWriter.cachedBytesMin, bytes: 4 << 20))
    }

    @Test("goes on behind whole blocks", arguments: [0, 4096, 300_007])
    func resumes(beyond: Int) async throws {
        let fixture = try Fixture(cachedBytes: StagingWriter.cachedBytesMin)
        let sample = Self.sample(Self.cached + (1 << 20) + 77)
        let before = Self.cached + beyond
        var sink: UploadSink? = try await fixture.store.beginUpload(
            id: Fixture.id, expectedBytes: nil, resuming: ResumeTests.task)
        try await sink?.send(Array(sample[..<before]))
        sink = nil
        let resumed = try await ResumeTests.resume(fixture, expectedBytes: Int64(sample.count))
        #expect(resumed.resumedBytes == Int64(before / 4096 * 4096))
        #expect(resumed.receivedBytes == resumed.resumedBytes)
        try await resumed.send(Array(sample[Int(resumed.resumedBytes)...]))
        #expect(try await resumed.finish().bytes == Int64(sample.count))
        #expect(try await fixture.readAll() == sample)
    }
}
