import ArgumentParser
import Credentials
import DaemonSupport
import Glibc
import HTTPServer
import ImageAPI
import Logging
import Posix
import Settings

/// The public daemon: the Image API over HTTP, with its own store of blobs and glance-registry for metadata.
@main
struct GlanceAPI: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "glance-api", abstract: "The public daemon of the Glimpse image registry.",
        version: daemonVersion)

    @OptionGroup var arguments: DaemonArguments

    func run() throws {
        let (settings, notices) = try arguments.load(APISettings.self)
        Daemon.prepareSignals()
        Daemon.raiseDescriptorLimit()
        Libcrypto.keepUntilTheEnd()
        let output = try LogOutput(path: settings.log.path(daemon: APISettings.daemon))
        let logger = Logger(daemon: APISettings.daemon, settings: settings.log, output: output)
        logger.report(notices)
        let folders = arguments.folders(APISettings.self)
        let files = PolicyFiles(settings.policy, folders: folders)
        let policy = try Policy(files)
        files.report(policy, to: logger)
        let customProperties = try CustomPropertySchemas(lookingIn: folders, logger: logger)
        let cores = max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN)))
        let loops = settings.server.httpThreads > 0 ? settings.server.httpThreads : cores
        let group = try EventLoopGroup(count: loops, name: "api")
        try Daemon.runUntilStopped(group: group, logger: logger, output: output) {
            var options = try ImageAPIOptions(settings)
            options.customProperties = customProperties
            if let problem = options.importPlugins.problem { logger.warning("\(problem)") }
            return try await Self.start(
                settings, options, policy: policy, group: group, cores: cores, logger: logger)
        }
    }

    private static func start(
        _ settings: APISettings, _ options: ImageAPIOptions, policy: Policy, group: EventLoopGroup, cores: Int,
        logger: Logger
    ) async throws -> Daemon.Running {
        let rooms = try await Rooms(settings, options, policy: policy, group: group, cores: cores, logger: logger)
        // Before the first request: whatever ended the last process, no image stays `saving`.
        try await rooms.recovery.settleUploads()
        await rooms.registry.lookForCommits()
        let server = HTTPServer(
            group: group, filePool: rooms.filePool, options: HTTPServerOptions(settings), logger: logger
        ) { await rooms.front.respond(to: $0) }
        let address = try SocketAddress(host: settings.server.bindHost, port: settings.server.bindPort)
        let listener = try ListeningSocket(address: address, backlog: settings.server.backlog)
        logger.info(
            "listening",
            metadata: [
                "address": "\(listener.address)",
                "store":
                    "\(options.stores.map { $0.entries.map(\.id).joined(separator: ",") } ?? settings.glanceStore.filesystemStoreDatadir)",
            ])
        try await server.listen(on: listener)
        Task(executorPreference: group.next()) { await rooms.goOn(logger: logger) }
        return Daemon.Running(server: server, stopSeconds: Double(settings.server.shutdownSeconds)) {}
    }
}
