import HTTPServer
import ImageModel

/// What a client said of its data before it sent them.
public struct DeclaredData: Equatable, Sendable {
    /// Bytes; nil where it did not say.
    public var size: Int64?
    /// MD5 in hex.
    public var checksum: String?

    public init(size: Int64? = nil, checksum: String? = nil) {
        self.size = size
        self.checksum = checksum
    }
}

/// Why an upload did not make an image active. Whatever it is, the image has its failure status when this is thrown,
/// no byte of it is left, and no reservation.
public enum UploadFailure: Error, Equatable, Sendable {
    /// Refused before it began (the image is unchanged), or the registry went away.
    case registry(RegistryFailure)
    /// The client went away, or stopped to send.
    case client(BodyError)
    /// More than `image_size_cap` bytes.
    case tooLarge(bytesMax: Int64)
    /// A quota of the owner's does not hold them: the limit, and what is used and reserved already, in bytes or a count.
    case overQuota(quota: String, limit: Int64, used: Int64)
    case sizeMismatch(supplied: Int64, received: Int64)
    case checksumMismatch(supplied: String, received: String)
    /// The data are not what the image says they are, or a danger: Glance's words.
    case formatRefused(String)
    /// The image was deleted while its data came.
    case imageDeleted
    /// The store has no room.
    case storeFull(String)
    /// The store may not be written to.
    case storeReadOnly(String)
    /// Data of that image lie in the store already.
    case duplicate
    /// The disk failed.
    case storeFailed(String)
}

extension UploadFailure: CustomStringConvertible {
    /// What happened, for the log and for a task's message.
    public var description: String {
        switch self {
        case .registry(let failure): "the registry refused: \(failure)"
        case .client(let error): "the client's data ended early: \(error)"
        case .tooLarge(let bytesMax): "the image is larger than image_size_cap, \(bytesMax) bytes"
        case .overQuota(let quota, let limit, let used): QuotaText(quota, limit: limit, used: used).description
        case .sizeMismatch(let supplied, let received): "\(supplied) bytes were announced, \(received) came"
        case .checksumMismatch(let supplied, let received): "the checksum should be \(supplied) and is \(received)"
        case .formatRefused(let reason): reason
        case .imageDeleted: "the image was deleted"
        case .storeFull(let reason), .storeReadOnly(let reason), .storeFailed(let reason): reason
        case .duplicate: "data of that image is stored already"
        }
    }
}

/// Why an image's data can't be sent.
public enum DownloadFailure: Error, Equatable, Sendable {
    /// The data are not where the row says.
    case notFound
    /// The store can't read them.
    case failed(String)
    /// The outside server that holds them does not answer.
    case unavailable(String)
}
