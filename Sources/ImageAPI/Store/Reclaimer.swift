import BlobStore
import ImageModel
import Logging
import Posix
import Synchronization

/// Removes the data of deleted images, and of places that an image has no more: the registry lists what is to go, and
/// hears when it is off the disk; only then do the bytes leave the owner's ledger.
public final class Reclaimer: Sendable {
    private static let retrySeconds: Double = 5

    private let registry: RegistryClient
    private let store: any BlobStore
    private let catalogue: StoreCatalogue?
    private let group: EventLoopGroup
    private let logger: Logger
    private let state = Locked((isRunning: false, isWanted: false))

    /// - Parameter catalogue: nil where there is one store.
    public init(
        registry: RegistryClient, store: any BlobStore, catalogue: StoreCatalogue?, group: EventLoopGroup,
        logger: Logger
    ) {
        self.registry = registry
        self.store = store
        self.catalogue = catalogue
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
            let reclaims = try await registry.perform(ListReclaims()).reclaims
            if reclaims.isEmpty { return }
            for reclaim in reclaims {
                try await remove(reclaim)
                _ = try await registry.perform(SettleReclaim(imageID: reclaim.imageID, url: reclaim.location.url))
            }
        }
    }

    /// Removes the data from the store that the place is in, unless another place of the same image is in it, too.
    private func remove(_ reclaim: Reclaim) async throws(StoreError) {
        guard let catalogue, !reclaim.location.url.isEmpty else {
            if reclaim.standing.isEmpty { try await store.remove(id: reclaim.imageID) }
            return
        }
        let id = catalogue.id(of: reclaim.location)
        guard !reclaim.standing.contains(where: { catalogue.id(of: $0) == id }) else { return }
        let part = store.part(named: id)
        guard !part.isReadOnly else {
            // The store has become so since, or the image had its data in another one as well.
            return logger.notice(
                "deleted data stay in a read-only store",
                metadata: ["image": "\(reclaim.imageID)", "store": "\(id ?? "-")"])
        }
        try await part.remove(id: reclaim.imageID)
    }
}
