import JSONText

/// What becomes of the data of an upload.
public enum UploadPurpose: String, Sendable {
    /// They are the image's: `queued → saving → active`.
    case data
    /// They wait for an import: `queued → uploading`, where a successful upload leaves the image (v2).
    case staging
    /// They come by an import that runs: `importing → active` (v2).
    case importing
    /// They are copied into more stores; the image stays `active`.
    case copying
}

/// Begins an upload: the image's status moves as its purpose says, and the bytes are reserved in the owner's ledger, in
/// one transaction.
///
/// Fails with `conflict` (a second uploader), `duplicate` (a second copy, or one while data of the image are being
/// removed), `notFound`, `forbidden` or `quotaExceeded` (quota `storage`, or one of
/// `QuotaName`). Sent again
/// with the same upload it gives the same answer: one that got lost must not leave an image `saving`.
public struct BeginUpload: RegistryOperation {
    public typealias Answer = Image
    public static let name = "begin-upload"
    /// Bytes of the largest upload that the ledger counts: the sum of some thousand such can't overflow.
    public static let bytesMax: Int64 = 1 << 50
    public static let isIdempotent = true

    public var imageID: String
    public var viewer: Viewer
    /// Made by the API; settles this upload and no other.
    public var uploadID: String
    /// Bytes to reserve: the declared length, or the first step of an upload of unknown length.
    public var bytes: Int64
    /// The owner's limit on stored and reserved bytes; nil: none.
    public var storageQuota: Int64?
    /// The status that a failed upload leaves: `killed` in v1, `queued` in v2. A crash counts as a failure.
    /// An import's image stays `importing`, and its task says what becomes of it.
    public var failureStatus: ImageStatus
    public var purpose: UploadPurpose
    /// The limits of tenants for whom nothing else is set.
    public var quotas: TenantQuotas

    public init(
        imageID: String, viewer: Viewer, uploadID: String, bytes: Int64, storageQuota: Int64?,
        failureStatus: ImageStatus, purpose: UploadPurpose = .data,
        quotas: TenantQuotas = TenantQuotas()
    ) {
        self.imageID = imageID
        self.viewer = viewer
        self.uploadID = uploadID
        self.bytes = bytes
        self.storageQuota = storageQuota
        self.failureStatus = failureStatus
        self.purpose = purpose
        self.quotas = quotas
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"] else { throw JSONShapeError(member: "viewer") }
        self.init(
            imageID: try json.text("image_id"), viewer: try Viewer(json: viewer),
            uploadID: try json.text("upload_id"), bytes: try json.number("bytes"),
            storageQuota: try json.optionalNumber("storage_quota"), failureStatus: try json.word("failure_status"),
            purpose: try json.word("purpose"), quotas: try json.quotas())
    }

    public var json: JSONValue {
        [
            "image_id": .string(imageID), "viewer": viewer.json, "upload_id": .string(uploadID), "bytes": .int(bytes),
            "storage_quota": JSONValue(storageQuota), "failure_status": .string(failureStatus.rawValue),
            "purpose": .string(purpose.rawValue), "quotas": quotas.json,
        ]
    }
}

/// Raises an upload's reservation to `bytes` in all; `quotaExceeded` where the owner's limit does not allow it,
/// `notFound` where the upload is settled or its image deleted.
public struct GrowUpload: RegistryOperation {
    public typealias Answer = Done
    public static let name = "grow-upload"
    public static let isIdempotent = true

    public var uploadID: String
    public var bytes: Int64
    public var storageQuota: Int64?
    public var quotas: TenantQuotas

    public init(
        uploadID: String, bytes: Int64, storageQuota: Int64?, quotas: TenantQuotas = TenantQuotas()
    ) {
        self.uploadID = uploadID
        self.bytes = bytes
        self.storageQuota = storageQuota
        self.quotas = quotas
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(
            uploadID: try json.text("upload_id"), bytes: try json.number("bytes"),
            storageQuota: try json.optionalNumber("storage_quota"),
            quotas: try json.quotas())
    }

    public var json: JSONValue {
        [
            "upload_id": .string(uploadID), "bytes": .int(bytes), "storage_quota": JSONValue(storageQuota),
            "quotas": quotas.json,
        ]
    }
}

/// Ends an upload whose bytes are on disk: the image becomes `active` with size, digests and location, or stays
/// `uploading` with a size; the reservation becomes usage. `notFound` where the image was deleted meanwhile: the caller removes the data.
///
/// Sent again with the same upload it gives the same answer: the API repeats it when the registry was away.
public struct FinishUpload: RegistryOperation {
    public typealias Answer = Image
    public static let name = "finish-upload"
    public static let isIdempotent = true

    public var imageID: String
    public var uploadID: String
    public var size: Int64
    public var checksum: String
    public var hashAlgorithm: String
    public var hashValue: String
    public var virtualSize: Int64?
    public var location: ImageLocation
    /// What the data are, where an import has made something else of them; nil leaves it as it is.
    public var diskFormat: String?
    public var containerFormat: String?
    /// Where else the same data lie already, each at the cost of `size` bytes.
    public var copies: [ImageLocation] = []
    /// Whether an import goes on behind this, to put copies into more stores.
    public var importGoesOn = false

    public init(
        imageID: String, uploadID: String, size: Int64, checksum: String, hashAlgorithm: String, hashValue: String,
        virtualSize: Int64?, location: ImageLocation, diskFormat: String? = nil, containerFormat: String? = nil
    ) {
        self.imageID = imageID
        self.uploadID = uploadID
        self.size = size
        self.checksum = checksum
        self.hashAlgorithm = hashAlgorithm
        self.hashValue = hashValue
        self.virtualSize = virtualSize
        self.location = location
        self.diskFormat = diskFormat
        self.containerFormat = containerFormat
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let location = json["location"] else { throw JSONShapeError(member: "location") }
        self.init(
            imageID: try json.text("image_id"), uploadID: try json.text("upload_id"), size: try json.number("size"),
            checksum: try json.text("checksum"), hashAlgorithm: try json.text("os_hash_algo"),
            hashValue: try json.text("os_hash_value"), virtualSize: try json.optionalNumber("virtual_size"),
            location: try ImageLocation(json: location), diskFormat: try json.optionalText("disk_format"),
            containerFormat: try json.optionalText("container_format"))
        copies = try json.list("copies")
        importGoesOn = try json.flag("import_goes_on")
    }

    public var json: JSONValue {
        [
            "image_id": .string(imageID), "upload_id": .string(uploadID), "size": .int(size),
            "checksum": .string(checksum), "os_hash_algo": .string(hashAlgorithm), "os_hash_value": .string(hashValue),
            "virtual_size": JSONValue(virtualSize), "location": location.json, "copies": copies.json,
            "import_goes_on": .bool(importGoesOn), "disk_format": JSONValue(diskFormat),
            "container_format": JSONValue(containerFormat),
        ]
    }
}

/// Ends an upload that failed: the image takes the status that `BeginUpload` named, the reservation is released.
/// An upload that is settled already, or whose image is gone, is fine.
public struct FailUpload: RegistryOperation {
    public typealias Answer = Done
    public static let name = "fail-upload"
    public static let isIdempotent = true

    public var imageID: String
    public var uploadID: String

    public init(imageID: String, uploadID: String) {
        self.imageID = imageID
        self.uploadID = uploadID
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        self.init(imageID: try json.text("image_id"), uploadID: try json.text("upload_id"))
    }

    public var json: JSONValue { ["image_id": .string(imageID), "upload_id": .string(uploadID)] }
}

/// Kills a queued image whose upload was refused before it began (v1: wrong Content-Type).
public struct KillImage: RegistryOperation {
    public typealias Answer = Done
    public static let name = "kill-image"
    public static let isIdempotent = true

    public var imageID: String

    public init(imageID: String) { self.imageID = imageID }

    public init(json: JSONValue) throws(JSONShapeError) { imageID = try json.text("image_id") }

    public var json: JSONValue { ["image_id": .string(imageID)] }
}

/// Makes a queued image active whose data lies outside, at an http(s) URL (v1 `x-image-meta-location`, v2 locations).
public struct ActivateLocation: RegistryOperation {
    public typealias Answer = Image
    public static let name = "activate-location"
    public static let isIdempotent = false

    public var imageID: String
    public var viewer: Viewer
    /// Bytes, as the source or the client told; 0 when neither did.
    public var size: Int64
    public var location: ImageLocation
    /// MD5 and strong digest in hex, where somebody has read the data; nil keeps what stands.
    public var checksum: String?
    public var hash: DigestClaim?

    public init(
        imageID: String, viewer: Viewer, size: Int64, location: ImageLocation, checksum: String? = nil,
        hash: DigestClaim? = nil
    ) {
        self.imageID = imageID
        self.viewer = viewer
        self.size = size
        self.location = location
        self.checksum = checksum
        self.hash = hash
    }

    public init(json: JSONValue) throws(JSONShapeError) {
        guard let viewer = json["viewer"], let location = json["location"] else {
            throw JSONShapeError(member: "location")
        }
        self.init(
            imageID: try json.text("image_id"), viewer: try Viewer(json: viewer), size: try json.number("size"),
            location: try ImageLocation(json: location), checksum: try json.optionalText("checksum"),
            hash: try json.optional("hash"))
    }

    public var json: JSONValue {
        [
            "image_id": .string(imageID), "viewer": viewer.json, "size": .int(size), "location": location.json,
            "checksum": JSONValue(checksum), "hash": hash?.json ?? .null,
        ]
    }
}
