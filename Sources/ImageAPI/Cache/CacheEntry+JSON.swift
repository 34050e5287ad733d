import ImageModel
import JSONText

extension ImageCacheLedger.Entry {
    /// As both API versions list it.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("image_id")
        writer.value(imageID)
        writer.name("hits")
        writer.value(hits)
        writer.name("last_accessed")
        writer.value(.double(accessedAt.secondsSinceEpoch))
        writer.name("last_modified")
        writer.value(.double(cachedAt.secondsSinceEpoch))
        writer.name("size")
        writer.value(size)
        writer.endObject()
    }
}
