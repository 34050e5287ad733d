/// Every error that v1 answers, with Glance's texts: old scripts look for pieces of them.
extension APIError {
    // MARK: Who asks

    static let unauthorized = APIError(401)
    static let noAuthenticatedUser = APIError(401, "No authenticated user")
    static let readOnlyAccess = APIError(403, "Read-only access")
    static let forbidden = APIError(403)
    static func requestIDTooLong(max: Int) -> APIError {
        APIError(400, "X-Openstack-Request-ID is longer than \(max) characters.")
    }

    // MARK: Routes

    static let notFound = APIError(404)
    static let methodUnknown = APIError(501)
    static func methodNotAllowed(allow: String?) -> APIError {
        APIError(405, fields: allow.map { ["Allow": $0] } ?? [:])
    }
    static func notDecodable(_ part: String) -> APIError {
        APIError(400, "Error decoding your request. The \(part) is not valid UTF-8.")
    }

    // MARK: Metadata headers

    static func badHeader(_ name: String) -> APIError { APIError(400, .detail("Bad header: \(name)")) }
    static func notAnInteger(_ field: String, _ value: String) -> APIError {
        invalidValue(field, value, "Cannot convert image \(field) '\(value)' to an integer.")
    }
    static func negative(_ field: String, _ value: String) -> APIError {
        invalidValue(field, value, "Cannot be a negative value.")
    }
    static func outOfRange(_ field: String, _ value: String, max: Int64) -> APIError {
        invalidValue(field, value, "Value out of range: it must not exceed \(max).")
    }
    static func tooLong(_ field: String, max: Int) -> APIError {
        APIError(400, "The image's \(field) can't exceed \(max) characters.")
    }
    static func nameTooLong(_ length: Int) -> APIError { APIError(400, "Image name too long: \(length)") }
    static func fourByteCharacters(_ what: String) -> APIError {
        APIError(400, "\(what) can't contain 4 byte unicode characters.")
    }
    static func zeroCharacter(_ what: String) -> APIError { APIError(400, "\(what) can't contain the NUL character.") }
    static func invalidTime(_ field: String) -> APIError { APIError(400, "Invalid time format for \(field).") }
    static func invalidDiskFormat(_ format: String?) -> APIError {
        APIError(400, "Invalid disk format '\(format ?? "None")' for image.")
    }
    static func invalidContainerFormat(_ format: String?) -> APIError {
        APIError(400, "Invalid container format '\(format ?? "None")' for image.")
    }
    static let invalidFormatMix = APIError(
        400,
        "Invalid mix of disk and container formats. When setting a disk or container format to one of 'aki', 'ari', "
            + "or 'ami', the container and disk formats must match.")
    static func invalidImageID(_ id: String) -> APIError { APIError(400, "'\(id)': Invalid image id format") }
    private static func invalidValue(_ field: String, _ value: String, _ why: String) -> APIError {
        APIError(400, "Invalid value '\(value)' for parameter '\(field)': \(why)")
    }

    // MARK: Lists

    static let limitNotAnInteger = APIError(400, "limit param must be an integer")
    static let limitNegative = APIError(400, "limit param must be positive")
    static let invalidMarkerFormat = APIError(400, "Invalid marker format")
    static let invalidMarker = APIError(400, "Invalid marker. Image could not be found.")
    static func unsupportedSortKey(_ key: String, _ known: [String]) -> APIError {
        APIError(400, "Unsupported sort_key '\(key)'. Acceptable values: \(known.joined(separator: ", "))")
    }
    static func unsupportedSortDirection(_ direction: String) -> APIError {
        APIError(400, "Unsupported sort_dir '\(direction)'. Acceptable values: asc, desc")
    }
    static func badFilter(_ filter: String, _ value: String) -> APIError {
        APIError(400, "Bad value passed to filter \(filter) got \(value)")
    }
    static let badProtectedFilter = APIError(400, "protected must be True, or False")
    static let unrecognizedChangesSince = APIError(400, "Unrecognized changes-since value")

    // MARK: Images

    static func imageNotFound(_ id: String) -> APIError { APIError(404, "Image with identifier \(id) not found") }
    static func imageNotActive(_ id: String) -> APIError { APIError(404, "Image \(id) is not active") }
    static func imageDeactivated(_ id: String) -> APIError { APIError(403, "Image \(id) is deactivated") }
    static func imageDeleted(_ id: String) -> APIError {
        APIError(404, "Image with identifier \(id) has been deleted.")
    }
    static func imageAlreadyDeleted(_ id: String) -> APIError { APIError(404, "Image \(id) not found.") }
    static func imageExists(_ id: String) -> APIError {
        APIError(409, "An image with identifier \(id) already exists")
    }
    static let imageProtected = APIError(403, "Image is protected")
    static let deletePendingDelete = APIError(403, "Forbidden to delete a pending_delete image.")
    static func deleteForbidden(_ id: String) -> APIError { APIError(403, "Forbidden to delete image: \(id)") }
    static func deleteNotFound(_ id: String) -> APIError { APIError(404, "Failed to find image to delete: \(id)") }
    static let updateDeleted = APIError(403, "Forbidden to update deleted image.")
    static func updateForbidden(_ id: String) -> APIError { APIError(403, "Forbidden to update image: \(id)") }
    static func updateNotFound(_ id: String) -> APIError { APIError(404, "Failed to find image to update: \(id)") }
    static func modifyForbidden(_ field: String) -> APIError {
        APIError(403, "Forbidden to modify '\(field)' of image.")
    }
    static func modifyForbidden(_ field: String, status: String) -> APIError {
        APIError(403, "Forbidden to modify '\(field)' of \(status) image.")
    }
    static let operationConflicts: APIError = {
        var error = APIError(409, "Image operation conflicts")
        error.isBare = true
        return error
    }()
    static func propertyQuotaExceeded(attempted: Int64, max: Int64) -> APIError {
        APIError(
            413,
            "The limit has been exceeded on the number of allowed image properties. Attempted: \(attempted), "
                + "Maximum: \(max)")
    }

    // MARK: Data

    static func deniedLarger(status: Int, than max: Int64) -> APIError {
        APIError(status, "Denying attempt to upload image larger than \(max) bytes.")
    }
    static func overStorageQuota(limit: Int64, used: Int64) -> APIError {
        APIError(
            413,
            "Denying attempt to upload image because it exceeds the quota: the limit is \(limit) bytes, and \(used) "
                + "are used or reserved.")
    }
    static let contentTypeNotOctetStream = APIError(400, "Content-Type must be application/octet-stream")
    static let diskFormatMissing = APIError(400, "Disk format is not specified.")
    static let containerFormatMissing = APIError(400, "Container format is not specified.")
    static let multipleSources = APIError(400, "It's invalid to provide multiple image sources.")
    static let uploadToUnqueued = APIError(409, "Cannot upload to an unqueued image")
    static let locationOfUnqueued = APIError(
        400, "Attempted to update Location field for an image not in queued status.")
    static func unknownStore(_ store: String) -> APIError { APIError(400, "Required store \(store) is invalid") }
    static let storeDisabled = APIError(410, "Error in store configuration. Adding images to store is disabled.")
    static func sizeMismatch(supplied: Int64, received: Int64) -> APIError {
        mismatch("size", "\(supplied)", "\(received)")
    }
    static func checksumMismatch(supplied: String, received: String) -> APIError {
        mismatch("checksum", supplied, received)
    }
    private static func mismatch(_ what: String, _ supplied: String, _ received: String) -> APIError {
        APIError(
            400,
            "Supplied \(what) (\(supplied)) and \(what) generated from uploaded image (\(received)) did not match. "
                + "Setting image status to 'killed'.")
    }
    static let clientDisconnected = APIError(400, "Client disconnected before sending all data to backend")
    static let clientStalled = APIError(408, "Client stopped to send its data")
    static func deletedDuringUpload(_ id: String) -> APIError {
        APIError(
            412,
            "Image \(id) could not be found after upload. The image may have been deleted during the upload.")
    }
    static func duplicateUpload(_ id: String) -> APIError { APIError(409, "Attempt to upload duplicate image: \(id)") }
    static func storeFull(_ cause: String) -> APIError {
        APIError(413, "Image storage media is full: there is not enough room for the image.", cause: cause)
    }
    static func storeReadOnly(_ cause: String) -> APIError {
        APIError(
            503, "Insufficient permissions on image storage media: the store can't be written to.", cause: cause)
    }
    static func uploadFailed(_ id: String, _ cause: String) -> APIError {
        APIError(500, "Failed to upload image \(id)", cause: cause)
    }
    static func dataNotFound(_ id: String) -> APIError { APIError(404, "The data of image \(id) could not be found.") }
    static func dataUnreadable(_ id: String, _ cause: String) -> APIError {
        APIError(400, "The data of image \(id) can't be read from its store.", cause: cause)
    }
    static func dataUnavailable(_ id: String, _ cause: String) -> APIError {
        APIError(
            503, .explanation("The store that holds the data of image \(id) does not answer."),
            fields: ["Retry-After": "1"], cause: cause)
    }

    // MARK: External sources

    static let sourceEmpty = APIError(400, "External source should not be empty")
    static func sourceNotSupported(_ url: String) -> APIError {
        APIError(400, "External sources are not supported: '\(url)'")
    }
    static func unknownScheme(_ scheme: String) -> APIError { APIError(400, "Unknown scheme '\(scheme)' found in URI") }
    static func invalidLocation(_ why: String) -> APIError { APIError(400, "Invalid location URI: \(why)") }
    static let sourceNotFound = APIError(404, "The external source was not found.")
    static func sourceFailed(_ why: String) -> APIError { APIError(400, "External source failed: \(why)") }
    static func storedSizeMismatch(provided: Int64, stored: Int64) -> APIError {
        APIError(
            409,
            "Provided image size must match the stored image size. (provided size: \(provided), stored size: "
                + "\(stored))")
    }

    // MARK: Members

    static let membershipNotFound = APIError(404, "Membership could not be found.")
    static func invalidMembership(_ why: String) -> APIError {
        APIError(400, "Invalid membership association: \(why)")
    }
    static func memberQuotaExceeded(attempted: Int64, max: Int64) -> APIError {
        APIError(
            413,
            "The limit has been exceeded on the number of allowed image members for this image. Attempted: "
                + "\(attempted), Maximum: \(max)")
    }

    // MARK: Bodies, and the parts behind the API

    static let malformedJSON = APIError(400, "Malformed JSON in request body.")
    static func bodyTooLarge(max: Int) -> APIError { APIError(413, "The request's body is larger than \(max) bytes.") }
    static let stopping = APIError(
        503, .explanation("The server is stopping."), fields: ["Retry-After": "1"])
    static func registryUnavailable(_ cause: String) -> APIError {
        APIError(
            503, .explanation("The image registry does not answer. Please try again."), fields: ["Retry-After": "1"],
            cause: cause)
    }
    static func internalError(_ cause: String) -> APIError { APIError(500, cause: cause) }
}
