import Glibc
import Posix
import Testing

@testable import BlobStore

/// What every store has to be able to do, whatever is behind it: a new store is one more case of `Kind`.
@Suite struct ConformanceTests {
    /// The stores there are.
    enum Kind: CaseIterable, Sendable {
        case filesystem
        /// Several that are one.
        case set
        /// One that knows nothing but the protocol: no file behind its blobs, no copy of its own.
        case opaque

        func make(_ folder: String) throws -> any BlobStore {
            func files(_ name: String) throws -> FilesystemStore {
                try FilesystemStore(
                    directory: "\(folder)/\(name)", pool: Fixture.pool, digestPool: Fixture.digestPool)
            }
            return switch self {
            case .filesystem: try files("one")
            case .set: StoreSet(first: ("one", try files("one")), others: [("two", try files("two"))])
            case .opaque: OpaqueStore(try files("one"))
            }
        }
    }

    /// A store in a folder that goes with it.
    final class Place: Sendable {
        let folder: String
        let store: any BlobStore

        init(_ kind: Kind) throws {
            folder = try Fixture.makeFolder()
            store = try kind.make(folder)
        }

        deinit { removeTree(folder) }

        func put(_ bytes: [UInt8], as id: String = Fixture.id) async throws -> StoredBlob {
            let sink = try await store.beginUpload(id: id, expectedBytes: Int64(bytes.count))
            try await sink.send(bytes)
            return try await sink.finish()
        }

        func content(of id: String = Fixture.id) async throws -> [UInt8] {
            let blob = try await store.open(id: id)
            var bytes: [UInt8] = []
            while true {
                let more = try await blob.read(at: Int64(bytes.count), bytesMax: 1 << 20)
                if more.isEmpty { return bytes }
                bytes += more
            }
        }

        func names() async throws -> [String] {
            var names: [String] = []
            for try await batch in store.names() { names += batch }
            return names.sorted()
        }
    }

    static let sizes = [0, 1, UploadSink.bufferBytes, UploadSink.bufferBytes + 1, 3_000_001]

    @Test(arguments: Kind.allCases, sizes)
    func whatGoesInComesOut(_ kind: Kind, bytes: Int) async throws {
        let place = try Place(kind)
        let blob = try await place.put(Sample.bytes(bytes))
        #expect(blob.bytes == Int64(bytes) && blob.md5.utf8.count == 32 && blob.sha512.utf8.count == 128)
        #expect(blob.location == place.store.urlPrefix + Fixture.id)
        #expect(try await place.content() == Sample.bytes(bytes))
        #expect(try await place.store.open(id: Fixture.id).bytes == Int64(bytes))
        #expect(try await place.names() == [Fixture.id])
    }

    @Test(arguments: Kind.allCases)
    func nothingIsSeenBeforeTheEnd(_ kind: Kind) async throws {
        let place = try Place(kind)
        let sink = try await place.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        try await sink.send(Sample.bytes(400_000))
        await #expect(throws: StoreError.notFound(id: Fixture.id)) { try await place.store.open(id: Fixture.id) }
        #expect(try await place.names() == [])
        await sink.abort()
        await #expect(throws: StoreError.notFound(id: Fixture.id)) { try await place.store.open(id: Fixture.id) }
        #expect(try await place.put([7]).bytes == 1, "what was given up is in nobody's way")
    }

    @Test(arguments: Kind.allCases)
    func nothingIsReplaced(_ kind: Kind) async throws {
        let place = try Place(kind)
        // Both begin; the second one to end finds the first.
        let late = try await place.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        try await late.send([9])
        _ = try await place.put([1, 2, 3])
        await #expect(throws: StoreError.duplicate(id: Fixture.id)) { try await late.finish() }
        await late.abort()
        await #expect(throws: StoreError.duplicate(id: Fixture.id)) {
            try await place.store.beginUpload(id: Fixture.id, expectedBytes: nil)
        }
        #expect(try await place.content() == [1, 2, 3])
    }

    @Test(arguments: Kind.allCases, [2, 4])
    func anotherLengthIsRefused(_ kind: Kind, bytes: Int) async throws {
        let place = try Place(kind)
        let sink = try await place.store.beginUpload(id: Fixture.id, expectedBytes: 3)
        await #expect(throws: StoreError.lengthMismatch(id: Fixture.id, expected: 3, actual: Int64(bytes))) {
            try await sink.send(Sample.bytes(bytes))
            _ = try await sink.finish()
        }
        await sink.abort()
        #expect(try await place.names() == [])
    }

    @Test(arguments: Kind.allCases)
    func whatWasBegunIsGoneOnWith(_ kind: Kind) async throws {
        let place = try Place(kind)
        let token = "0123abcd"
        let first = try await place.store.beginUpload(id: Fixture.id, expectedBytes: nil, resuming: token)
        try await first.send(Sample.bytes(500_000))
        await #expect(throws: StoreError.self) {
            try await place.store.beginUpload(id: Fixture.id, expectedBytes: nil, resuming: token)
        }
        await first.abort()
        let second = try await place.store.beginUpload(id: Fixture.id, expectedBytes: nil, resuming: token)
        #expect(second.resumedBytes == 0, "aborted, it has gone")
        try await second.send([1, 2])
        #expect(try await second.finish().bytes == 2)
    }

    @Test(arguments: Kind.allCases)
    func removedBlobsAreGoneButForWhoHasThem(_ kind: Kind) async throws {
        let place = try Place(kind)
        _ = try await place.put(Sample.bytes(70_000))
        let blob = try await place.store.open(id: Fixture.id)
        for _ in 1...2 { try await place.store.remove(id: Fixture.id) }
        #expect(try await place.names() == [])
        #expect(try await blob.read(at: 69_990, bytesMax: 100) == Array(Sample.all[69_990..<70_000]))
        #expect(try await place.put([5]).bytes == 1, "its name is free again")
    }

    @Test(arguments: Kind.allCases, ["", "..", "a/b", ".x", "g"])
    func otherNamesAreRefused(_ kind: Kind, id: String) async throws {
        let place = try Place(kind)
        let other = try Place(.filesystem)
        _ = try await other.put([1])
        let blob = try await other.store.open(id: Fixture.id)
        let error = StoreError.invalidName(id)
        await #expect(throws: error) { try await place.store.beginUpload(id: id, expectedBytes: nil) }
        await #expect(throws: error) { try await place.store.open(id: id) }
        await #expect(throws: error) { try await place.store.remove(id: id) }
        await #expect(throws: error) {
            try await place.store.copy(
                blob, id: id, verifying: BlobClaim(bytes: nil, digest: nil), while: { _ in true })
        }
    }

    @Test(arguments: Kind.allCases)
    func partsGoByTheirNames(_ kind: Kind) async throws {
        let place = try Place(kind)
        _ = try await place.put([1])
        let parts = place.store.parts
        #expect(!parts.isEmpty && Set(parts.map(\.id)).count == parts.count)
        #expect(parts.count == 1 || parts.allSatisfy { $0.id != nil })
        for part in parts {
            #expect(part.store.urlPrefix == place.store.part(named: part.id).urlPrefix)
            let sink = try await part.store.beginUpload(id: "ab", expectedBytes: nil)
            #expect(try await sink.finish().location == part.store.urlPrefix + "ab")
        }
        // What is removed leaves all of them.
        try await place.store.remove(id: "ab")
        #expect(try await place.names() == [Fixture.id])
    }

    @Test(arguments: Kind.allCases)
    func resultsTakeABlobsPlace(_ kind: Kind) async throws {
        let place = try Place(kind)
        _ = try await place.put([1, 2, 3])
        let sink = try await place.store.beginResult(id: Fixture.id)
        try await sink.send([4, 5])
        #expect(try await place.content() == [1, 2, 3], "not seen before the end")
        let blob = try await sink.seal().commit()
        #expect(blob.bytes == 2 && blob.location == place.store.urlPrefix + Fixture.id)
        #expect(try await place.content() == [4, 5])
        #expect(try await place.names() == [Fixture.id])
        let other = try await place.store.beginResult(id: Fixture.id)
        try await other.send([6])
        await other.abort()
        #expect(try await place.content() == [4, 5])
    }

    // MARK: Copies

    @Test(arguments: Kind.allCases, Kind.allCases)
    func copiesAreVerified(_ kind: Kind, from source: Kind) async throws {
        for bytes in Self.sizes {
            let (place, other) = (try Place(kind), try Place(source))
            let stored = try await other.put(Sample.bytes(bytes))
            let blob = try await other.store.open(id: Fixture.id)
            let good = BlobClaim(bytes: stored.bytes, digest: BlobDigest(.sha512, stored.sha512))
            func copy(_ claim: BlobClaim) async throws(StoreError) -> BlobCopy {
                try await place.store.copy(blob, id: Fixture.id, verifying: claim, while: { _ in true })
            }
            var wrong = good
            wrong.digest = BlobDigest(.md5, String(repeating: "0", count: 32))
            await #expect(
                throws: StoreError.digestMismatch(
                    id: Fixture.id, expected: String(repeating: "0", count: 32), actual: stored.md5)
            ) { try await copy(wrong) }
            wrong.bytes = Int64(bytes) + 1
            await #expect(
                throws: StoreError.lengthMismatch(
                    id: Fixture.id, expected: Int64(bytes) + 1, actual: Int64(bytes))
            ) { try await copy(wrong) }
            #expect(try await place.names() == [], "a bad copy leaves nothing")
            let copied = try await copy(good)
            #expect(
                copied
                    == BlobCopy(
                        bytes: stored.bytes, digest: stored.sha512, location: place.store.urlPrefix + Fixture.id))
            #expect(try await place.content() == Sample.bytes(bytes))
            await #expect(throws: StoreError.duplicate(id: Fixture.id)) { try await copy(good) }
            #expect(try await other.content() == Sample.bytes(bytes), "the source stays as it was")
        }
    }

    @Test(arguments: Kind.allCases)
    func copiesEndWhenTheyAreNotToGoOn(_ kind: Kind) async throws {
        let (place, other) = (try Place(kind), try Place(.filesystem))
        _ = try await other.put(Sample.bytes(1_000_000))
        let blob = try await other.store.open(id: Fixture.id)
        await #expect(throws: StoreError.ended(id: Fixture.id)) {
            try await place.store.copy(
                blob, id: Fixture.id, verifying: BlobClaim(bytes: nil, digest: nil), while: { _ in false })
        }
        #expect(try await place.names() == [])
        let digest = BlobClaim(bytes: nil, digest: BlobDigest(.md5, ""))
        let copied = try await place.store.copy(blob, id: Fixture.id, verifying: digest, while: { _ in true })
        #expect(copied.digest?.utf8.count == 32, "a digest that nobody knows is found out")
    }

    @Test("what is read through again is what it was when it came", arguments: Kind.allCases)
    func examined(kind: Kind) async throws {
        let place = try Place(kind)
        for (id, bytes) in [(Fixture.id, 3_000_001), ("0", 0), ("1", 5)] {
            let stored = try await place.put([UInt8](repeating: 7, count: bytes), as: id)
            #expect(try await place.store.examine(id: id, while: { _ in true }) == stored)
        }
        await #expect(throws: StoreError.ended(id: Fixture.id)) {
            try await place.store.examine(id: Fixture.id, while: { $0 < 1_000_000 })
        }
        await #expect(throws: StoreError.notFound(id: "2")) {
            try await place.store.examine(id: "2", while: { _ in true })
        }
        #expect(try await place.content() == [UInt8](repeating: 7, count: 3_000_001), "it is there still")
    }
}

/// A store that hides what it has beyond the protocol.
private final class OpaqueStore: BlobStore {
    private let inner: FilesystemStore

    init(_ inner: FilesystemStore) { self.inner = inner }

    var urlPrefix: String { inner.urlPrefix }
    var identity: String { inner.identity }

    func beginUpload(
        id: String, expectedBytes: Int64?, resuming token: String?
    ) async throws(StoreError) -> UploadSink {
        try await inner.beginUpload(id: id, expectedBytes: expectedBytes, resuming: token)
    }

    func beginResult(id: String) async throws(StoreError) -> UploadSink { try await inner.beginResult(id: id) }

    func beginResultFile(id: String) async throws(StoreError) -> ResultFile {
        try await inner.beginResultFile(id: id)
    }

    func open(id: String) async throws(StoreError) -> any OpenBlob { OpaqueBlob(try await inner.open(id: id)) }

    func examine(
        id: String, while goesOn: @escaping @Sendable (Int64) -> Bool
    ) async throws(StoreError) -> StoredBlob {
        try await inner.examine(id: id, while: goesOn)
    }

    func remove(id: String) async throws(StoreError) { try await inner.remove(id: id) }

    func names() -> AsyncThrowingStream<[String], any Error> { inner.names() }

    func removeStaging(except tokens: Set<String>) async throws(StoreError) {
        try await inner.removeStaging(except: tokens)
    }
}

private final class OpaqueBlob: OpenBlob {
    private let inner: any OpenBlob

    init(_ inner: any OpenBlob) { self.inner = inner }

    var bytes: Int64 { inner.bytes }
    var fileDescriptor: CInt? { nil }

    func read(at offset: Int64, bytesMax: Int) async throws(StoreError) -> [UInt8] {
        try await inner.read(at: offset, bytesMax: bytesMax)
    }
}
