import GlanceHTTP
import ImageModel
import JSONText

/// The body of a POST, as far as it can be judged without knowing whose it is.
struct NewImage {
    private let members: [String: JSONValue]
    private let fields: ImageFields

    /// - Throws: 400 where the body does not fit the schema; 403 for what a client can't set.
    init(_ body: JSONValue, _ fields: ImageFields) throws(APIError) {
        guard let object = body.object else {
            throw .schemaMismatch("image", "an array is not of type 'object'")
        }
        // Of members with one name the last counts, as in Python's parser.
        members = Dictionary(object.members.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        self.fields = fields
        let names = members.keys.sorted()
        for name in names where fields.access(name) == .link { throw .readOnlyAttribute(name) }
        for name in names { try fields.check(name, members[name] ?? .null) }
        for name in names {
            switch fields.access(name) {
            case .readOnly, .link: throw .readOnlyAttribute(name)
            case .reserved: throw .reservedAttribute(name)
            case .writable, .once: break
            case nil: try Self.checkProperty(name)
            }
        }
    }

    private static func checkProperty(_ name: String) throws(APIError) {
        if ImageFields.isReserved(name) { throw .reservedAttribute(name) }
        guard name.unicodeScalars.count <= ImageFields.nameLengthMax else { throw .propertyNameTooLong }
        try MetadataText.check(name, "Property names")
    }

    /// The image, queued.
    ///
    /// - Throws: 400 for a value out of range; 403 where the owner is not the caller's to choose.
    func image(for caller: Caller) throws(APIError) -> Image {
        var image = Image(id: members["id"]?.string ?? ImageID.random(), owner: caller.owner)
        image.owner = try owner(for: caller)
        for name in members.keys.sorted() {
            guard let value = members[name] else { continue }
            if fields.access(name) != nil {
                try image.set(name, value)
            } else {
                if let text = value.string { try MetadataText.check(text, "Param values") }
                image.properties.append(ImageProperty(name: name, value: value.string))
            }
        }
        return image
    }

    private func owner(for caller: Caller) throws(APIError) -> String? {
        guard let given = members["owner"] else {
            guard caller.isAdmin || caller.owner != nil else { throw .mayNotCreate(ownedBy: nil) }
            return caller.owner
        }
        guard caller.isAdmin || given.string != nil && given.string == caller.owner else {
            throw .mayNotCreate(ownedBy: given.string)
        }
        return Image.owner(given)
    }
}

extension Image {
    /// An owner as v2 sends it; an empty one is none.
    static func owner(_ value: JSONValue) -> String? {
        value.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Sets a field to a value that fits the schema, but for the owner: that one has rules of its own.
    ///
    /// - Throws: 400 for what the schema does not say: numbers out of range, and characters that are not stored.
    mutating func set(_ field: String, _ value: JSONValue) throws(APIError) {
        switch field {
        case "name":
            if let text = value.string { try MetadataText.check(text, "Name") }
            name = value.string
        case "owner":
            if let text = value.string { try MetadataText.check(text, "Param values") }
        case "visibility": visibility = value.string.flatMap(Visibility.init) ?? visibility
        case "protected": isProtected = value.bool ?? isProtected
        case "os_hidden": isHidden = value.bool ?? isHidden
        case "disk_format": diskFormat = value.string
        case "container_format": containerFormat = value.string
        case "min_disk": minDisk = try Self.number(field, value)
        case "min_ram": minRAM = try Self.number(field, value)
        case "tags":
            var seen: Set<[UInt8]> = []
            tags = (value.array ?? []).compactMap(\.string).filter { seen.insert(Array($0.utf8)).inserted }
            for tag in tags { try MetadataText.check(tag, "Param values") }
        default: break
        }
    }

    private static func number(_ field: String, _ value: JSONValue) throws(APIError) -> Int64 {
        var number = value.int ?? 0
        // 1.0 is an integer in the eyes of JSON schema.
        if case .double(let real) = value { number = Int64(exactly: real) ?? .max }
        guard number >= 0 else { throw .negativeNumber(field, number) }
        guard number <= ImageFields.numberMax else { throw .numberOutOfRange(field, max: ImageFields.numberMax) }
        return number
    }
}
