import BlobStore
import HTTPServer

/// A stretch of a stored blob, for sendfile(2); it keeps the blob open until it is sent.
final class BlobRange: FileRange {
    private let blob: any OpenBlob
    let fileDescriptor: CInt
    let offset: Int64
    let bytes: Int64

    /// nil where the store has no file behind its blobs.
    init?(_ blob: any OpenBlob, offset: Int64, bytes: Int64) {
        guard let descriptor = blob.fileDescriptor else { return nil }
        self.blob = blob
        fileDescriptor = descriptor
        self.offset = offset
        self.bytes = bytes
    }
}
