import Glibc
import Posix

/// A stored blob that is read through once more, as an upload is that an earlier process has left: nothing of it is written,
/// moved or removed.
private final class KeptBlob: StagedBlob {
    private let file: StoredFile
    private let location: String

    init(_ file: StoredFile, location: String) {
        self.file = file
        self.location = location
    }

    var resumedBytes: Int64 { file.bytes }
    var isResumable: Bool { true }
    var fileDescriptor: CInt? { file.fileDescriptor }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(StoreError) -> Int {
        try file.read(into: buffer, at: offset)
    }

    func write(_ pieces: [UnsafeRawBufferPointer], at offset: Int64) throws(StoreError) {
        throw .ended(id: location)
    }

    func endWriting() {}
    func commit(bytes: Int64) -> String { location }
    func discard() {}
}

extension StoredFile {
    /// Reads the file through.
    ///
    /// - Parameter urlPrefix: of its store.
    func examine(
        _ id: String, at urlPrefix: String, digestPool: BlockingPool, while goesOn: (Int64) -> Bool
    ) async throws(StoreError) -> StoredBlob {
        let sink = try UploadSink(
            id: id, expectedBytes: nil, staged: KeptBlob(self, location: "\(urlPrefix)\(id)"), pool: pool,
            digestPool: digestPool)
        do throws(StoreError) {
            try await sink.rehash(while: goesOn)
            return try await sink.finish()
        } catch {
            await sink.abort()
            throw error
        }
    }
}

extension FilesystemStore {
    /// Reads a blob through. It is on disk then, and has its name: a crash may have come between the move and the fsync of
    /// the folder.
    public func examine(
        id: String, while goesOn: @escaping @Sendable (Int64) -> Bool
    ) async throws(StoreError) -> StoredBlob {
        try BlobName.check(id)
        let (directory, pool) = (directory, pool)
        let file = try await pool.perform { () throws(StoreError) in
            let file = try StoredFile(id: id, in: directory.blobs, pool: pool)
            try file.sync()
            try directory.syncNames(doing: "examine image \(id)")
            return file
        }
        return try await file.examine(id, at: urlPrefix, digestPool: digestPool, while: goesOn)
    }
}
