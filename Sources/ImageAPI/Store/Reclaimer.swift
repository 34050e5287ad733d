import BlobStore
import ImageModel
import Logging
import Posix
import Synchronization

/// Removes the data of deleted images: the registry lists what is to go, and hears when it is off the disk; only then
/// do the bytes leave the owner's ledger.
public final class Reclaimer: Sendable {
    private static let retrySeconds: Double = 5

    private let registry: RegistryClient
    private let store: any BlobStore
    private let group: EventLoopGroup
    private let logger: Logger
    private let state = Locked((isRunning: false, isWanted: false))

    public init(registry: RegistryClient, store: any BlobStore, group: EventLoopGroup, logger: Logger) {
        self.registry = registry
        self.store = store
        self.group = group
        self.logger = logger
    }

    /// Has the entries worked through now, in the background.
    public func wake() {
        let starts = state.withLock { state in
            state.isWanted = true
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard starts else { return }
        let loop = group.next()
        Task(executorPreference: loop) { await self.run(on: loop) }
    }

    private func run(on loop: EventLoop) async {
        while state.withLock({ state in
            defer { state.isWanted = false }
            state.isRunning = state.isWanted
            return state.isWanted
        }) {
            do {
                try await reclaim()
            } catch {
                logger.warning("cannot reclaim deleted data yet", metadata: ["error": "\(error)"])
                await loop.sleep(until: .after(seconds: Self.retrySeconds))
                state.withLock { $0.isWanted = true }
            }
        }
    }

    private func reclaim() async throws {
        while true {
            let ids = try await registry.perform(ListReclaims()).ids
            if ids.isEmpty { return }
            for id in ids {
                try await store.remove(id: id)
                _ = try await registry.perform(SettleReclaim(imageID: id))
            }
        }
    }
}
