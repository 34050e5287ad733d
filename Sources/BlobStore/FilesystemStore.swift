import Glibc
import Posix
import Synchronization

/// Blobs in a directory, a file an image with the image's id as its name.
public final class FilesystemStore: BlobStore {
    private static let namesPerBatchMax = 1000

    let directory: StoreDirectory
    let pool: BlockingPool
    let digestPool: BlockingPool

    public var urlPrefix: String { "file://\(directory.path)/" }

    /// Opens the store, making the directory (mode 0750) where it is missing; blocks. To be called at the start.
    ///
    /// - Parameters:
    ///   - directory: where the blobs lie; nobody else should write there.
    ///   - pool: for what waits for the disk: open, write, fsync, rename.
    ///   - digestPool: for what burns CPU; as many threads as there are cores are enough. May be the same.
    ///   - cachedBytes: so much of each blob goes through the page cache; nil for what memory has room for.
    /// - Throws: `.inUse` where another process, or this one, has the directory open as a store.
    public init(
        directory: String, pool: BlockingPool, digestPool: BlockingPool, cachedBytes: Int64? = nil
    ) throws(StoreError) {
        self.directory = try StoreDirectory(path: directory, cachedBytes: cachedBytes)
        self.pool = pool
        self.digestPool = digestPool
    }

    /// What stands in the lock file, since the store was first opened.
    public var identity: String { directory.identity }

    /// Begins to take a blob in, in a file of its own in `.staging/`.
    public func beginUpload(
        id: String, expectedBytes: Int64?, resuming token: String?
    ) async throws(StoreError) -> UploadSink {
        try BlobName.check(id)
        if let token { try BlobName.check(token) }
        let directory = directory
        let staged = try await pool.perform { () throws(StoreError) in
            try StagingFile(id: id, expectedBytes: expectedBytes, token: token, in: directory)
        }
        let sink = try UploadSink(
            id: id, expectedBytes: expectedBytes, staged: staged, pool: pool, digestPool: digestPool)
        do throws(StoreError) {
            try await sink.rehash()
        } catch {
            // What cannot be read again is of no use to the next try.
            await sink.abort()
            throw error
        }
        return sink
    }

    /// Begins to make data that are to take the place of the blob of that id.
    public func beginResult(id: String) async throws(StoreError) -> UploadSink {
        let staged = try await stageResult(id: id)
        return try UploadSink(id: id, expectedBytes: nil, staged: staged, pool: pool, digestPool: digestPool)
    }

    /// The same where another program makes them.
    public func beginResultFile(id: String) async throws(StoreError) -> ResultFile {
        let staged = try await stageResult(id: id)
        return ResultFile(id: id, staged: staged, pool: pool, digestPool: digestPool)
    }

    private func stageResult(id: String) async throws(StoreError) -> StagingFile {
        try BlobName.check(id)
        let directory = directory
        return try await pool.perform { () throws(StoreError) in
            try StagingFile(id: id, expectedBytes: nil, token: nil, replaces: true, in: directory)
        }
    }

    /// Opens a blob for reading.
    public func open(id: String) async throws(StoreError) -> any OpenBlob {
        try BlobName.check(id)
        let (directory, pool) = (directory, pool)
        // Clients that ask for an image piece by piece need no thread for each.
        if directory.isLocal, let file = StoredFile(id: id, cachedIn: directory.blobs, pool: pool) { return file }
        return try await pool.perform { () throws(StoreError) in
            try StoredFile(id: id, in: directory.blobs, pool: pool)
        }
    }

    /// Removes a blob for good.
    public func remove(id: String) async throws(StoreError) {
        try BlobName.check(id)
        let directory = directory
        try await pool.perform { () throws(StoreError) in
            let what = "remove image \(id)"
            try directory.unlink(id, from: directory.blobs, doing: what)
            try directory.syncNames(doing: what)
        }
    }

    /// The ids of all blobs in no order, in batches.
    public func names() -> AsyncThrowingStream<[String], any Error> {
        let (directory, pool) = (directory, pool)
        let reader = OpenReader()
        return AsyncThrowingStream {
            try await pool.perform { () throws(StoreError) in
                try reader.batch(of: directory, namesMax: Self.namesPerBatchMax)
            }
        }
    }

    /// Removes what unfinished uploads left, but for the resumable ones with these tokens.
    public func removeStaging(except tokens: Set<String> = []) async throws(StoreError) {
        let directory = directory
        try await pool.perform { () throws(StoreError) in
            let what = "clean up unfinished uploads"
            var reader = try DirectoryReader(directory.staging, doing: what)
            while let name = try reader.next() {
                guard !StagingFile.isResumable(name, tokens: tokens, in: directory) else { continue }
                try directory.unlink(name, from: directory.staging, doing: what)
            }
        }
    }
}

/// The place in the directory between two batches of names.
private final class OpenReader: Sendable {
    // Never contended, as batches are asked for one at a time; the lock says so to the compiler.
    private let reader = Locked<DirectoryReader?>(nil)

    /// The next names that are blobs' names; nil at the end.
    func batch(of directory: StoreDirectory, namesMax: Int) throws(StoreError) -> [String]? {
        try reader.withLock { (reader) throws(StoreError) -> [String]? in
            if reader == nil { reader = try DirectoryReader(directory.blobs, doing: "list the stored images") }
            var names: [String] = []
            while names.count < namesMax, let name = try reader?.next() {
                if BlobName.isValid(name) { names.append(name) }
            }
            return names.isEmpty ? nil : names
        }
    }
}
