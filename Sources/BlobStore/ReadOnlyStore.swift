import Glibc
import Posix

/// Blobs in a directory that nothing is ever written into: an archive, or a disk that is mounted read-only. It takes no
/// lock, so that several may read the same directory.
public final class ReadOnlyStore: BlobStore {
    private let directory: Descriptor
    private let isLocal: Bool
    /// Absolute, without symbolic links.
    private let path: String
    private let pool: BlockingPool
    private let digestPool: BlockingPool

    /// Opens the directory; blocks. To be called at the start.
    ///
    /// - Parameters:
    ///   - directory: where the blobs lie.
    ///   - pool: for what waits for the disk.
    ///   - digestPool: for what burns CPU. May be the same.
    /// - Throws: where the directory is missing or can't be read.
    public init(directory: String, pool: BlockingPool, digestPool: BlockingPool) throws(StoreError) {
        let what = "open the read-only image store at \(directory)"
        guard let real = realpath(directory, nil) else { throw StoreError(.last("realpath"), doing: what) }
        defer { free(real) }
        path = String(cString: real)
        let folder = try storing(what) { () throws(Errno) in
            try Descriptor.open(String(cString: real), O_RDONLY | O_DIRECTORY)
        }
        isLocal = folder.isLocal
        self.directory = consume folder
        self.pool = pool
        self.digestPool = digestPool
    }

    public var isReadOnly: Bool { true }
    public var identity: String { path }
    public var urlPrefix: String { "file://\(path)/" }

    public func open(id: String) async throws(StoreError) -> any OpenBlob { try await openFile(id) }

    public func examine(
        id: String, while goesOn: @escaping @Sendable (Int64) -> Bool
    ) async throws(StoreError) -> StoredBlob {
        try await openFile(id).examine(id, at: urlPrefix, digestPool: digestPool, while: goesOn)
    }

    private func openFile(_ id: String) async throws(StoreError) -> StoredFile {
        try BlobName.check(id)
        if isLocal, let file = StoredFile(id: id, cachedIn: directory, pool: pool) { return file }
        return try await pool.perform { () throws(StoreError) in
            try StoredFile(id: id, in: self.directory, pool: self.pool)
        }
    }

    // MARK: What it does not do

    public func beginUpload(
        id: String, expectedBytes: Int64?, resuming token: String?
    ) async throws(StoreError) -> UploadSink { throw refusal(of: "store image \(id)") }

    public func beginResult(id: String) async throws(StoreError) -> UploadSink {
        throw refusal(of: "store image \(id)")
    }

    public func beginResultFile(id: String) async throws(StoreError) -> ResultFile {
        throw refusal(of: "store image \(id)")
    }

    public func copy(
        _ blob: any OpenBlob, id: String, verifying claim: BlobClaim, while goesOn: @escaping @Sendable (Int64) -> Bool
    ) async throws(StoreError) -> BlobCopy { throw refusal(of: "copy image \(id)") }

    public func remove(id: String) async throws(StoreError) { throw refusal(of: "remove image \(id)") }

    /// None: who lists blobs means to put the directory in order.
    public func names() -> AsyncThrowingStream<[String], any Error> { AsyncThrowingStream { nil } }

    public func removeStaging(except tokens: Set<String>) {}

    private func refusal(of what: String) -> StoreError {
        .readOnly(Errno(code: EROFS, operation: "\(what): the store at \(path) is read-only"))
    }
}
