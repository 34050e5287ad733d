import ImageInspection

/// Where the bytes of images lie, a blob an image.
///
/// Every way in ends in an `UploadSink`, every way out in an `OpenBlob`; nothing outside may assume a file, except
/// through `OpenBlob.fileDescriptor`. An id that is not a blob's name (hex digits and hyphens, at most 36 bytes) throws
/// `StoreError.invalidName` in every call.
public protocol BlobStore: Sendable {
    /// Begins to take a blob in. Nothing of it is seen by others before `UploadSink.finish()`.
    ///
    /// - Parameters:
    ///   - expectedBytes: the length if it is known: refused at once with `.full` where there is no room for it, and
    ///     any other length in the end is `.lengthMismatch`. nil where it is not known.
    ///   - token: makes the upload survive the end of this process: a later call with the same id and token goes on
    ///     behind the bytes that are there (`UploadSink.resumedBytes`). Follows the rule for ids; a task's id does.
    ///     nil for an upload that ends with its process.
    /// - Throws: `.duplicate` where the blob is there already; `.inUse` while another sink has the token.
    func beginUpload(
        id: String, expectedBytes: Int64?, resuming token: String?
    ) async throws(StoreError) -> UploadSink

    /// Begins to make data that are to take the place of the blob of that id, as an import's plugins do. What an earlier
    /// process has left of such is gone with `removeStaging`.
    func beginResult(id: String) async throws(StoreError) -> UploadSink

    /// The same where another program makes them.
    func beginResultFile(id: String) async throws(StoreError) -> ResultFile

    /// Takes in a copy of a blob that another store has, and verifies it before anybody sees it, or removes it.
    ///
    /// - Parameters:
    ///   - claim: what the copy must be.
    ///   - goesOn: asked again and again with the bytes that are copied; false ends the copy.
    /// - Returns: what was stored: the digest is nil where the claim names none.
    /// - Throws: `.duplicate`; `.full`, `.readOnly` and the like; `.digestMismatch` or `.lengthMismatch` where the bytes
    ///   are not what the claim says; `.ended` where it was not to go on. Nothing is left of the copy then.
    func copy(
        _ blob: any OpenBlob, id: String, verifying claim: BlobClaim, while goesOn: @escaping @Sendable (Int64) -> Bool
    ) async throws(StoreError) -> BlobCopy

    /// Opens a blob for reading.
    ///
    /// - Throws: `.notFound`.
    func open(id: String) async throws(StoreError) -> any OpenBlob

    /// Reads a blob through, and tells of it what `UploadSink.finish()` told when it came.
    ///
    /// - Parameter goesOn: asked again and again with the bytes that are read; false ends it.
    /// - Throws: `.notFound`; `.ended` where it was not to go on.
    func examine(
        id: String, while goesOn: @escaping @Sendable (Int64) -> Bool
    ) async throws(StoreError) -> StoredBlob

    /// Removes a blob for good. One that is missing is fine; one that is open goes on being readable.
    func remove(id: String) async throws(StoreError)

    /// The ids of all blobs in no order, in batches of a bounded size. Blobs that come or go meanwhile may be missed.
    func names() -> AsyncThrowingStream<[String], any Error>

    /// Removes what unfinished uploads left, except for the resumable ones with these tokens.
    ///
    /// To be called at the start, before the first upload: it would pull the file from under one that runs.
    func removeStaging(except tokens: Set<String>) async throws(StoreError)

    /// Which store it is: the same in every process that opens it, and in no other one. One process at a time has it.
    var identity: String { get }

    /// The store of that name, where this is several; itself where it is one, or has none of that name.
    func part(named id: String?) -> any BlobStore

    /// The stores that this is.
    var parts: [StorePart] { get }

    /// What the locations of its blobs begin with: `file:///directory/`.
    var urlPrefix: String { get }

    /// Whether nothing is written into it, nor removed: what would throws `.readOnly`.
    var isReadOnly: Bool { get }
}

/// A store, and its name where it is one of several.
public struct StorePart: Sendable {
    public let id: String?
    public let store: any BlobStore

    public init(id: String?, store: any BlobStore) {
        self.id = id
        self.store = store
    }
}

extension BlobStore {
    /// One store goes by any name.
    public func part(named id: String?) -> any BlobStore { self }

    public var parts: [StorePart] { [StorePart(id: nil, store: self)] }

    public var isReadOnly: Bool { false }

    /// Begins to take in a blob that ends with this process.
    public func beginUpload(id: String, expectedBytes: Int64?) async throws(StoreError) -> UploadSink {
        try await beginUpload(id: id, expectedBytes: expectedBytes, resuming: nil)
    }
}

/// A blob open for reading; it stays whole until the last owner lets go of it, even when it is removed meanwhile.
public protocol OpenBlob: AnyObject, Sendable {
    /// The blob's length.
    var bytes: Int64 { get }

    /// The file for sendfile(2), at the blob's own offsets, as long as this object lives; nil where the store has none.
    var fileDescriptor: CInt? { get }

    /// Reads at the offset, once.
    ///
    /// - Returns: at least 1 and at most `bytesMax` bytes; empty at the end.
    func read(at offset: Int64, bytesMax: Int) async throws(StoreError) -> [UInt8]
}

/// What the bytes of a blob are.
public struct BlobContent: Equatable, Sendable {
    /// Their length.
    public let bytes: Int64
    /// 32 hex digits.
    public let md5: String
    /// 128 hex digits.
    public let sha512: String
    /// What they were seen to be.
    public let inspection: InspectionVerdict
}

/// A blob that is stored for good: on disk, synced and named.
public struct StoredBlob: Equatable, Sendable {
    /// The blob's length.
    public let bytes: Int64
    /// 32 hex digits.
    public let md5: String
    /// 128 hex digits.
    public let sha512: String
    /// Where it is, in the form of Glance's locations: `file:///directory/id`.
    public let location: String
    /// What its bytes were seen to be.
    public let inspection: InspectionVerdict

    init(_ content: BlobContent, location: String) {
        bytes = content.bytes
        md5 = content.md5
        sha512 = content.sha512
        inspection = content.inspection
        self.location = location
    }
}
