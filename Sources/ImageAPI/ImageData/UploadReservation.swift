import ImageModel

/// An upload's hold on its image and on the owner's ledger, from `queued → saving` to its end.
///
/// An upload of unknown length reserves in steps, ahead of the bytes; near the quota it goes by what has really come,
/// so that the last byte that fits is taken and the next one is not.
struct UploadReservation {
    /// Bytes that are reserved ahead while the length is not known.
    private static let stepBytes: Int64 = 64 << 20

    let imageID: String
    let uploadID: String
    private let registry: RegistryClient
    private let quota: Int64?
    private let requestID: String
    private(set) var reservedBytes: Int64

    /// Moves the image on as the purpose says and reserves what is known, or a first step.
    ///
    /// - Parameter uploadID: made by the caller, who has to settle that upload when this fails with `unavailable`: it
    ///   may have begun.
    static func begin(
        _ uploadID: String, imageID: String, bytes: Int64?, failureStatus: ImageStatus, purpose: UploadPurpose = .data,
        quota: Int64?, viewer: Viewer, registry: RegistryClient, requestID: String
    ) async throws(RegistryFailure) -> UploadReservation {
        var begin = BeginUpload(
            imageID: imageID, viewer: viewer, uploadID: uploadID, bytes: bytes ?? stepBytes,
            storageQuota: quota, failureStatus: failureStatus, purpose: purpose)
        do throws(RegistryFailure) {
            _ = try await registry.perform(begin, requestID: requestID)
        } catch {
            guard bytes == nil, case .quotaExceeded = error else { throw error }
            begin.bytes = 0
            _ = try await registry.perform(begin, requestID: requestID)
        }
        return UploadReservation(
            imageID: imageID, uploadID: begin.uploadID, registry: registry, quota: quota, requestID: requestID,
            reservedBytes: begin.bytes)
    }

    /// Has at least that many bytes reserved: to be called before they are stored.
    mutating func cover(_ bytes: Int64) async throws(RegistryFailure) {
        guard bytes > reservedBytes else { return }
        do throws(RegistryFailure) {
            try await grow(to: bytes + Self.stepBytes)
        } catch {
            guard case .quotaExceeded = error else { throw error }
            try await grow(to: bytes)
        }
    }

    private mutating func grow(to bytes: Int64) async throws(RegistryFailure) {
        let grow = GrowUpload(uploadID: uploadID, bytes: bytes, storageQuota: quota)
        _ = try await registry.perform(grow, requestID: requestID)
        reservedBytes = bytes
    }
}
