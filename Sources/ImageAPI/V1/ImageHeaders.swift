import ImageModel

/// An image's metadata as header fields: HEAD and GET of an image.
enum ImageHeaders {
    /// Fields without a value are left out; text is raw UTF-8, in the names of properties, too.
    static func fields(of image: Image) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        fields.reserveCapacity(20 + image.properties.count)
        func add(_ field: String, _ value: String?) {
            if let value { fields.append(("x-image-meta-\(field)", value)) }
        }
        add("id", image.id)
        add("name", image.name)
        add("status", image.status.rawValue)
        add("size", String(image.size ?? 0))
        add("virtual_size", image.virtualSize.map { String($0) })
        add("disk_format", image.diskFormat)
        add("container_format", image.containerFormat)
        add("checksum", image.checksum)
        add("min_disk", String(image.minDisk))
        add("min_ram", String(image.minRAM))
        add("is_public", flag(image.isPublic))
        add("protected", flag(image.isProtected))
        add("deleted", flag(image.isDeleted))
        add("deleted_at", image.deletedAt?.v1Text)
        add("owner", image.owner)
        add("created_at", image.createdAt.v1Text)
        add("updated_at", image.updatedAt.v1Text)
        for property in image.properties { add("property-\(headerName(property.name))", property.value) }
        return fields + entityTag(of: image)
    }

    /// The checksum, without quotes as Glance sends it, where it is known.
    static func entityTag(of image: Image) -> [(name: String, value: String)] {
        image.checksum.map { [("ETag", $0)] } ?? []
    }

    /// A property's name in lower case; characters that would break the head off are percent-encoded.
    static func headerName(_ property: String) -> String {
        var bytes: [UInt8] = []
        for byte in property.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
            case 0x80...: bytes.append(byte)
            case _ where isTokenByte(byte): bytes.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0x0F)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A token's character (RFC 9110 §5.6.2).
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: Array("!#$%&'*+-.^_`|~".utf8).contains(byte)
        }
    }

    private static func flag(_ value: Bool) -> String { value ? "True" : "False" }
}
