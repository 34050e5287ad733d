import ImageModel
import JSONText

/// Images in v1's JSON. Written straight to bytes: lists are what clients ask for most.
public enum ImageBody {
    /// `GET /images`: six members an image.
    public static func brief(_ images: [Image]) -> [UInt8] {
        list(images, bytesEach: 256) { image, writer in
            writer.beginObject()
            writer.name(plain: "id")
            writer.value(image.id)
            writer.name(plain: "name")
            writer.value(image.name)
            writer.name(plain: "size")
            writer.value(image.size ?? 0)
            writeFormats(of: image, to: &writer)
            writer.endObject()
        }
    }

    /// `GET /images/detail`: everything but the location.
    public static func detail(_ images: [Image]) -> [UInt8] {
        list(images, bytesEach: 768) { image, writer in write(image, to: &writer) }
    }

    /// `{"image": {…}}`, as POST and PUT answer.
    public static func single(_ image: Image) -> [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.name(plain: "image")
        write(image, to: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// `{"images": […]}`
    public static func list(
        _ images: [Image], bytesEach: Int, _ write: (Image, inout JSONWriter) -> Void
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: 64 + images.count * bytesEach)
        writer.beginObject()
        writer.name(plain: "images")
        writer.beginArray()
        for image in images { write(image, &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ image: Image, to writer: inout JSONWriter) {
        writer.beginObject()
        writeMembers(of: image, to: &writer)
        writer.endObject()
    }

    /// The members of an image's object, without its braces: the registry adds some of its own.
    public static func writeMembers(of image: Image, showsIsPublic: Bool = true, to writer: inout JSONWriter) {
        writer.name(plain: "id")
        writer.value(image.id)
        writer.name(plain: "name")
        writer.value(image.name)
        writer.name(plain: "status")
        writer.value(image.status.rawValue)
        writer.name(plain: "size")
        writer.value(image.size ?? 0)
        writer.name(plain: "virtual_size")
        writer.value(image.virtualSize)
        writeFormats(of: image, to: &writer)
        writer.name(plain: "min_disk")
        writer.value(image.minDisk)
        writer.name(plain: "min_ram")
        writer.value(image.minRAM)
        if showsIsPublic {
            writer.name(plain: "is_public")
            writer.value(image.isPublic)
        }
        writer.name(plain: "protected")
        writer.value(image.isProtected)
        writer.name(plain: "deleted")
        writer.value(image.isDeleted)
        writer.name(plain: "owner")
        writer.value(image.owner)
        writer.name(plain: "created_at")
        writer.value(image.createdAt.v1Text)
        writer.name(plain: "updated_at")
        writer.value(image.updatedAt.v1Text)
        writer.name(plain: "deleted_at")
        writer.value(image.deletedAt?.v1Text)
        writer.name(plain: "properties")
        writer.beginObject()
        for property in image.properties {
            writer.name(property.name)
            writer.value(property.value)
        }
        writer.endObject()
    }

    private static func writeFormats(of image: Image, to writer: inout JSONWriter) {
        writer.name(plain: "disk_format")
        writer.value(image.diskFormat)
        writer.name(plain: "container_format")
        writer.value(image.containerFormat)
        writer.name(plain: "checksum")
        writer.value(image.checksum)
    }
}
