import ImageModel
import Posix
import Synchronization

/// A copy's reservation, which its thread raises while it waits for the registry.
final class CopyLedger: Sendable {
    private let reservation: Locked<UploadReservation>
    let group: EventLoopGroup

    init(_ reservation: UploadReservation, group: EventLoopGroup) {
        self.reservation = Locked(reservation)
        self.group = group
    }

    /// As it stands now.
    var current: UploadReservation { reservation.withLock { $0 } }

    /// Has so many bytes reserved, for a task that waits for it.
    ///
    /// - Throws: `UploadFailure.overQuota`, `RegistryFailure`.
    func reserve(_ bytes: Int64) async throws {
        var held = current
        do throws(RegistryFailure) {
            try await held.cover(bytes)
        } catch {
            throw error.asUploadFailure
        }
        let raised = held
        reservation.withLock { $0 = raised }
    }

    /// Has so many bytes reserved; blocks the calling thread, which must be none of the loops.
    func cover(_ bytes: Int64) throws(RegistryFailure) {
        let held = current
        guard bytes > held.reservedBytes else { return }
        let raised = try group.wait { () async throws(RegistryFailure) in
            var raised = held
            try await raised.cover(bytes)
            return raised
        }.get()
        reservation.withLock { $0 = raised }
    }
}
