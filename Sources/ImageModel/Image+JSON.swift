import JSONText

extension Image: JSONCoding {
    public init(json: JSONValue) throws(JSONShapeError) {
        // In the order in which the registry writes them.
        var members = JSONMemberReader(json)
        let id = try members.text("id")
        let name = try members.optionalText("name")
        let status: ImageStatus = try members.word("status")
        let visibility: Visibility = try members.word("visibility")
        self.init(id: id, owner: try members.optionalText("owner"), at: Timestamp(microseconds: 0))
        self.name = name
        self.status = status
        self.visibility = visibility
        isProtected = try members.flag("protected")
        isHidden = try members.flag("os_hidden")
        diskFormat = try members.optionalText("disk_format")
        containerFormat = try members.optionalText("container_format")
        size = try members.optionalNumber("size")
        virtualSize = try members.optionalNumber("virtual_size")
        checksum = try members.optionalText("checksum")
        hashAlgorithm = try members.optionalText("os_hash_algo")
        hashValue = try members.optionalText("os_hash_value")
        minDisk = try members.number("min_disk")
        minRAM = try members.number("min_ram")
        createdAt = Timestamp(microseconds: try members.number("created_at"))
        updatedAt = Timestamp(microseconds: try members.number("updated_at"))
        deletedAt = try members.optionalNumber("deleted_at").map(Timestamp.init(microseconds:))
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
        self = []
        reserveCapacity(object.members.count)
        for member in object.members {
            guard member.value == .null || member.value.string != nil else {
                throw JSONShapeError(member: "properties")
            }
            append(ImageProperty(name: member.name, value: member.value.string))
        }
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
        guard let metadata = json["metadata"], metadata.object != nil else { throw JSONShapeError(member: "metadata") }
        self.init(url: try json.text("url"), store: try json.optionalText("store"), metadata: metadata)
    }

    public var json: JSONValue { ["url": .string(url), "store": JSONValue(store), "metadata": metadata] }
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
        self.init(projectID: try json.optionalText("project_id"), isAdmin: try json.flag("is_admin"))
    }

    public var json: JSONValue { ["project_id": JSONValue(projectID), "is_admin": .bool(isAdmin)] }
}
