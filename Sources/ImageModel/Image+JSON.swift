import JSONText

extension Image: JSONCoding {
    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(id: try json.text("id"), owner: json["owner"]?.string, at: try json.timestamp("created_at"))
        name = json["name"]?.string
        status = try json.word("status")
        visibility = try json.word("visibility")
        isProtected = try json.flag("protected")
        isHidden = try json.flag("os_hidden")
        diskFormat = json["disk_format"]?.string
        containerFormat = json["container_format"]?.string
        size = json["size"]?.int
        virtualSize = json["virtual_size"]?.int
        checksum = json["checksum"]?.string
        hashAlgorithm = json["os_hash_algo"]?.string
        hashValue = json["os_hash_value"]?.string
        minDisk = try json.number("min_disk")
        minRAM = try json.number("min_ram")
        updatedAt = try json.timestamp("updated_at")
        deletedAt = json["deleted_at"]?.int.map(Timestamp.init(microseconds:))
        properties = try [ImageProperty](members: json["properties"])
        tags = try json.texts("tags")
        locations = try json.list("locations")
        viewerMembership = try json.optional("viewer_membership")
    }

    public var json: JSONValue {
        [
            "id": .string(id), "name": JSONValue(name), "status": .string(status.rawValue),
            "visibility": .string(visibility.rawValue), "owner": JSONValue(owner), "protected": .bool(isProtected),
            "os_hidden": .bool(isHidden), "disk_format": JSONValue(diskFormat),
            "container_format": JSONValue(containerFormat), "size": JSONValue(size),
            "virtual_size": JSONValue(virtualSize), "checksum": JSONValue(checksum),
            "os_hash_algo": JSONValue(hashAlgorithm), "os_hash_value": JSONValue(hashValue),
            "min_disk": .int(minDisk), "min_ram": .int(minRAM), "created_at": .int(createdAt.microseconds),
            "updated_at": .int(updatedAt.microseconds), "deleted_at": JSONValue(deletedAt?.microseconds),
            "properties": properties.members, "tags": tags.json, "locations": locations.json,
            "viewer_membership": viewerMembership?.json ?? .null,
        ]
    }
}

extension [ImageProperty] {
    /// Reads `{"name": "value" or null, …}`.
    init(members: JSONValue?) throws(JSONShapeError) {
        guard let object = members?.object else { throw JSONShapeError(member: "properties") }
        self = object.members.map { ImageProperty(name: $0.name, value: $0.value.string) }
    }

    var members: JSONValue {
        var object = JSONObject()
        object.reserveCapacity(count)
        for property in self { object.append(property.name, JSONValue(property.value)) }
        return .object(object)
    }
}

extension ImageLocation: JSONCoding {
    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(url: try json.text("url"), store: json["store"]?.string)
    }

    public var json: JSONValue { ["url": .string(url), "store": JSONValue(store)] }
}

extension ImageMember: JSONCoding {
    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            imageID: try json.text("image_id"), memberID: try json.text("member_id"),
            canShare: try json.flag("can_share"), status: try json.word("status"),
            createdAt: try json.timestamp("created_at"), updatedAt: try json.timestamp("updated_at"))
    }

    public var json: JSONValue {
        [
            "image_id": .string(imageID), "member_id": .string(memberID), "can_share": .bool(canShare),
            "status": .string(status.rawValue), "created_at": .int(createdAt.microseconds),
            "updated_at": .int(updatedAt.microseconds),
        ]
    }
}

extension Viewer: JSONCoding {
    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(projectID: json["project_id"]?.string, isAdmin: try json.flag("is_admin"))
    }

    public var json: JSONValue { ["project_id": JSONValue(projectID), "is_admin": .bool(isAdmin)] }
}
