import Glibc
import Posix
import Testing

@testable import BlobStore

/// A store that nothing is written into.
@Suite struct ReadOnlyStoreTests {
    private func open(_ folder: String) throws -> ReadOnlyStore {
        try ReadOnlyStore(directory: folder, pool: Fixture.pool, digestPool: Fixture.digestPool)
    }

    private func isReadOnly(_ error: any Error) -> Bool {
        if case .readOnly? = error as? StoreError { true } else { false }
    }

    @Test func itReadsAndDoesNothingElse() async throws {
        let folder = try Fixture.makeFolder()
        defer { removeTree(folder) }
        let file = try Descriptor.open("\(folder)/\(Fixture.id)", O_WRONLY | O_CREAT, mode: 0o600)
        try file.writeAll([1, 2, 3], at: 0)
        let store = try open(folder)
        // Two may read what nobody writes.
        _ = try open(folder)
        #expect(store.isReadOnly && store.urlPrefix.hasSuffix("\(folder)/"))
        let blob = try await store.open(id: Fixture.id)
        #expect(try await blob.read(at: 1, bytesMax: 10) == [2, 3])
        let examined = try await store.examine(id: Fixture.id, while: { _ in true })
        #expect(examined.bytes == 3 && examined.location == "\(store.urlPrefix)\(Fixture.id)")
        await #expect(throws: StoreError.notFound(id: "0")) { try await store.open(id: "0") }
        await #expect(throws: StoreError.invalidName("../x")) { try await store.open(id: "../x") }

        await #expect(performing: { _ = try await store.beginUpload(id: "0", expectedBytes: nil) }, throws: isReadOnly)
        await #expect(performing: { _ = try await store.beginResult(id: "0") }, throws: isReadOnly)
        await #expect(performing: { _ = try await store.beginResultFile(id: "0") }, throws: isReadOnly)
        await #expect(performing: { try await store.remove(id: Fixture.id) }, throws: isReadOnly)
        let claim = BlobClaim(bytes: nil, digest: nil)
        await #expect(
            performing: { _ = try await store.copy(blob, id: "0", verifying: claim, while: { _ in true }) },
            throws: isReadOnly)
        store.removeStaging(except: [])
        for try await names in store.names() { Issue.record("\(names) are not to be put in order") }
        #expect(access("\(folder)/.lock", F_OK) != 0 && access("\(folder)/.staging", F_OK) != 0)
        #expect(access("\(folder)/\(Fixture.id)", F_OK) == 0)
    }

    @Test func aFolderThatIsMissingIsNotMade() throws {
        let folder = try Fixture.makeFolder()
        defer { removeTree(folder) }
        #expect(throws: StoreError.self) { try open("\(folder)/missing") }
        #expect(access("\(folder)/missing", F_OK) != 0)
    }
}
