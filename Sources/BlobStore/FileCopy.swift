import CLinux
import Glibc
import Posix

/// A copy of a file in the making: inside the kernel, by reference where the filesystem can, and read again for its digest.
///
/// The steps block, and come one after the other; the digest of one piece may be taken while the next one is copied.
final class FileCopy: Sendable {
    /// Bytes a step, between two looks at whether the copy is to go on.
    static let stepBytes: Int64 = 64 << 20
    private static let readBytes = 1 << 20

    let bytes: Int64
    private let id: String
    /// Keeps the source's descriptor open.
    private let blob: any OpenBlob
    private let source: CInt
    private let staged: StagingFile
    private let digest: DigestLane?

    init(
        _ blob: any OpenBlob, _ source: CInt, id: String, _ claim: BlobClaim, in directory: StoreDirectory
    ) throws(StoreError) {
        self.blob = blob
        self.source = source
        self.id = id
        bytes = blob.bytes
        digest = try claim.lane()
        // A copy by reference takes no room; what it takes on another disk had better be asked for at once.
        let isNear = Self.isOnOneDisk(source, directory)
        staged = try StagingFile(id: id, expectedBytes: isNear ? nil : blob.bytes, token: nil, in: directory)
    }

    private static func isOnOneDisk(_ source: CInt, _ directory: StoreDirectory) -> Bool {
        var (file, folder) = (stat(), stat())
        guard fstat(source, &file) == 0, fstat(directory.blobs.rawValue, &folder) == 0 else { return false }
        return file.st_dev == folder.st_dev
    }

    /// Copies the bytes from the offset on, a step of them.
    ///
    /// - Returns: where the step ended.
    func copy(from offset: Int64) throws(StoreError) -> Int64 {
        let end = min(bytes, offset + Self.stepBytes)
        var place = offset
        while place < end {
            let count = try staged.append(from: source, at: place, bytes: end - place)
            guard count > 0 else {
                throw .failed(Errno(code: EIO, operation: "copy image \(id): its data have become shorter"))
            }
            place += count
        }
        return end
    }

    /// Takes bytes of the copy into the digest, in order.
    func digest(from offset: Int64, to end: Int64) throws(StoreError) {
        guard let digest else { return }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.readBytes, alignment: 4096)
        defer { memory.deallocate() }
        var place = offset
        while place < end {
            let room = UnsafeMutableRawBufferPointer(rebasing: memory[..<Int(min(Int64(memory.count), end - place))])
            let count = try staged.read(into: room, at: place)
            guard count > 0 else { throw .failed(Errno(code: EIO, operation: "read the copy of image \(id)")) }
            try digest.consume(UnsafeRawBufferPointer(rebasing: memory[..<count]), at: place)
            place += Int64(count)
        }
    }

    /// Verifies the copy, and makes it durable and visible.
    func commit(_ claim: BlobClaim) throws(StoreError) -> BlobCopy {
        let found = try digest?.finalize()
        try claim.check(found, of: id)
        let location = try staged.commit(bytes: bytes)
        return BlobCopy(bytes: bytes, digest: found, location: location)
    }

    func discard() { staged.discard() }
}

extension FilesystemStore {
    public func copy(
        _ blob: any OpenBlob, id: String, verifying claim: BlobClaim, while goesOn: @escaping @Sendable (Int64) -> Bool
    ) async throws(StoreError) -> BlobCopy {
        try BlobName.check(id)
        try claim.check(blob.bytes, of: id)
        guard let source = blob.fileDescriptor else {
            return try await copyThroughUpload(blob, id: id, verifying: claim, while: goesOn)
        }
        let directory = directory
        let copy = try await pool.perform { () throws(StoreError) in
            try FileCopy(blob, source, id: id, claim, in: directory)
        }
        do throws(StoreError) {
            try await run(copy, id, while: goesOn)
            return try await pool.perform { () throws(StoreError) in try copy.commit(claim) }
        } catch {
            await pool.perform { copy.discard() }
            throw error
        }
    }

    /// Copies a step while the one before is digested.
    private func run(_ copy: FileCopy, _ id: String, while goesOn: @Sendable (Int64) -> Bool) async throws(StoreError) {
        let (pool, digestPool) = (pool, digestPool)
        var (digested, copied) = (Int64(0), Int64(0))
        while digested < copy.bytes {
            guard goesOn(copied) else { throw .ended(id: id) }
            let (from, to) = (digested, copied)
            async let digest = digestPool.result { () throws(StoreError) in try copy.digest(from: from, to: to) }
            let next = await pool.result { () throws(StoreError) in try copy.copy(from: to) }
            try await digest.get()
            (digested, copied) = (to, try next.get())
        }
    }
}
