import GlanceHTTP
import ImageModel
import JSONText

/// An image's values as clients of Glance's registry send them: with POST, PUT, and the commands of `/rpc`. Names that
/// it does not know are ignored.
struct ImageValues {
    var id: String?
    var status: ImageStatus?
    /// What is set, but for the owner and the visibility.
    var fields: [ImageChange] = []
    /// Where an owner is named, and be it nobody.
    var owner: ImageChange?
    var isPublic: Bool?
    var visibility: Visibility?
    var properties: [ImageProperty] = []
    var tags: [String]?
    /// nil: they stay as they are.
    var locations: [LocationValue]?
    var createdAt: Timestamp?
    var updatedAt: Timestamp?

    /// - Parameter verb: `add` or `update`, for the text of an error.
    /// - Throws: 400 for values that an image can't have.
    init(_ json: JSONValue, verb: String) throws(APIError) {
        guard let object = json.object else { throw .imageMissing }
        do throws(APIError) {
            for member in object.members { try read(member.name, member.value) }
            locations = try LocationValue.list(of: json)
        } catch {
            throw .badMetadata(verb, error.reasonText)
        }
    }

    private mutating func read(_ name: String, _ value: JSONValue) throws(APIError) {
        switch name {
        case "id": id = try PikeValue.text(name, value, max: 36)
        case "name": fields.append(.name(try PikeValue.text(name, value, max: 255)))
        case "owner": owner = .owner(try PikeValue.text(name, value, max: 255))
        case "disk_format": fields.append(.diskFormat(try PikeValue.text(name, value, max: 20)))
        case "container_format": fields.append(.containerFormat(try PikeValue.text(name, value, max: 20)))
        case "checksum": fields.append(.checksum(try PikeValue.text(name, value, max: 32)))
        case "size": fields.append(.size(try PikeValue.number(name, value) ?? 0))
        case "virtual_size": fields.append(.virtualSize(try PikeValue.number(name, value)))
        case "min_disk": fields.append(.minDisk(try PikeValue.number(name, value, max: Int64(Int32.max)) ?? 0))
        case "min_ram": fields.append(.minRAM(try PikeValue.number(name, value, max: Int64(Int32.max)) ?? 0))
        case "protected": fields.append(.isProtected(value.isTruthy))
        case "is_public": isPublic = value.isTruthy
        case "status":
            let text = try PikeValue.text(name, value, max: 30) ?? "None"
            guard let known = ImageStatus(rawValue: text) else { throw .badStatus(text) }
            status = known
        case "visibility":
            guard let known = value.string.flatMap(Visibility.init) else { throw .badValue(name, "a visibility") }
            visibility = known
        case "properties": properties = try PikeValue.properties(value)
        case "tags": tags = try PikeValue.texts(name, value, max: 255)
        case "created_at": createdAt = try PikeValue.time(name, value)
        case "updated_at": updatedAt = try PikeValue.time(name, value)
        default: break
        }
    }
}

/// The single values in JSON from a client of Glance's registry.
enum PikeValue {
    /// A text of `max` characters at the most, none of them beyond U+FFFF; nil for `null`.
    static func text(_ name: String, _ value: JSONValue, max: Int = .max) throws(APIError) -> String? {
        if value == .null { return nil }
        guard let text = value.string else { throw .badValue(name, "a text") }
        guard text.unicodeScalars.count <= max else { throw .badValue(name, "a text of at most \(max) characters") }
        try MetadataText.check(text, name)
        return text
    }

    static func texts(_ name: String, _ value: JSONValue, max: Int) throws(APIError) -> [String] {
        guard let elements = value.array else { throw .badValue(name, "a list of texts") }
        var texts: [String] = []
        for element in elements {
            guard let text = try text(name, element, max: max) else { throw .badValue(name, "a list of texts") }
            texts.append(text)
        }
        return texts
    }

    /// A number from 0 to `max`, perhaps as text; nil for `null`.
    static func number(_ name: String, _ value: JSONValue, max: Int64 = .max) throws(APIError) -> Int64? {
        switch value {
        case .null: return nil
        case .string(let text): return try MetadataText.number(name, text, max: max)
        case .int(let number): return try MetadataText.number(name, String(number), max: max)
        default: throw .badValue(name, "a number")
        }
    }

    /// An ISO 8601 time, as text or as the `datetime` of `/rpc`; nil for `null`.
    static func time(_ name: String, _ value: JSONValue) throws(APIError) -> Timestamp? {
        if value == .null { return nil }
        let text = value["_type"]?.string == "datetime" ? value["_value"]?.string : value.string
        guard let text else { throw .badValue(name, "a time") }
        return try MetadataText.time(name, text)
    }

    /// `{"name": "value" or null}`. Numbers and booleans become text, as Python writes them.
    static func properties(_ value: JSONValue) throws(APIError) -> [ImageProperty] {
        guard let object = value.object else { throw .badValue("properties", "an object") }
        var properties: [ImageProperty] = []
        for member in object.members {
            _ = try text("property name", .string(member.name), max: 255)
            let text: String? =
                switch member.value {
                case .null: nil
                case .string(let text): text
                case .int(let number): String(number)
                case .bool(let flag): flag ? "True" : "False"
                default: throw .badValue(member.name, "a text")
                }
            if let text { try MetadataText.check(text, member.name) }
            properties.append(ImageProperty(name: member.name, value: text))
        }
        return properties
    }
}
