import FoundationEssentials
import ImageInspection
import Posix
import Testing

@testable import BlobStore

struct ResumeTests {
    static let task = "0f4b7a1e-0b1c-4b6e-9d53-4a5cbb1f2a10"

    /// A process that dies lets go of its descriptors and does nothing more; so does a dropped sink.
    private func leaveBehind(_ bytes: Int, in fixture: Fixture, token: String = task) async throws {
        let sink = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil, resuming: token)
        #expect(sink.resumedBytes == 0)
        try await sink.send(Sample.bytes(bytes))
    }

    /// The lanes of the dropped sink may be at work for a moment; until then the token is taken.
    static func resume(_ fixture: Fixture, expectedBytes: Int64? = nil) async throws -> UploadSink {
        let deadline = Deadline.after(seconds: 120)
        while true {
            // Asked before the try: on a busy machine its answer alone may take its time to come back.
            let isLast = deadline.isOver
            do throws(StoreError) {
                return try await fixture.store.beginUpload(
                    id: Fixture.id, expectedBytes: expectedBytes, resuming: task)
            } catch {
                guard case .inUse = error, !isLast else { throw error }
                await Task.yield()
            }
        }
    }

    @Test(arguments: [1 << 20, 3 << 20, (6 << 20) + 77])
    func goesOnBehindWhatIsThere(before: Int) async throws {
        let fixture = try Fixture()
        try await leaveBehind(before, in: fixture)
        let sink = try await Self.resume(fixture, expectedBytes: Int64(Sample.all.count))
        #expect(sink.resumedBytes == Int64(before))
        #expect(sink.receivedBytes == Int64(before))
        try await sink.send(Array(Sample.all[before...]))
        let blob = try await sink.finish()
        #expect(blob.bytes == Int64(Sample.all.count))
        #expect(blob.md5 == UploadTests.known.last?.md5)
        #expect(blob.sha512 == UploadTests.known.last?.sha512)
        #expect(try await fixture.readAll() == Sample.all)
        #expect(try fixture.stagingFiles() == [])
    }

    @Test("what an earlier process has left is looked at, too")
    func looksAtWhatIsThere() async throws {
        let fixture = try Fixture()
        let image = Sample.luks(5 << 20)
        let first = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil, resuming: Self.task)
        try await first.send(Array(image[..<(2 << 20)]))
        _ = consume first
        let sink = try await Self.resume(fixture)
        try await sink.send(Array(image[Int(sink.resumedBytes)...]))
        let verdict = try await sink.finish().inspection
        #expect(verdict.totalBytes == 5 << 20)
        #expect(verdict.finding?.format == .luks)
        #expect(verdict.finding?.virtualSize == .bytes(5 << 20))
    }

    @Test func goesOnWithNothingMoreToCome() async throws {
        let fixture = try Fixture()
        try await leaveBehind(3 << 20, in: fixture)
        let sink = try await Self.resume(fixture, expectedBytes: 3 << 20)
        #expect(try await sink.finish().bytes == 3 << 20)
        #expect(try await fixture.readAll() == Sample.bytes(3 << 20))
    }

    @Test func startsAnewWhereTheSourceGotShorter() async throws {
        let fixture = try Fixture()
        try await leaveBehind(3 << 20, in: fixture)
        let sink = try await Self.resume(fixture, expectedBytes: 100)
        #expect(sink.resumedBytes == 0)
        try await sink.send(Sample.bytes(100))
        #expect(try await sink.finish().bytes == 100)
        #expect(try await fixture.readAll() == Sample.bytes(100))
    }

    @Test func hasOneSinkAToken() async throws {
        let fixture = try Fixture()
        let sink = try await Self.resume(fixture)
        await #expect(throws: StoreError.inUse("store image \(Fixture.id)")) {
            try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil, resuming: Self.task)
        }
        await sink.abort()
        #expect(try fixture.stagingFiles() == [])
    }

    @Test func abortRemovesIt() async throws {
        let fixture = try Fixture()
        try await leaveBehind(3 << 20, in: fixture)
        await (try await Self.resume(fixture)).abort()
        #expect(try fixture.stagingFiles() == [])
    }

    @Test func cleaningUpKeepsWhatGoesOn() async throws {
        let fixture = try Fixture()
        let other = "11111111-0b1c-4b6e-9d53-4a5cbb1f2a10"
        try await leaveBehind(2 << 20, in: fixture)
        try await leaveBehind(1 << 20, in: fixture, token: other)
        let staging = "\(fixture.path)/images/.staging"
        // Left by a process that was killed, and by one before the machine was.
        for name in [
            "\(Fixture.id).0123456789abcdef",
            "\(Fixture.id).\(Self.task).22222222-0b1c-4b6e-9d53-4a5cbb1f2a10",
        ] {
            #expect(FileManager.default.createFile(atPath: "\(staging)/\(name)", contents: nil))
        }
        #expect(try fixture.stagingFiles().count == 4)
        try await fixture.store.removeStaging(except: [Self.task])
        #expect(try fixture.stagingFiles().count == 1)
        #expect(try await Self.resume(fixture).resumedBytes == 2 << 20)
        try await fixture.store.removeStaging()
        #expect(try fixture.stagingFiles() == [])
    }
}
