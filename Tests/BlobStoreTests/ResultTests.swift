import Glibc
import Posix
import Testing

@testable import BlobStore

/// Data that take the place of others.
struct ResultTests {
    private func store(_ bytes: [UInt8], in fixture: Fixture) async throws {
        let sink = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        try await sink.send(bytes)
        _ = try await sink.finish()
    }

    @Test func takeThePlaceOfABlobWhenTheyAreCommitted() async throws {
        let fixture = try Fixture()
        try await store([1, 2, 3], in: fixture)
        let open = try await fixture.store.open(id: Fixture.id)
        let sink = try await fixture.store.beginResult(id: Fixture.id)
        try await sink.send(Sample.all)
        let sealed = try await sink.seal()
        #expect(try await fixture.readAll() == [1, 2, 3], "seen before it is committed")
        #expect(sealed.bytes == Int64(Sample.all.count))
        #expect(sealed.content.md5 == UploadTests.known.last?.md5)
        #expect(try await sealed.read(at: 5, bytesMax: 10) == Array(Sample.all[5..<15]))
        let blob = try await sealed.commit()
        #expect(blob.sha512 == UploadTests.known.last?.sha512)
        #expect(blob.location == "file://\(fixture.path)/images/\(Fixture.id)")
        #expect(try await fixture.readAll() == Sample.all)
        #expect(try await open.read(at: 0, bytesMax: 10) == [1, 2, 3], "who reads goes on to")
        #expect(try fixture.stagingFiles() == [])
    }

    @Test func thoseOfAnotherProgramAreReadThrough() async throws {
        let fixture = try Fixture()
        try await store([1, 2, 3], in: fixture)
        let file = try await fixture.store.beginResultFile(id: Fixture.id)
        let child = ChildProcess(
            program: "sh", arguments: ["-c", "echo 'not this' >/dev/fd/3; printf other >/dev/fd/3"],
            limits: .init(cpuSeconds: 10, memoryBytes: 1 << 30, fileBytes: 1 << 20))
        let ending = try await Fixture.pool.run {
            try child.run(files: [file.fileDescriptor], until: .after(seconds: 60), onTick: {})
        }
        #expect(ending.way == .exit(0))
        #expect(try file.writtenBytes() == 5)
        let sealed = try await file.seal()
        #expect(sealed.content.bytes == 5)
        #expect(sealed.content.md5 == "795f3202b17cb6bc3d4b771d8c6c9eaf")
        _ = try await sealed.commit()
        #expect(try await fixture.readAll() == Array("other".utf8))
        #expect(try fixture.stagingFiles() == [])
    }

    @Test func whatIsDroppedOrDiscardedLeavesTheBlobAsItIs() async throws {
        let fixture = try Fixture()
        try await store([1, 2, 3], in: fixture)
        let sink = try await fixture.store.beginResult(id: Fixture.id)
        try await sink.send([4])
        await (try await sink.seal()).discard()
        #expect(try fixture.stagingFiles() == [])

        let other = try await fixture.store.beginResult(id: Fixture.id)
        try await other.send([5])
        _ = try await other.seal()
        _ = try await fixture.store.beginResultFile(id: Fixture.id)
        #expect(try await eventually { try fixture.stagingFiles() == [] })
        #expect(try await fixture.readAll() == [1, 2, 3])
        let before = try fixture.openDescriptors()
        #expect(try await eventually { try fixture.openDescriptors() <= before })
    }

    @Test func theNextStartRemovesWhatWasNotCommitted() async throws {
        let fixture = try Fixture()
        try await store([1, 2, 3], in: fixture)
        let file = try await fixture.store.beginResultFile(id: Fixture.id)
        #expect(try fixture.stagingFiles().count == 1)
        try await fixture.store.removeStaging(except: [Fixture.id])
        #expect(try fixture.stagingFiles() == [])
        _ = consume file
    }
}
