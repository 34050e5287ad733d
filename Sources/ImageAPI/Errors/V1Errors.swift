import GlanceHTTP

/// The errors that v1 alone answers, with Glance's texts: old scripts look for pieces of them.
extension APIError {
    // MARK: Rights

    static func propertyProtected(_ name: String) -> APIError { APIError(403, "Property '\(name)' is protected") }

    // MARK: Metadata headers

    static func badHeader(_ name: String) -> APIError { APIError(400, .detail("Bad header: \(name)")) }
    static func tooLong(_ field: String, max: Int) -> APIError {
        APIError(400, "The image's \(field) can't exceed \(max) characters.")
    }
    static func nameTooLong(_ length: Int) -> APIError { APIError(400, "Image name too long: \(length)") }
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
    static func overQuota(_ quota: QuotaText) -> APIError {
        APIError(
            413,
            quota.isSize
                ? "Denying attempt to upload image because it exceeds the quota: \(quota)."
                : "The request exceeds a quota: \(quota).")
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

    // MARK: Cache

    static let invalidCacheID = APIError(400, "Invalid image id: it can't exceed \(ImageCacheLedger.idBytesMax) bytes.")
    static let cacheQueueFull = APIError(
        413, "The queue of images to cache is full: it takes \(ImageCacheLedger.queuedMax) images.")

    // MARK: Members

    static func memberQuotaExceeded(attempted: Int64, max: Int64) -> APIError {
        APIError(
            413,
            "The limit has been exceeded on the number of allowed image members for this image. Attempted: "
                + "\(attempted), Maximum: \(max)")
    }

    // MARK: The parts behind the API

    static func registryUnavailable(_ cause: String) -> APIError {
        APIError(
            503, .explanation("A part of the service does not answer. Please try again."), fields: ["Retry-After": "1"],
            cause: cause)
    }
}
