/// Several stores that are one to those who do not ask for a store by name: what comes in goes into the first, what is
/// asked for is looked for in each, and what is removed leaves all that can be written into.
public final class StoreSet: BlobStore {
    private let stores: [(id: String, store: any BlobStore)]
    private let first: any BlobStore

    /// - Parameters:
    ///   - first: the default store.
    ///   - others: in the order in which they are asked.
    public init(first: (id: String, store: any BlobStore), others: [(id: String, store: any BlobStore)]) {
        self.first = first.store
        stores = [first] + others
    }

    /// That of the default store.
    public var identity: String { first.identity }

    public var parts: [StorePart] { stores.map { StorePart(id: $0.id, store: $0.store) } }

    /// The default store's.
    public var urlPrefix: String { first.urlPrefix }

    public func copy(
        _ blob: any OpenBlob, id: String, verifying claim: BlobClaim, while goesOn: @escaping @Sendable (Int64) -> Bool
    ) async throws(StoreError) -> BlobCopy {
        try await first.copy(blob, id: id, verifying: claim, while: goesOn)
    }

    public func part(named id: String?) -> any BlobStore {
        stores.first { $0.id == id }?.store ?? first
    }

    public func beginUpload(
        id: String, expectedBytes: Int64?, resuming token: String?
    ) async throws(StoreError) -> UploadSink {
        try await first.beginUpload(id: id, expectedBytes: expectedBytes, resuming: token)
    }

    public func beginResult(id: String) async throws(StoreError) -> UploadSink {
        try await first.beginResult(id: id)
    }

    public func beginResultFile(id: String) async throws(StoreError) -> ResultFile {
        try await first.beginResultFile(id: id)
    }

    public func open(id: String) async throws(StoreError) -> any OpenBlob {
        for entry in stores.dropLast() {
            do throws(StoreError) {
                return try await entry.store.open(id: id)
            } catch {
                guard case .notFound = error else { throw error }
            }
        }
        return try await (stores.last?.store ?? first).open(id: id)
    }

    public func examine(
        id: String, while goesOn: @escaping @Sendable (Int64) -> Bool
    ) async throws(StoreError) -> StoredBlob {
        for entry in stores.dropLast() {
            do throws(StoreError) {
                return try await entry.store.examine(id: id, while: goesOn)
            } catch {
                guard case .notFound = error else { throw error }
            }
        }
        return try await (stores.last?.store ?? first).examine(id: id, while: goesOn)
    }

    public func remove(id: String) async throws(StoreError) {
        for entry in stores where !entry.store.isReadOnly { try await entry.store.remove(id: id) }
    }

    /// The ids of each store in turn; one that lies in several comes once for each.
    public func names() -> AsyncThrowingStream<[String], any Error> {
        let streams = Streams(stores.map { $0.store.names() })
        return AsyncThrowingStream { try await streams.next() }
    }

    public func removeStaging(except tokens: Set<String>) async throws(StoreError) {
        for entry in stores { try await entry.store.removeStaging(except: tokens) }
    }
}

/// The lists of names of several stores, one after the other; asked for one batch at a time.
private actor Streams {
    private var streams: ArraySlice<AsyncThrowingStream<[String], any Error>>

    init(_ streams: [AsyncThrowingStream<[String], any Error>]) { self.streams = streams[...] }

    func next() async throws -> [String]? {
        while let stream = streams.first {
            // Unfolding streams keep their place between iterators.
            var iterator = stream.makeAsyncIterator()
            if let names = try await iterator.next(isolation: self) { return names }
            streams.removeFirst()
        }
        return nil
    }
}
