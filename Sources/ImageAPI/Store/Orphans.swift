import BlobStore
import ImageModel
import Logging

/// Data that no row of the registry accounts for: what a crash, or a failure in the middle, has left. Each store is
/// looked at by itself, as an image may have its data in one and the remains of a copy in another.
struct Orphans: Sendable {
    let registry: RegistryClient
    let store: any BlobStore
    let logger: Logger

    /// Removes those with these names from every store.
    ///
    /// - Throws: what kept it from that; a store that fails keeps no other one from being cleared.
    func remove(among names: [String]) async throws {
        var failure: (any Error)?
        for part in store.parts where !part.store.isReadOnly {
            do {
                try await remove(among: names, from: part)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// Removes those with these names from one store.
    func remove(among names: [String], from part: StorePart) async throws {
        for id in try await registry.perform(FindOrphans(names: names, store: part.id, places: places)).ids {
            logger.notice(
                "removing data without an image", metadata: ["image": "\(id)", "store": "\(part.id ?? "-")"])
            try await part.store.remove(id: id)
        }
    }

    /// As the registry knows them; none where there is one store.
    private var places: [StorePlace] {
        store.parts.compactMap { part in part.id.map { StorePlace(id: $0, urlPrefix: part.store.urlPrefix) } }
    }
}
