import GlanceHTTP
import ImageModel

/// The errors that v2 alone answers, with Glance's texts: clients and scripts look for pieces of them.
extension APIError {
    // MARK: Bodies

    static let bodyExpected = APIError(400, "Body expected in request.")
    static let bodyNotExpected = APIError(400, "A body is not expected with this request.")
    static let unexpectedBodyType = APIError(400, "Unexpected body type. Expected list/dict.")

    // MARK: Rights

    /// The policy's refusal, where the image may be seen.
    static func notAuthorized(_ rule: String) -> APIError {
        APIError(403, "You are not authorized to complete \(rule) action.")
    }

    static func mayNotCreate(ownedBy owner: String?) -> APIError {
        APIError(403, "You are not permitted to create images owned by '\(owner ?? "None")'")
    }
    static let ownerIsForAdmins = APIError(403, "Owner can't be updated by non admin.")

    // MARK: Fields

    /// - Parameter why: may hold the client's own value, of which an error shows the beginning.
    static func schemaMismatch(_ schema: String, _ why: String) -> APIError {
        APIError(400, "Provided object does not match schema '\(schema)': \(why.prefix(1000))")
    }
    static func readOnlyAttribute(_ name: String) -> APIError { APIError(403, "Attribute '\(name)' is read-only.") }
    static func reservedAttribute(_ name: String) -> APIError { APIError(403, "Attribute '\(name)' is reserved.") }
    static let propertyNameTooLong = APIError(400, "Custom property should not be greater than 255 characters.")
    static func negativeNumber(_ field: String, _ value: Int64) -> APIError {
        APIError(400, "Invalid value '\(value)' for parameter '\(field)': Cannot be a negative value")
    }
    static func numberOutOfRange(_ field: String, max: Int64) -> APIError {
        APIError(400, "'\(field)' value out of range, must not exceed \(max).")
    }
    static func tagQuotaExceeded(attempted: Int64, max: Int64) -> APIError {
        APIError(
            413,
            "The limit has been exceeded on the number of allowed image tags. Attempted: \(attempted), Maximum: \(max)")
    }

    // MARK: Patches

    static let patchTypeNotSupported = APIError(
        415, .stock, fields: ["Accept-Patch": JSONPatch.Dialect.allCases.map(\.mediaType).joined(separator: ", ")])
    static let patchNotAnArray = APIError(400, "Request body must be a JSON array of operation objects.")
    static let operationNotAnObject = APIError(400, "Operations must be JSON objects.")
    static let operationWithoutVerb = APIError(
        400, "Operation objects must contain exactly one member named \"add\", \"remove\", or \"replace\".")
    static func operationWithout(_ member: String) -> APIError {
        APIError(400, "Unable to find '\(member)' in JSON Schema change")
    }
    static func invalidOperation(_ name: String) -> APIError {
        APIError(400, "Invalid operation: `\(name)`. It must be one of the following: add, remove, replace.")
    }
    static func operationWithoutValue(_ name: String) -> APIError {
        APIError(400, "Operation \"\(name)\" requires a member named \"value\".")
    }
    static func badPointer(_ pointer: String, _ why: String) -> APIError {
        APIError(400, "Pointer `\(pointer)` \(why).")
    }
    static func pointerElsewhere(_ pointer: String) -> APIError {
        APIError(400, "Invalid JSON pointer for this resource: '\(pointer)'")
    }
    static func propertyPresent(_ name: String) -> APIError { APIError(409, "Property \(name) already present.") }
    static func propertyMissing(_ name: String) -> APIError { APIError(409, "Property \(name) does not exist.") }
    static func propertyStays(_ name: String) -> APIError { APIError(403, "Property \(name) may not be removed.") }
    static func formatIsFixed(_ field: String) -> APIError {
        APIError(403, "Attribute \(field) can be only replaced for a queued image.")
    }
    static func locationsInvisible(_ operation: String) -> APIError {
        APIError(403, "It's not allowed to \(operation) locations if locations are invisible.")
    }

    // MARK: Locations

    static func locationsInStatus(_ verb: String, _ status: ImageStatus) -> APIError {
        APIError(409, "It's not allowed to \(verb) locations if image status is \(status.rawValue).")
    }
    static func badLocationPosition(_ verb: String) -> APIError {
        APIError(400, "Invalid position for \(verb == "add" ? "adding" : "removing") a location.")
    }
    static func invalidLocationOfV2(_ why: String) -> APIError { APIError(400, "Invalid location: \(why)") }
    static func locationExists(_ url: String) -> APIError { APIError(400, "The location \(url) already exists") }
    static let locationsEmpty = APIError(403, "Cannot set locations to empty list.")
    static let lastLocation = APIError(403, "Cannot remove last location in the image.")
    static func locationsDiffer(_ urls: [String]) -> APIError {
        APIError(400, "Original locations is not empty: \(urls.joined(separator: ", "))")
    }
    static func locationQuotaExceeded(attempted: Int64, max: Int64) -> APIError {
        APIError(
            413,
            "The limit has been exceeded on the number of allowed image locations. Attempted: \(attempted), Maximum: "
                + "\(max)")
    }
    static func validationConflict(_ why: String) -> APIError { APIError(409, "validation_data: \(why)") }

    // MARK: Lists

    static func markerNotFound(_ id: String) -> APIError { APIError(400, "No image found with ID \(id)") }
    static func invalidSortKey(_ key: String) -> APIError {
        let known = ImageQuery.SortKey.allCases.map(\.rawValue).sorted().joined(separator: ", ")
        return APIError(400, "Invalid sort key: \(key). It must be one of the following: \(known).")
    }
    static func invalidSortDirection(_ direction: String) -> APIError {
        APIError(400, "Invalid sort direction: \(direction)")
    }
    static let sortCountsDiffer = APIError(400, "Number of sort dirs does not match the number of sort keys")
    static let sortSyntaxesMixed = APIError(400, "Old and new sorting syntax cannot be combined")
    static func invalidVisibility(_ text: String) -> APIError { APIError(400, "Invalid visibility value: \(text)") }
    static func invalidMemberStatus(_ text: String) -> APIError { APIError(400, "Invalid status: \(text)") }
    static func invalidFlag(_ filter: String, _ text: String) -> APIError {
        APIError(400, "Invalid value '\(text)' for '\(filter)' filter. Valid values are 'true' or 'false'.")
    }
    static let changesSinceGone = APIError(400, "The \"changes-since\" filter is no longer available on v2.")
    static func unknownFilterOperator(_ name: String) -> APIError {
        APIError(400, "Unable to filter by unknown operator '\(name)'.")
    }
    static let unknownTimeOperator = APIError(400, "Unable to filter on a unknown operator.")
    static func badTimeFilter(_ filter: String) -> APIError {
        APIError(400, "Bad \"\(filter)\" query filter format. Use ISO 8601 DateTime notation.")
    }
    static let rangeNotANumber = APIError(400, "Unable to filter on a range with a non-numeric value.")
    static func rangeOfUnknown(_ filter: String) -> APIError {
        APIError(400, "Unable to filter on the range '\(filter)': there is no such number.")
    }
    static func unknownFilter(_ filter: String) -> APIError { APIError(400, "Unable to filter on '\(filter)'.") }
    static func tooManyFilters(max: Int) -> APIError { APIError(400, "More than \(max) filters in one request.") }
    static func badFilterValue(_ value: String, _ why: String) -> APIError {
        APIError(400, "Invalid filter value \(value). \(why)")
    }

    // MARK: Images

    static func imageAlreadyExists(_ id: String) -> APIError { APIError(409, "Image ID \(id) already exists!") }
    static func noImageFound(_ id: String) -> APIError { APIError(404, "No image found with ID \(id)") }
    static func noImageToDelete(_ id: String) -> APIError { APIError(404, "Failed to find image \(id) to delete") }
    static func imageIsProtected(_ id: String) -> APIError {
        APIError(403, "Image \(id) is protected and cannot be deleted.")
    }

    // MARK: Actions

    static func actionInStatus(_ action: String, _ status: ImageStatus) -> APIError {
        APIError(403, "Not allowed to \(action) image in status '\(status.rawValue)'")
    }

    // MARK: Tags

    static let tagTooLong = APIError(400, "Image tag can't exceed 255 characters.")
    static func tagQuotaExceeded(_ id: String, attempted: Int64, max: Int64) -> APIError {
        APIError(413, "Image tag limit exceeded for image \(id): Attempted: \(attempted), Maximum: \(max)")
    }

    // MARK: Members

    static let memberMissing = APIError(400, "Member to be added not specified")
    static let memberEmpty = APIError(400, "Member can't be empty")
    static let memberStatusMissing = APIError(400, "Status not specified")
    static let memberStatusUnknown = APIError(
        400, "Incorrect request: Status must be \"pending\", \"accepted\" or \"rejected\".")
    static let notShared = APIError(403, "The image is not shared. Only shared images have members.")
    static func noMember(_ memberID: String, _ id: String) -> APIError {
        APIError(404, "Member \(memberID) of image \(id) not found")
    }
    static func memberExists(_ memberID: String, _ id: String) -> APIError {
        APIError(409, "Member \(memberID) is duplicated for image \(id)")
    }
    static func memberLimit(_ id: String, attempted: Int64, max: Int64) -> APIError {
        APIError(413, "Image member limit exceeded for image \(id): Attempted: \(attempted), Maximum: \(max)")
    }
}

extension APIError {
    /// What the registry refuses, in v2's words. A route that has other words for a case looks for it first.
    init(v2 failure: RegistryFailure, imageID: String) {
        self =
            switch failure {
            case .notFound: .noImageFound(imageID)
            case .duplicate: .imageAlreadyExists(imageID)
            case .invalidMarker: .markerNotFound(imageID)
            case .quotaExceeded(let quota, let limit, let used) where QuotaName(rawValue: quota) != nil:
                .exceeds(QuotaText(quota, limit: limit, used: used))
            default: APIError(failure, imageID: imageID)
            }
    }
}
