import GlanceHTTP
import ImageModel

/// What v2 answers about an image's data, with Glance's texts.
extension APIError {
    // MARK: Downloads

    static let deactivatedDownload = APIError(
        403, "The requested image has been deactivated. Image data download is forbidden.")
    static let severalRanges = APIError(
        400, "Requests with multiple ranges are not supported in Glance. Ask for one range at a time.")
    static func invalidRange(_ field: String, size: Int64) -> APIError {
        unsatisfiable("Invalid \(field) header.", size: size)
    }
    static func rangeOutOfBounds(_ field: String, size: Int64) -> APIError {
        unsatisfiable(
            "Invalid start position in \(field) header. Start position MUST be in the inclusive range "
                + "[0, \(size - 1)].", size: size)
    }
    /// RFC 9110 §15.5.17: with the length, by which a client sees that it has everything already.
    private static func unsatisfiable(_ text: String, size: Int64) -> APIError {
        APIError(416, .explanation(text), fields: ["Content-Range": "bytes */\(size)"])
    }
    static func noMultipleStores(status: Int) -> APIError {
        APIError(status, "Multi backend is not supported at this site.")
    }

    static func storeDeleteInStatus(_ status: ImageStatus) -> APIError {
        APIError(
            409, "Image data can be deleted from a store only while the image is active: it is \(status.rawValue).")
    }
    static func notInStore(_ id: String, _ store: String) -> APIError {
        APIError(404, "Image \(id) has no data in the store '\(store)'.")
    }
    static func dataInUse(_ id: String, _ store: String) -> APIError {
        APIError(409, "The data of image \(id) in the store '\(store)' are in use: a task works on the image.")
    }
    static let onlyStore = APIError(
        403, "Cannot delete image data from the only store containing it. Consider deleting the image instead.")

    // MARK: Uploads

    static func invalidContentType(_ type: String?) -> APIError {
        APIError(415, "Invalid content type \(type ?? "None")")
    }
    static func invalidDeclaredSize(_ text: String) -> APIError {
        APIError(400, "Invalid value '\(text)' for header x-openstack-image-size: a number of bytes is expected.")
    }
    static func statusTransition(from status: ImageStatus, to next: ImageStatus) -> APIError {
        APIError(
            409, "Image status transition from \(status.rawValue) to \(next.rawValue) is not allowed")
    }
    static func formatsMissing(_ fields: [String]) -> APIError {
        APIError(
            400,
            "\(fields.count == 1 ? "Property" : "Properties") \(fields.joined(separator: ", ")) must be set prior to "
                + "saving data.")
    }
    static func imageTooLarge(than bytesMax: Int64) -> APIError {
        APIError(413, "The incoming image is too large: the limit is \(bytesMax) bytes.")
    }
    static func exceeds(_ quota: QuotaText) -> APIError {
        APIError(
            413,
            quota.isSize
                ? "Image exceeds the storage quota: \(quota)." : "The request exceeds a quota: \(quota).")
    }
    static func dataSizeMismatch(declared: Int64, received: Int64) -> APIError {
        APIError(
            400,
            received < declared
                ? "Size mismatch: expected \(declared) bytes, got \(received) bytes"
                : "Size exceeds: expected \(declared) bytes, got \(received) bytes")
    }
    static let signatureUnverifiable = APIError(
        400,
        "Signature verification failed: the image has img_signature properties, and there is no key manager here that "
            + "keeps certificates.")
    static func formatRefused(_ reason: String) -> APIError { APIError(415, .explanation(reason)) }
    static func goneDuringUpload(_ id: String) -> APIError {
        APIError(
            410,
            "Image \(id) could not be found after upload. The image may have been deleted during the upload.")
    }

    /// Why an image did not take its data.
    ///
    /// - Parameter status: what it was to become.
    init(v2 failure: UploadFailure, imageID: String, movingTo status: ImageStatus = .saving) {
        self =
            switch failure {
            case .registry(.conflict(let current)): .statusTransition(from: current, to: status)
            case .registry(.forbidden): .notAuthorized("upload_image")
            case .registry(let failure): APIError(v2: failure, imageID: imageID)
            case .tooLarge(let bytesMax): .imageTooLarge(than: bytesMax)
            case .overQuota(let quota, let limit, let used): .exceeds(QuotaText(quota, limit: limit, used: used))
            case .sizeMismatch(let supplied, let received):
                .dataSizeMismatch(declared: supplied, received: received)
            case .imageDeleted: .goneDuringUpload(imageID)
            default: APIError(failure, imageID: imageID)
            }
    }
}
