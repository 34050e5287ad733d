import GlanceHTTP
import HTTPServer
import ImageModel
import OutboundHTTP

// How the failures of the parts behind the API become v1's answers.

extension APIError {
    /// What the registry refuses. A route that has other words for a case looks for it first.
    init(_ failure: RegistryFailure, imageID: String) {
        self =
            switch failure {
            case .notFound: .imageNotFound(imageID)
            case .forbidden: .forbidden
            case .duplicate: .imageExists(imageID)
            case .conflict: .operationConflicts
            case .quotaExceeded("image_property_quota", let limit, let used):
                .propertyQuotaExceeded(attempted: used, max: limit)
            case .quotaExceeded("image_member_quota", let limit, let used):
                .memberQuotaExceeded(attempted: used, max: limit)
            case .quotaExceeded(let quota, let limit, let used): .overQuota(QuotaText(quota, limit: limit, used: used))
            case .invalidMarker: .invalidMarker
            case .protected: .imageProtected
            case .malformed(let reason): .internalError("the registry took our request for malformed: \(reason)")
            case .unavailable(let reason): .registryUnavailable(reason)
            }
    }

    /// Why an image did not take its data.
    init(_ failure: UploadFailure, imageID: String) {
        self =
            switch failure {
            case .registry(.conflict): .uploadToUnqueued
            case .registry(let failure): APIError(failure, imageID: imageID)
            case .client(let error): APIError(error)
            case .tooLarge(let bytesMax): .deniedLarger(status: 413, than: bytesMax)
            case .overQuota(let quota, let limit, let used): .overQuota(QuotaText(quota, limit: limit, used: used))
            case .sizeMismatch(let supplied, let received): .sizeMismatch(supplied: supplied, received: received)
            case .checksumMismatch(let supplied, let received):
                .checksumMismatch(supplied: supplied, received: received)
            case .formatRefused(let reason): .formatRefused(reason)
            case .imageDeleted: .deletedDuringUpload(imageID)
            case .storeFull(let reason): .storeFull(reason)
            case .storeReadOnly(let reason): .storeReadOnly(reason)
            case .duplicate: .duplicateUpload(imageID)
            case .storeFailed(let reason): .uploadFailed(imageID, reason)
            }
    }

    /// Why an image's data does not come out.
    init(_ failure: DownloadFailure, imageID: String) {
        self =
            switch failure {
            case .notFound: .dataNotFound(imageID)
            case .failed(let reason): .dataUnreadable(imageID, reason)
            case .unavailable(let reason): .dataUnavailable(imageID, reason)
            }
    }

    /// Why an outside source is not taken.
    init(_ error: FetchError) {
        self =
            switch error {
            case .notFound: .sourceNotFound
            case .malformed(let reason): .invalidLocation(reason)
            case .unavailable(let reason): .internalError("libcurl: \(reason)")
            default: .sourceFailed(error.description)
            }
    }
}
