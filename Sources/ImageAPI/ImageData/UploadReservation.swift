import ImageModel

/// An upload's hold on its image and on the owner's ledger, from `queued → saving` to its end.
///
/// An upload of unknown length reserves in steps, ahead of the bytes, and no more ahead than has come: others find room
/// for what they have. Near the quota it goes by what has really come, so that the last byte that fits is taken and the
/// next one is not.
struct UploadReservation {
    /// Bytes that are reserved ahead while the length is not known, at first and at most.
    private static let (stepBytesMin, stepBytesMax): (Int64, Int64) = (1 << 20, 64 << 20)

    let imageID: String
    let uploadID: String
    private let registry: RegistryClient
    private let quota: Int64?
    private let quotas: TenantQuotas
    private let requestID: String
    private(set) var reservedBytes: Int64
    /// Whether a step was refused.
    private var isNearQuota = false

    /// Moves the image on as the purpose says and reserves what is known, or a first step.
    ///
    /// - Parameter uploadID: made by the caller, who has to settle that upload when this fails with `unavailable`: it
    ///   may have begun.
    static func begin(
        _ uploadID: String, imageID: String, bytes: Int64?, failureStatus: ImageStatus, purpose: UploadPurpose = .data,
        quota: Int64?, quotas: TenantQuotas, viewer: Viewer, registry: RegistryClient, requestID: String
    ) async throws(RegistryFailure) -> UploadReservation {
        var begin = BeginUpload(
            imageID: imageID, viewer: viewer, uploadID: uploadID, bytes: bytes ?? stepBytesMin,
            storageQuota: quota, failureStatus: failureStatus, purpose: purpose, quotas: quotas)
        do throws(RegistryFailure) {
            _ = try await registry.perform(begin, requestID: requestID)
        } catch {
            guard bytes == nil, case .quotaExceeded = error else { throw error }
            begin.bytes = 0
            _ = try await registry.perform(begin, requestID: requestID)
        }
        return UploadReservation(
            imageID: imageID, uploadID: begin.uploadID, registry: registry, quota: quota, quotas: quotas,
            requestID: requestID, reservedBytes: begin.bytes, isNearQuota: bytes == nil && begin.bytes == 0)
    }

    /// Has at least that many bytes reserved: to be called before they are stored.
    mutating func cover(_ bytes: Int64) async throws(RegistryFailure) {
        guard bytes > reservedBytes else { return }
        guard !isNearQuota else { return try await grow(to: bytes) }
        do throws(RegistryFailure) {
            try await grow(to: bytes + min(max(bytes, Self.stepBytesMin), Self.stepBytesMax))
        } catch {
            guard case .quotaExceeded = error else { throw error }
            isNearQuota = true
            try await grow(to: bytes)
        }
    }

    private mutating func grow(to bytes: Int64) async throws(RegistryFailure) {
        let grow = GrowUpload(uploadID: uploadID, bytes: bytes, storageQuota: quota, quotas: quotas)
        _ = try await registry.perform(grow, requestID: requestID)
        reservedBytes = bytes
    }
}
