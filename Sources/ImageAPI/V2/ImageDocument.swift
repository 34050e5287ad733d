import ImageModel
import JSONText

/// Images in v2's JSON: flat objects, custom properties beside the fields. Written straight to bytes: lists are what
/// clients ask for most.
struct ImageDocument {
    /// `show_image_direct_url`.
    let showsDirectURL: Bool
    /// `show_multiple_locations`.
    let showsLocations: Bool
    /// nil where there is one store, of which nothing is said.
    let stores: StoreCatalogue?

    /// Names that no custom property may take; one that has such a name all the same, from v1, stays unseen.
    static let fieldNames: Set<String> = [
        "id", "name", "status", "visibility", "owner", "protected", "os_hidden", "disk_format", "container_format",
        "min_disk", "min_ram", "size", "virtual_size", "checksum", "os_hash_algo", "os_hash_value", "tags",
        "created_at", "updated_at", "self", "file", "schema", "direct_url", "locations", "stores",
    ]
    /// What the import writes down for itself.
    private static let hiddenProperties: Set<String> = ["os_glance_stage_host", "os_glance_hash_op_host"]

    init(_ options: ImageAPIOptions) {
        showsDirectURL = options.showsDirectURL
        showsLocations = options.showsLocations
        stores = options.stores
    }

    /// One image.
    func json(of image: Image) -> [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        write(image, to: &writer)
        return writer.bytes
    }

    /// A page.
    ///
    /// - Parameters:
    ///   - first: the link to the list's first page.
    ///   - next: the link to the page after this one; nil at the end.
    func json(of images: [Image], first: String, next: String?) -> [UInt8] {
        var writer = JSONWriter(capacity: 256 + images.count * 900)
        writer.beginObject()
        writer.name(plain: "images")
        writer.beginArray()
        for image in images { write(image, to: &writer) }
        writer.endArray()
        writer.name(plain: "first")
        writer.value(first)
        if let next {
            writer.name(plain: "next")
            writer.value(next)
        }
        writer.name(plain: "schema")
        writer.value("/v2/schemas/images")
        writer.endObject()
        return writer.bytes
    }

    private func write(_ image: Image, to writer: inout JSONWriter) {
        writer.beginObject()
        for property in image.properties
        where !Self.fieldNames.contains(property.name) && !Self.hiddenProperties.contains(property.name) {
            writer.name(property.name)
            // v1 can leave a property without a value; v2's schema knows strings only.
            writer.value(property.value ?? "")
        }
        writeFields(of: image, to: &writer)
        writePlaces(of: image, to: &writer)
        writer.endObject()
    }

    private func writeFields(of image: Image, to writer: inout JSONWriter) {
        writer.name(plain: "id")
        writer.value(image.id)
        writer.name(plain: "name")
        writer.value(image.name)
        writer.name(plain: "status")
        writer.value(image.status.rawValue)
        writer.name(plain: "visibility")
        writer.value(image.visibility.rawValue)
        writer.name(plain: "owner")
        writer.value(image.owner)
        writer.name(plain: "protected")
        writer.value(image.isProtected)
        writer.name(plain: "os_hidden")
        writer.value(image.isHidden)
        writer.name(plain: "disk_format")
        writer.value(image.diskFormat)
        writer.name(plain: "container_format")
        writer.value(image.containerFormat)
        writer.name(plain: "min_disk")
        writer.value(image.minDisk)
        writer.name(plain: "min_ram")
        writer.value(image.minRAM)
        writer.name(plain: "size")
        writer.value(image.size)
        writer.name(plain: "virtual_size")
        writer.value(image.virtualSize)
        writer.name(plain: "checksum")
        writer.value(image.checksum)
        writer.name(plain: "os_hash_algo")
        writer.value(image.hashAlgorithm)
        writer.name(plain: "os_hash_value")
        writer.value(image.hashValue)
        writer.name(plain: "tags")
        writer.beginArray()
        for tag in image.tags { writer.value(tag) }
        writer.endArray()
        writer.name(plain: "created_at")
        writer.value(image.createdAt.v2Text)
        writer.name(plain: "updated_at")
        writer.value(image.updatedAt.v2Text)
    }

    private func writePlaces(of image: Image, to writer: inout JSONWriter) {
        writer.name(plain: "self")
        writer.value("/v2/images/\(image.id)")
        writer.name(plain: "file")
        writer.value("/v2/images/\(image.id)/file")
        writer.name(plain: "schema")
        writer.value("/v2/schemas/image")
        if let stores, !image.locations.isEmpty {
            writer.name(plain: "stores")
            writer.value(stores.ids(of: image).joined(separator: ","))
        }
        if showsDirectURL, let location = image.locations.first {
            writer.name(plain: "direct_url")
            writer.value(location.url)
        }
        if showsLocations {
            writer.name(plain: "locations")
            writer.beginArray()
            for location in image.locations {
                writer.value(["url": .string(location.url), "metadata": metadata(of: location)])
            }
            writer.endArray()
        }
    }

    /// What a client has said about a location, and the store that it is in, of several.
    func metadata(of location: ImageLocation) -> JSONValue {
        guard let store = stores?.id(of: location) else { return location.metadata }
        var object = JSONObject()
        for member in location.metadata.object?.members ?? [] where member.name != "store" {
            object.append(member.name, member.value)
        }
        object.append("store", .string(store))
        return .object(object)
    }
}
