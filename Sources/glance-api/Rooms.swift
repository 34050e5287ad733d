import BlobStore
import Credentials
import DaemonSupport
import HTTPClient
import ImageAPI
import Logging
import OutboundHTTP
import Posix
import Settings

/// All that the API is made of, wired once at the start.
struct Rooms: Sendable {
    let front: ImageAPIFront
    let recovery: StoreRecovery
    let registry: RegistryClient
    let filePool: BlockingPool
    private let reclaimer: Reclaimer
    private let scrubber: Scrubber
    private let tasks: TaskEngine

    init(
        _ settings: APISettings, _ options: ImageAPIOptions, policy: Policy, group: EventLoopGroup, cores: Int,
        logger: Logger
    ) async throws {
        var options = options
        let registry = try Self.registry(settings, group: group)
        self.registry = registry
        let keystonePool = BlockingPool(name: "keystone", threadsMax: 8)
        let keystone =
            settings.pasteDeploy.identity == .keystone
            ? KeystoneSession(KeystoneOptions(settings.keystone), pool: keystonePool) : nil
        if settings.limits.areKeystones {
            // A login of its own, or else the one that tokens are validated with.
            let session =
                settings.limits.authURL == nil
                ? keystone : KeystoneSession(KeystoneOptions(settings.limits), pool: keystonePool)
            options.limits = TenantLimits(
                keystone: session.map { KeystoneLimits(KeystoneLimits.Endpoint(settings.limits), session: $0) })
        }

        filePool = BlockingPool(name: "file", threadsMax: 16)
        // Whoever asks for metadata meanwhile need not wait for a core.
        let digestPool = BlockingPool(name: "digest", threadsMax: cores + 2, niceness: 5)
        let fetchPool = BlockingPool(name: "fetch", threadsMax: settings.imageImport.parallelCopiesMax)
        let passPool = BlockingPool(name: "pass", threadsMax: 16)
        let (directory, catalogue) = (settings.glanceStore.filesystemStoreDatadir, options.stores)
        let store = try await filePool.run { [filePool] () -> any BlobStore in
            try Self.openStores(catalogue, orOne: directory) { directory, isReadOnly in
                if isReadOnly {
                    return try ReadOnlyStore(directory: directory, pool: filePool, digestPool: digestPool)
                }
                return try FilesystemStore(directory: directory, pool: filePool, digestPool: digestPool)
            }
        }
        for part in store.parts {
            if let id = part.id { options.stores?.setURLPrefix(part.store.urlPrefix, of: id) }
        }
        let fetcher = OutboundFetcher(
            policy: options.fetchPolicy, limits: FetchLimits(settings), proxies: try FetchProxies(settings.imageImport),
            version: daemonVersion)
        var taskOptions = options
        taskOptions.tasks.holder = store.identity

        let inFlight = UploadsInFlight()
        let end = UploadEnd(registry: registry, store: store, group: group, logger: logger)
        reclaimer = Reclaimer(
            registry: registry, store: store, catalogue: options.stores, group: group, logger: logger)
        tasks = TaskEngine(
            TaskResources(
                options: taskOptions, policy: policy, registry: registry, store: store, end: end, inFlight: inFlight,
                reclaimer: reclaimer, fetcher: fetcher, pool: fetchPool, group: group,
                seal: TextSeal(
                    secret: try SharedSecret.read(at: settings.registrySecretPath), purpose: "task credential"),
                logger: logger))
        scrubber = Scrubber(
            registry: registry, reclaimer: reclaimer, delaySeconds: settings.images.scrubSeconds,
            pauseSeconds: settings.images.scrubPauseSeconds, logger: logger)
        recovery = StoreRecovery(
            registry: registry, store: store, holder: store.identity, logger: logger)
        let images = ImageService(options: options, registry: registry, reclaimer: reclaimer, uploads: inFlight)
        let uploads = UploadService(
            options: options, registry: registry, store: store, end: end, inFlight: inFlight)
        let data = ImageDataService(
            store: store, uploads: uploads, tasks: tasks,
            external: ExternalData(fetcher: fetcher, pool: passPool))
        let local = settings.pasteDeploy.identity == .local ? Self.identity(settings, registry, logger) : nil
        front = try ImageAPIFront(
            options: options, images: images, data: data, policy: policy, local: local,
            keystone: keystone.map { KeystoneValidator($0) }, logger: logger)
    }

    /// The stores that the settings name, or the one in the folder.
    ///
    /// - Parameter open: opens a folder, for reading alone or not.
    private static func openStores(
        _ catalogue: StoreCatalogue?, orOne folder: String, _ open: (String, Bool) throws -> any BlobStore
    ) throws -> any BlobStore {
        guard let catalogue, let first = catalogue[catalogue.defaultID]?.folder else { return try open(folder, false) }
        var others: [(id: String, store: any BlobStore)] = []
        for entry in catalogue.entries where entry.id != catalogue.defaultID {
            if let folder = entry.folder { others.append((entry.id, try open(folder, entry.isReadOnly))) }
        }
        return StoreSet(first: (catalogue.defaultID, try open(first, false)), others: others)
    }

    /// Two checks of a password at once: each takes a core, and 32 MiB.
    private static func identity(
        _ settings: APISettings, _ registry: RegistryClient, _ logger: Logger
    ) -> LocalIdentity {
        LocalIdentity(
            registry: registry, pool: BlockingPool(name: "scrypt", threadsMax: 2),
            tokenSeconds: settings.identity.tokenSeconds, region: settings.identity.region, logger: logger)
    }

    private static func registry(_ settings: APISettings, group: EventLoopGroup) throws -> RegistryClient {
        let address =
            if let path = settings.registry.socket {
                try SocketAddress(path: path)
            } else {
                try SocketAddress(host: settings.registry.host, port: settings.registry.port)
            }
        var options = KeepAliveClient.Options()
        options.answerSeconds = settings.registry.timeoutSeconds.map(Double.init) ?? 1e9
        let secret = try SharedSecret.read(at: settings.registrySecretPath)
        return RegistryClient(
            client: KeepAliveClient(group: group, address: address, options: options), secret: secret)
    }

    /// What goes on beside the requests: the work that an earlier process left, then the scrubber's. It does not end.
    func goOn(logger: Logger) async {
        reclaimer.wake()
        do {
            tasks.begin()
            try await recovery.removeOrphans()
        } catch {
            logger.error("recovery is not complete", metadata: ["error": "\(error)"])
        }
        await scrubber.run()
    }
}
