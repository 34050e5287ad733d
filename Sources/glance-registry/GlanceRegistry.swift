import ArgumentParser
import DaemonSupport
import Glibc
import HTTPServer
import Logging
import Posix
import Registry
import Settings

/// The metadata daemon: owns the SQLite database, answers glance-api alone.
@main
struct GlanceRegistry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "glance-registry", abstract: "The metadata daemon of the Glimpse image registry.",
        version: daemonVersion)

    @OptionGroup var arguments: DaemonArguments

    func run() throws {
        let (settings, notices) = try arguments.load(RegistrySettings.self)
        let pike = try PikeOptions(settings)
        Daemon.prepareSignals()
        Daemon.raiseDescriptorLimit()
        let output = try LogOutput(path: settings.log.path(daemon: RegistrySettings.daemon))
        let logger = Logger(daemon: RegistrySettings.daemon, settings: settings.log, output: output)
        logger.report(notices)
        let cores = max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN)))
        let loops = settings.server.httpThreads > 0 ? settings.server.httpThreads : cores
        let group = try EventLoopGroup(count: loops, name: "registry")
        try Daemon.runUntilStopped(group: group, logger: logger, output: output) {
            try await Self.start(settings, pike, group: group, logger: logger)
        }
    }

    private static func start(
        _ settings: RegistrySettings, _ pike: PikeOptions, group: EventLoopGroup, logger: Logger
    ) async throws -> Daemon.Running {
        let secret = try SharedSecret.make(at: settings.registrySecretPath)
        let readers = settings.database.readerConnections
        let pool = BlockingPool(name: "sqlite", threadsMax: readers + 1)
        let path = settings.database.path
        let database = try await pool.run {
            try RegistryDatabase(path: path, readers: readers) { logger.error("\($0)") }
        }
        let front = RegistryFront(database: database, pool: pool, secret: secret, pike: pike)
        let server = HTTPServer(group: group, filePool: pool, options: HTTPServerOptions(), logger: logger) {
            await front.respond(to: $0)
        }
        let backlog = settings.server.backlog
        if let socketPath = settings.server.bindSocket {
            try await server.listen(on: ListeningSocket(path: socketPath, backlog: backlog))
            logger.info("listening", metadata: ["socket": "\(socketPath)", "database": "\(path)"])
        } else {
            let address = try SocketAddress(host: settings.server.bindHost, port: settings.server.bindPort)
            let listener = try ListeningSocket(address: address, backlog: backlog)
            logger.info("listening", metadata: ["address": "\(listener.address)", "database": "\(path)"])
            try await server.listen(on: listener)
        }
        return Daemon.Running(server: server, stopSeconds: Double(settings.server.shutdownSeconds)) {}
    }
}
