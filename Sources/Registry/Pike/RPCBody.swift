import GlanceHTTP
import ImageModel
import JSONText

/// The results of `/rpc` in JSON: rows as Glance's database layer returns them.
enum RPCBody {
    static func time(_ moment: Timestamp?) -> JSONValue {
        guard let moment else { return .null }
        return ["_type": .string("datetime"), "_value": .string(moment.v1Text)]
    }

    static func image(_ image: Image, _ locations: [LocationValue]) -> JSONValue {
        let properties = image.properties.map { property -> JSONValue in
            [
                "image_id": .string(image.id), "name": .string(property.name), "value": JSONValue(property.value),
                "deleted": .bool(false),
            ]
        }
        return [
            "id": .string(image.id), "name": JSONValue(image.name), "status": .string(image.status.rawValue),
            "visibility": .string(image.visibility.rawValue), "is_public": .bool(image.isPublic),
            "owner": JSONValue(image.owner), "protected": .bool(image.isProtected), "size": JSONValue(image.size),
            "virtual_size": JSONValue(image.virtualSize), "disk_format": JSONValue(image.diskFormat),
            "container_format": JSONValue(image.containerFormat), "checksum": JSONValue(image.checksum),
            "min_disk": .int(image.minDisk), "min_ram": .int(image.minRAM), "deleted": .bool(image.isDeleted),
            "created_at": time(image.createdAt), "updated_at": time(image.updatedAt),
            "deleted_at": time(image.deletedAt), "properties": .array(properties),
            "locations": .array(locations.map(\.json)), "tags": .array(image.tags.map(JSONValue.string)),
        ]
    }

    /// A membership's id is made of its image's and its member's: clients hand it back as they got it.
    static func member(_ member: ImageMember) -> JSONValue {
        [
            "id": .string("\(member.imageID)/\(member.memberID)"), "image_id": .string(member.imageID),
            "member": .string(member.memberID), "can_share": .bool(member.canShare),
            "status": .string(member.status.rawValue), "created_at": time(member.createdAt),
            "updated_at": time(member.updatedAt), "deleted": .bool(false),
        ]
    }

    /// `_error`, with the name of the exception that glance-api is to raise.
    static func failure(_ error: APIError) -> JSONValue {
        let name =
            switch error.status {
            case 400: "Invalid"
            case 401: "NotAuthenticated"
            case 403: "Forbidden"
            case 404 where error == .membershipNotFound || error == .tagNotFound: "NotFound"
            case 404: "ImageNotFound"
            case 409 where error == .operationConflicts: "Conflict"
            case 409: "Duplicate"
            case 413: "LimitExceeded"
            default: "GlanceException"
            }
        return ["_error": ["cls": .string("glance.common.exception.\(name)"), "val": .string(error.reasonText)]]
    }
}

extension APIError {
    static let tagNotFound = APIError(404, "The image has no such tag.")
}
