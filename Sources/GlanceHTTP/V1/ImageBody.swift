import ImageModel
import JSONText

/// Images in v1's JSON. Written straight to bytes: lists are what clients ask for most.
public enum ImageBody {
    /// `GET /images`: six members an image.
    public static func brief(_ images: [Image]) -> [UInt8] {
        list(images, bytesEach: 256) { image, writer in
            writer.beginObject()
            writer.name("id")
            writer.value(image.id)
            writer.name("name")
            writer.value(image.name)
            writer.name("size")
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
        writer.name("image")
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
        writer.name("images")
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
    public static func writeMembers(of image: Image, to writer: inout JSONWriter) {
        writer.name("id")
        writer.value(image.id)
        writer.name("name")
        writer.value(image.name)
        writer.name("status")
        writer.value(image.status.rawValue)
        writer.name("size")
        writer.value(image.size ?? 0)
        writer.name("virtual_size")
        writer.value(image.virtualSize)
        writeFormats(of: image, to: &writer)
        writer.name("min_disk")
        writer.value(image.minDisk)
        writer.name("min_ram")
        writer.value(image.minRAM)
        writer.name("is_public")
        writer.value(image.isPublic)
        writer.name("protected")
        writer.value(image.isProtected)
        writer.name("deleted")
        writer.value(image.isDeleted)
        writer.name("owner")
        writer.value(image.owner)
        writer.name("created_at")
        writer.value(image.createdAt.v1Text)
        writer.name("updated_at")
        writer.value(image.updatedAt.v1Text)
        writer.name("deleted_at")
        writer.value(image.deletedAt?.v1Text)
        writer.name("properties")
        writer.beginObject()
        for property in image.properties {
            writer.name(property.name)
            writer.value(property.value)
        }
        writer.endObject()
    }

    private static func writeFormats(of image: Image, to writer: inout JSONWriter) {
        writer.name("disk_format")
        writer.value(image.diskFormat)
        writer.name("container_format")
        writer.value(image.containerFormat)
        writer.name("checksum")
        writer.value(image.checksum)
    }
}
