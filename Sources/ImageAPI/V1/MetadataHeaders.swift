import GlanceHTTP
import HTTPWire
import ImageModel

/// What the headers of a POST or PUT say about the image: `x-image-meta-*` and its two companions.
struct MetadataHeaders: Equatable {
    /// A header that was sent; its value is nil where it was empty, which stands for null.
    struct Given<Value: Equatable>: Equatable {
        var value: Value?
    }

    var id: Given<String>?
    var name: Given<String>?
    var status: Given<String>?
    var owner: Given<String>?
    var diskFormat: String?
    var containerFormat: String?
    /// Bytes; 0 stands for unknown.
    var size: Int64?
    var virtualSize: Given<Int64>?
    var checksum: Given<String>?
    var minDisk: Int64?
    var minRAM: Int64?
    var isPublic: Bool?
    var isProtected: Bool?
    var createdAt: Timestamp?
    var updatedAt: Timestamp?
    /// As sent; empty where the header is.
    var location: String?
    /// As sent; empty where the header is.
    var copyFrom: String?
    var store: String?
    /// Sorted by name.
    var properties: [ImageProperty] = []
    /// Whether a PUT takes away the properties that it does not name.
    var purgesProperties = true

    /// Reads and checks the headers.
    ///
    /// - Throws: 400 for a field that there is not, and for a value that it can't have.
    init(_ fields: HeaderFields, options: ImageAPIOptions) throws(APIError) {
        let sent = try SentHeaders(fields)
        for (field, text) in sent.metadata.all { try take(field, text) }
        try checkFormats(options)
        if let purge = sent.purge { purgesProperties = BooleanText.isTrue(purge) }
        copyFrom = sent.copyFrom
        for (name, text) in sent.properties.all {
            try MetadataText.check(name, "Property name")
            try MetadataText.check(text, "Property value")
            properties.append(ImageProperty(name: name, value: text.isEmpty ? nil : text))
        }
        properties.sort { $0.name < $1.name }
    }

    /// Every field that v1 knows.
    private mutating func take(_ field: String, _ text: String) throws(APIError) {
        let given = Given(value: text.isEmpty ? nil : text)
        switch field {
        case "id": id = given
        case "name":
            try MetadataText.check(text, "Image name")
            // Glance counts bytes here, by accident of Python 2.
            guard text.unicodeScalars.count <= 255 else { throw .nameTooLong(text.unicodeScalars.count) }
            name = given
        case "disk_format": diskFormat = text
        case "container_format": containerFormat = text
        case "size": size = try MetadataText.number(field, text)
        case "min_disk": minDisk = try MetadataText.number(field, text, max: Int64(Int32.max))
        case "min_ram": minRAM = try MetadataText.number(field, text, max: Int64(Int32.max))
        case "virtual_size":
            virtualSize = Given(value: text == "None" ? nil : try MetadataText.number(field, text))
        case "is_public": isPublic = BooleanText.isTrue(text)
        case "protected": isProtected = BooleanText.isTrue(text)
        case "checksum":
            try MetadataText.check(text, "Checksum")
            guard text.unicodeScalars.count <= 32 else { throw .tooLong(field, max: 32) }
            checksum = given
        case "owner":
            try MetadataText.check(text, "Owner")
            guard text.unicodeScalars.count <= 255 else { throw .tooLong(field, max: 255) }
            owner = given
        case "location": location = text
        case "store": store = given.value
        case "status": status = given
        case "created_at": createdAt = try MetadataText.time(field, text)
        case "updated_at": updatedAt = try MetadataText.time(field, text)
        case "deleted_at": _ = try MetadataText.time(field, text)
        // Known to the reference, and ignored by it.
        case "deleted", "uri", "copy_from": break
        default: throw .badHeader("x-image-meta-\(field)")
        }
    }

    /// Formats are checked together, as each decides about the other.
    private mutating func checkFormats(_ options: ImageAPIOptions) throws(APIError) {
        if let diskFormat, !options.diskFormats.contains(diskFormat) {
            throw .invalidDiskFormat(diskFormat.isEmpty ? nil : diskFormat)
        }
        if let containerFormat, !options.containerFormats.contains(containerFormat) {
            throw .invalidContainerFormat(containerFormat.isEmpty ? nil : containerFormat)
        }
        (diskFormat, containerFormat) = try FormatPairing.pair(disk: diskFormat, container: containerFormat)
    }
}
