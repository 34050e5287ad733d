import BlobStore
import Decompression
import Glibc
import Posix

/// Glance's `image_decompression`: data that are gzip, xz, zstd or a ZIP archive of one file are replaced by what is in
/// them, once, unless the image says that it is to be compressed.
struct DecompressionPlugin: ImportPlugin {
    private static let pieceBytes = 256 << 10

    func apply(to data: ImportData, in workshop: ImportWorkshop) async throws -> ImportData? {
        guard data.formats.container != "compressed" else { return nil }
        let head = try await data.blob.read(at: 0, bytesMax: CompressedForm.headBytes)
        guard let form = CompressedForm(head: head) else { return nil }
        let sink = try await workshop.store.beginResult(id: workshop.imageID)
        do {
            try await workshop.pool.run { try Self.decompress(data.blob, form, into: sink, workshop) }
            return ImportData(try await sink.seal(), data.formats)
        } catch {
            await sink.abort()
            throw error
        }
    }

    /// Blocks. Memory: a piece of the source, the decoder's window, and the sink's buffers.
    private static func decompress(
        _ blob: any OpenBlob, _ form: CompressedForm, into sink: UploadSink, _ workshop: ImportWorkshop
    ) throws {
        guard let file = blob.fileDescriptor else { throw PluginFailure("the data can't be read as a file") }
        let decompressor = try Decompressor(form)
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 4096)
        defer { piece.deallocate() }
        let put: (UnsafeRawBufferPointer) throws -> Void = { bytes in
            try workshop.checkWanted()
            try workshop.allow(sink.receivedBytes + Int64(bytes.count))
            try sink.write(bytes)
        }
        var offset: Int64 = 0
        while true {
            let count = pread(file, piece.baseAddress, piece.count, off_t(offset))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw PluginFailure("the data can't be read: \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            try workshop.checkWanted()
            try decompressor.feed(UnsafeRawBufferPointer(rebasing: piece[..<count]), put)
            offset += Int64(count)
        }
        try decompressor.finish(put)
    }
}
