import GlanceHTTP
import ImageModel
import JSONText

/// Images in the JSON of Glance's registry: all that v1 shows, and the locations.
enum PikeImageBody {
    /// `{"images": […]}`, in full.
    static func list(_ images: [Image], _ locations: [String: [LocationValue]]) -> [UInt8] {
        ImageBody.list(images, bytesEach: 1024) { image, writer in
            write(image, locations[image.id] ?? [], to: &writer)
        }
    }

    /// `{"image": {…}}`
    ///
    /// - Parameter showsIsPublic: Glance leaves `is_public` out of its answer to DELETE.
    static func single(_ image: Image, _ locations: [LocationValue], showsIsPublic: Bool = true) -> [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.name("image")
        write(image, locations, showsIsPublic: showsIsPublic, to: &writer)
        writer.endObject()
        return writer.bytes
    }

    private static func write(
        _ image: Image, _ locations: [LocationValue], showsIsPublic: Bool = true, to writer: inout JSONWriter
    ) {
        writer.beginObject()
        ImageBody.writeMembers(of: image, showsIsPublic: showsIsPublic, to: &writer)
        writer.name("location")
        writer.value(locations.first { $0.status == .active }?.url)
        writer.name("location_data")
        writer.value(.array(locations.map(\.json)))
        writer.endObject()
    }
}
