import GlanceHTTP
import ImageModel

/// What v2 answers about imports, tasks and the cache, with Glance's texts.
extension APIError {
    // MARK: Imports

    static let noStaging = APIError(404, "'glance-direct' method is not available at this site.")
    static let importMethodMissing = APIError(400, "Import request requires a 'method' field.")
    static let importNameMissing = APIError(400, "Import request requires a 'name' field.")
    static func unknownImportMethod(_ name: String) -> APIError {
        APIError(400, "Unknown import method name '\(name)'.")
    }
    static func notBoolean(_ field: String) -> APIError { APIError(400, "'\(field)' must be boolean value only") }
    static let importToActive = APIError(409, "Image with status active cannot be target for import")
    static let copyOfInactive = APIError(409, "Only images with status active can be targeted for copying")
    static func importNeedsQueued(_ method: String) -> APIError {
        APIError(409, "Image needs to be in 'queued' state to use '\(method)' method")
    }
    static let importNeedsStaged = APIError(
        409, "Image needs to be staged before 'glance-direct' method can be used")
    static func formatNeededForImport(_ field: String) -> APIError {
        APIError(409, "'\(field)' needs to be set before import")
    }
    static let importRuns = APIError(409, "Image has active task")
    static func presentInStore(_ store: String) -> APIError {
        APIError(400, "Image is already present at store '\(store)'")
    }
    static let storesNotNamed = APIError(400, "'stores' must be a list of the names of stores")
    static let allStoresAndNamed = APIError(
        400, "All_stores parameter can't be used with x-image-meta-store header or stores parameter")
    static let storesNamedTwice = APIError(
        400, "Stores parameter and x-image-meta-store header can't be both specified")
    static func importFiltered(_ uri: String) -> APIError {
        APIError(400, "URI for web-download does not pass filtering: \(uri)")
    }
    static func importKeyMissing(_ key: String, _ method: String) -> APIError {
        APIError(400, "'\(key)' needs to be set for the '\(method)' method.")
    }
    static let remoteImageIDInvalid = APIError(400, "'glance_image_id' must be a UUID.")
    static func remoteInterfaceUnknown(_ interface: String) -> APIError {
        APIError(400, "'glance_service_interface' is public, internal or admin, not '\(interface)'.")
    }
    static func remoteFiltered(_ endpoint: String, _ why: String) -> APIError {
        APIError(400, "The image service of that region, \(endpoint), does not pass filtering: \(why)")
    }
    static func importURIsInvalid(max: Int) -> APIError {
        APIError(400, "'uris' must be a list of URLs, of at most \(max) with 'uri'.")
    }
    static func badExpectedDigest(_ why: String) -> APIError { APIError(400, "Invalid digest of the data: \(why)") }
    static func remoteRegionUnknown(_ region: String) -> APIError {
        APIError(400, "No image service is known in the region '\(region)'.")
    }

    // MARK: Locations

    static let locationURLMissing = APIError(400, "Required attribute 'url' is missing, or no text.")
    static func badValidationData(_ why: String) -> APIError { APIError(400, "Invalid validation_data: \(why)") }
    static func locationInStatus(_ status: ImageStatus) -> APIError {
        APIError(409, "It's not allowed to add locations if image status is \(status.rawValue).")
    }
    static let httpStoreOnly = APIError(403, "http store must be enabled to use location API by normal user.")

    // MARK: Tasks

    static func taskKeyMissing(_ key: String) -> APIError { APIError(400, "Task '\(key)' is required") }
    static func unknownTaskKey(_ key: String) -> APIError {
        APIError(400, "A task has a type and an input, and no '\(key)'.")
    }
    static let taskSourceRefused = APIError(
        400, "The source of the image is refused: an http or https URL is expected that passes filtering.")
    static func noTask(_ id: String) -> APIError { APIError(404, "Could not find task \(id)") }
    static func unknownTaskMarker(_ marker: String) -> APIError { APIError(400, "No task found with ID \(marker)") }
    static func unknownTaskStatus(_ status: String) -> APIError {
        APIError(400, "Invalid status value: \(status)")
    }
    static func unknownTaskType(_ type: String) -> APIError { APIError(400, "Invalid type value: \(type)") }

    // MARK: Cache

    static let noCache = APIError(404, "Caching via API is not supported at this site.")
    static func unknownCacheTarget(_ target: String) -> APIError {
        APIError(400, "x-image-cache-clear-target is '\(target)', and can be empty, 'cache' or 'queue'.")
    }
    static func notCacheable(_ id: String, _ status: ImageStatus) -> APIError {
        APIError(400, "Image \(id) is \(status.rawValue): only active images are cached.")
    }
    static let noCacheNodes = APIError(
        409, "Which nodes have an image in their caches is known with image_cache_driver = centralized_db alone.")
}
