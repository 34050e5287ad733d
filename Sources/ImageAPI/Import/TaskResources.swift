import BlobStore
import ImageInspection
import Logging
import OutboundHTTP
import Posix

/// What the work behind requests is done with: one set for every kind of it.
public struct TaskResources: Sendable {
    let options: ImageAPIOptions
    let registry: RegistryClient
    let store: any BlobStore
    let end: UploadEnd
    let inFlight: UploadsInFlight
    let fetcher: OutboundFetcher
    /// A thread for each fetch that runs; others wait in its queue.
    let pool: BlockingPool
    let group: EventLoopGroup
    let logger: Logger
    /// What is done with imported data.
    let plugins: ImportPlugins

    /// - Parameter pool: a thread a fetch that runs; others wait in its queue.
    public init(
        options: ImageAPIOptions, registry: RegistryClient, store: any BlobStore, end: UploadEnd,
        inFlight: UploadsInFlight, fetcher: OutboundFetcher, pool: BlockingPool, group: EventLoopGroup, logger: Logger
    ) {
        self.options = options
        self.registry = registry
        self.store = store
        self.end = end
        self.inFlight = inFlight
        self.fetcher = fetcher
        self.pool = pool
        self.group = group
        self.logger = logger
        plugins = ImportPlugins(options.importPlugins, gptChecksNonfatal: options.formatMatch.gptChecksNonfatal)
    }
}
