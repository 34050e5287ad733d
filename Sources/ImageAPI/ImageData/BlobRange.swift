import BlobStore
import HTTPServer
import HTTPWire

/// A stretch of a stored blob, for sendfile(2); it keeps the blob open until it is sent.
final class BlobRange: FileRange {
    private let blob: any OpenBlob
    let fileDescriptor: CInt
    let offset: Int64
    let bytes: Int64

    /// nil where the store has no file behind its blobs.
    init?(_ blob: any OpenBlob, _ range: ByteRange) {
        guard let descriptor = blob.fileDescriptor else { return nil }
        self.blob = blob
        fileDescriptor = descriptor
        offset = range.offset
        bytes = range.bytes
    }
}
