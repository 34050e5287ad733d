import BlobStore
import Credentials
import ImageInspection
import ImageModel
import Logging
import OutboundHTTP
import Posix

/// What the work behind requests is done with: one set for every kind of it.
public struct TaskResources: Sendable {
    let options: ImageAPIOptions
    let policy: Policy
    let registry: RegistryClient
    let store: any BlobStore
    let end: UploadEnd
    let inFlight: UploadsInFlight
    let reclaimer: Reclaimer
    let fetcher: OutboundFetcher
    /// A thread for each fetch that runs; others wait in its queue.
    let pool: BlockingPool
    let group: EventLoopGroup
    /// For what a task shows to its source on its owner's behalf.
    let seal: TextSeal
    let logger: Logger
    /// What is done with imported data.
    let plugins: ImportPlugins

    /// This process's hold on what it works on.
    var lease: TaskLease { TaskLease(holder: options.tasks.holder, seconds: options.tasks.leaseSeconds) }

    /// The image as it stands, whoever may see it.
    ///
    /// - Throws: `RegistryFailure.notFound` where it is gone for good.
    func image(_ id: String, requestID: String = "") async throws(RegistryFailure) -> Image {
        try await registry.perform(
            GetImage(id: id, viewer: Viewer(projectID: nil, isAdmin: true)), requestID: requestID)
    }

    /// - Parameter pool: a thread a fetch that runs; others wait in its queue.
    public init(
        options: ImageAPIOptions, policy: Policy, registry: RegistryClient, store: any BlobStore, end: UploadEnd,
        inFlight: UploadsInFlight, reclaimer: Reclaimer, fetcher: OutboundFetcher, pool: BlockingPool,
        group: EventLoopGroup, seal: TextSeal, logger: Logger
    ) {
        self.options = options
        self.policy = policy
        self.registry = registry
        self.store = store
        self.end = end
        self.inFlight = inFlight
        self.reclaimer = reclaimer
        self.fetcher = fetcher
        self.pool = pool
        self.group = group
        self.seal = seal
        self.logger = logger
        plugins = ImportPlugins(options.importPlugins, gptChecksNonfatal: options.formatMatch.gptChecksNonfatal)
    }
}
