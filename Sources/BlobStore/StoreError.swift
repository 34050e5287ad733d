import Glibc
import Posix

/// Why the store did not do what it was asked. The text says what was tried, with which blob, and the system's words.
public enum StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No room: ENOSPC, EDQUOT, or an announced length above the free space.
    case full(Errno)
    /// The filesystem is read-only: EROFS.
    case readOnly(Errno)
    /// The daemon's user may not: EACCES, EPERM.
    case permission(Errno)
    /// The system failed in another way, such as EIO.
    case failed(Errno)
    /// The blob is there already; it was not touched.
    case duplicate(id: String)
    /// There is no such blob.
    case notFound(id: String)
    /// Not the name of a blob. The text may come from a client.
    case invalidName(String)
    /// Another process has the directory, or another sink the resumable upload.
    case inUse(String)
    /// More or fewer bytes than were announced; `actual` has counted up to the first byte too many.
    case lengthMismatch(id: String, expected: Int64, actual: Int64)
    /// The bytes are others than was said of them; the digests in hex.
    case digestMismatch(id: String, expected: String, actual: String)
    /// The upload has been finished or aborted.
    case ended(id: String)

    init(_ error: Errno, doing what: String) {
        let error = Errno(code: error.code, operation: "\(what): \(error.operation)")
        switch error.code {
        case ENOSPC, EDQUOT: self = .full(error)
        case EROFS: self = .readOnly(error)
        case EACCES, EPERM: self = .permission(error)
        default: self = .failed(error)
        }
    }

    /// One line, for logs and for those who may see them.
    public var description: String {
        switch self {
        case .full(let error), .readOnly(let error), .permission(let error), .failed(let error): error.description
        case .duplicate(let id): "image \(id): its data is stored already"
        case .notFound(let id): "image \(id): no data is stored"
        // Escaped and cut short: nothing a client sends may break a line of the log.
        case .invalidName(let name): "not a valid image id: \(String(name.prefix(64)).debugDescription)"
        case .inUse(let what): "\(what): in use by another process or upload"
        case .lengthMismatch(let id, let expected, let actual):
            "image \(id): \(expected) bytes were announced, \(actual) came"
        case .digestMismatch(let id, let expected, let actual):
            "image \(id): its data have the digest \(actual), and should have \(expected)"
        case .ended(let id): "image \(id): the upload has ended"
        }
    }
}
