import JSONText

extension ImageChange {
    /// The column's name in the exchange between the daemons, as Glance spells it.
    var name: String {
        switch self {
        case .name: "name"
        case .owner: "owner"
        case .visibility: "visibility"
        case .isProtected: "protected"
        case .isHidden: "os_hidden"
        case .diskFormat: "disk_format"
        case .containerFormat: "container_format"
        case .minDisk: "min_disk"
        case .minRAM: "min_ram"
        case .size: "size"
        case .virtualSize: "virtual_size"
        case .checksum: "checksum"
        }
    }

    var value: JSONValue {
        switch self {
        case .name(let text), .owner(let text), .diskFormat(let text), .containerFormat(let text),
            .checksum(let text):
            JSONValue(text)
        case .visibility(let visibility): .string(visibility.rawValue)
        case .isProtected(let flag), .isHidden(let flag): .bool(flag)
        case .minDisk(let number), .minRAM(let number), .size(let number): .int(number)
        case .virtualSize(let number): JSONValue(number)
        }
    }

    init(name: String, in json: JSONValue) throws(JSONShapeError) {
        switch name {
        case "name": self = .name(try json.optionalText(name))
        case "owner": self = .owner(try json.optionalText(name))
        case "visibility": self = .visibility(try json.word(name))
        case "protected": self = .isProtected(try json.flag(name))
        case "os_hidden": self = .isHidden(try json.flag(name))
        case "disk_format": self = .diskFormat(try json.optionalText(name))
        case "container_format": self = .containerFormat(try json.optionalText(name))
        case "min_disk": self = .minDisk(try json.number(name))
        case "min_ram": self = .minRAM(try json.number(name))
        case "size": self = .size(try json.number(name))
        case "virtual_size": self = .virtualSize(try json.optionalNumber(name))
        case "checksum": self = .checksum(try json.optionalText(name))
        default: throw JSONShapeError(member: name)
        }
    }
}

extension ImageChanges: JSONCoding {
    public init(json: JSONValue) throws(JSONShapeError) {
        self.init()
        guard let fields = json["fields"], let members = fields.object?.members else {
            throw JSONShapeError(member: "fields")
        }
        for member in members { self.fields.append(try ImageChange(name: member.name, in: fields)) }
        properties = try [ImageProperty](members: json["properties"])
        removedProperties = try json.texts("removed_properties")
        expectedProperties = try json.texts("expected_properties")
        unexpectedProperties = try json.texts("unexpected_properties")
        replacesProperties = try json.flag("replaces_properties")
        if let tags = json["tags"], tags != .null { self.tags = try json.texts("tags") }
        locations = try json.optional("locations")
    }

    public var json: JSONValue {
        var object = JSONObject()
        for change in fields { object.append(change.name, change.value) }
        return [
            "fields": .object(object), "properties": properties.members,
            "removed_properties": removedProperties.json, "expected_properties": expectedProperties.json,
            "unexpected_properties": unexpectedProperties.json, "replaces_properties": .bool(replacesProperties),
            "tags": tags?.json ?? .null, "locations": locations?.json ?? .null,
        ]
    }
}

extension LocationChanges: JSONCoding {
    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(before: try json.texts("before"), after: try json.list("after"))
        size = try json.optionalNumber("size")
        checksum = try json.optionalText("checksum")
        hashAlgorithm = try json.optionalText("os_hash_algo")
        hashValue = try json.optionalText("os_hash_value")
    }

    public var json: JSONValue {
        [
            "before": before.json, "after": after.json, "size": JSONValue(size), "checksum": JSONValue(checksum),
            "os_hash_algo": JSONValue(hashAlgorithm), "os_hash_value": JSONValue(hashValue),
        ]
    }
}
