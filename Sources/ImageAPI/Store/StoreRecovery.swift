import BlobStore
import ImageModel
import Logging
import Posix

/// Brings store and registry together after whatever ended the last process: no stuck `saving`, no orphaned file, no
/// lost reservation.
public final class StoreRecovery: Sendable {
    private let registry: RegistryClient
    private let store: any BlobStore
    private let holder: String
    private let logger: Logger

    /// - Parameter holder: which glance-api this is; see `TaskLease`.
    public init(registry: RegistryClient, store: any BlobStore, holder: String, logger: Logger) {
        self.registry = registry
        self.store = store
        self.holder = holder
        self.logger = logger
    }

    /// Settles the uploads that were under way; to be done before the first request is taken. Waits for the registry.
    public func settleUploads() async throws {
        let ids = try await whenRegistryAnswers {
            try await self.registry.perform(RecoverUploads(holder: self.holder)).ids
        }
        for id in ids { logger.notice("an upload was interrupted", metadata: ["image": "\(id)"]) }
        try await whenRegistryAnswers { try await self.orphans.remove(among: ids) }
        // A copy goes on behind the bytes that it has.
        let tasks = try await whenRegistryAnswers {
            try await self.registry.perform(ListUnfinishedTasks(holder: self.holder)).tasks
        }
        try await store.removeStaging(except: Set(tasks.map(\.task.id)))
    }

    /// Removes files that no row accounts for. It goes through the whole folder of each store, so it runs beside the
    /// requests; a file gets its name only while its upload has a row, so one that is just coming is never taken for an
    /// orphan. What a read-only store has that no row accounts for is not ours to remove.
    public func removeOrphans() async throws {
        for part in store.parts where !part.store.isReadOnly {
            for try await names in part.store.names() {
                try await whenRegistryAnswers { try await self.orphans.remove(among: names, from: part) }
            }
        }
    }

    private var orphans: Orphans { Orphans(registry: registry, store: store, logger: logger) }

    private func whenRegistryAnswers<Answer>(_ operation: () async throws -> Answer) async throws -> Answer {
        while true {
            do {
                return try await operation()
            } catch RegistryFailure.unavailable(let reason) {
                logger.warning("waiting for the registry", metadata: ["reason": "\(reason)"])
                await EventLoop.current?.sleep(until: .after(seconds: 1))
            }
        }
    }
}
