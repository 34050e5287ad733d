import FoundationEssentials
import Glibc
import Posix
import Testing

@testable import BlobStore

struct FilesystemStoreTests {
    @Test(arguments: [
        "", ".", "..", "../x", ".lock", ".staging", "/etc/passwd", "a/b", "-a", "a.b", "a b", "a\u{0}", "g", "ä",
        "0123456789abcdef0123456789abcdef01234",
    ])
    func refusesOtherNames(id: String) async throws {
        let fixture = try Fixture()
        let error = StoreError.invalidName(id)
        await #expect(throws: error) { try await fixture.store.beginUpload(id: id, expectedBytes: nil) }
        await #expect(throws: error) {
            try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil, resuming: id)
        }
        await #expect(throws: error) { try await fixture.store.open(id: id) }
        await #expect(throws: error) { try await fixture.store.remove(id: id) }
        #expect(try fixture.files() + fixture.stagingFiles() == [])
    }

    @Test(arguments: [Fixture.id, "71C675ABD94F49CDA114E12490B328D9", "0"])
    func takesTheNamesOfImages(id: String) async throws {
        let fixture = try Fixture()
        let sink = try await fixture.store.beginUpload(id: id, expectedBytes: 3)
        try await sink.send([7, 8, 9])
        _ = try await sink.finish()
        #expect(try await fixture.readAll(id) == [7, 8, 9])
    }

    @Test func isForOneDaemonOnly() throws {
        let fixture = try Fixture()
        let path = "\(fixture.path)/images"
        #expect(throws: StoreError.inUse("open the image store at \(path)")) {
            try FilesystemStore(directory: path, pool: Fixture.pool, digestPool: Fixture.digestPool)
        }
    }

    @Test func opensAgain() async throws {
        let path = try Fixture.makeFolder()
        defer { removeTree(path) }
        for round in 0..<2 {
            let store = try await openOnceFree("\(path)/deeper/images/")
            let id = String(round)
            _ = try await store.beginUpload(id: id, expectedBytes: 0).finish()
            #expect(try await store.open(id: "0").bytes == 0)
        }
        var status = stat()
        #expect(stat("\(path)/deeper/images", &status) == 0)
        #expect(status.st_mode & 0o027 == 0, "nothing for others, no writing for the group")
    }

    /// A pool's thread may hold what it has just done, and with it the lock, for a moment longer.
    private func openOnceFree(_ directory: String) async throws -> FilesystemStore {
        let deadline = Deadline.after(seconds: 10)
        while true {
            do throws(StoreError) {
                return try FilesystemStore(directory: directory, pool: Fixture.pool, digestPool: Fixture.digestPool)
            } catch {
                guard case .inUse = error, !deadline.isOver else { throw error }
                await Task.yield()
            }
        }
    }

    @Test func saysWhyItCannotOpen() throws {
        #expect(throws: StoreError.self) {
            try FilesystemStore(directory: "/dev/null/x", pool: Fixture.pool, digestPool: Fixture.digestPool)
        }
    }

    @Test func aRemovedBlobStaysReadableForWhoHasIt() async throws {
        let fixture = try Fixture()
        let sink = try await fixture.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        try await sink.send(Sample.bytes(5000))
        _ = try await sink.finish()
        let blob = try await fixture.store.open(id: Fixture.id)
        try await fixture.store.remove(id: Fixture.id)
        #expect(try fixture.files() == [])
        #expect(blob.bytes == 5000)
        #expect(try await blob.read(at: 4000, bytesMax: 4000) == Array(Sample.all[4000..<5000]))
        #expect(try await blob.read(at: 5000, bytesMax: 10) == [])
        #expect(blob.fileDescriptor != nil)
        await #expect(throws: StoreError.notFound(id: Fixture.id)) { try await fixture.store.open(id: Fixture.id) }
        try await fixture.store.remove(id: Fixture.id)
    }

    @Test func opensNothingButFiles() async throws {
        let fixture = try Fixture()
        #expect(mkdir("\(fixture.path)/images/aa", 0o700) == 0)
        #expect(symlink("/etc/passwd", "\(fixture.path)/images/bb") == 0)
        await #expect(throws: StoreError.self) { try await fixture.store.open(id: "aa") }
        await #expect(throws: StoreError.self) { try await fixture.store.open(id: "bb") }
    }

    @Test(arguments: [0, 3, 1000, 2345])
    func namesAllBlobsInBatches(count: Int) async throws {
        let fixture = try Fixture()
        let ids = (0..<count).map { String($0, radix: 16) }
        for name in ids + ["lost+found", ".hidden", "note.txt"] {
            #expect(FileManager.default.createFile(atPath: "\(fixture.path)/images/\(name)", contents: nil))
        }
        var names: [String] = []
        for try await batch in fixture.store.names() {
            #expect((1...1000).contains(batch.count))
            names += batch
        }
        #expect(names.sorted() == ids.sorted())
    }
}

func removeTree(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
}
