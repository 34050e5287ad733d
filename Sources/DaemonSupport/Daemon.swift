import CLinux
import Glibc
import HTTPServer
import Logging
import Posix

/// What a daemon does beside its own work: signals, readiness, an orderly stop.
public enum Daemon {
    /// A daemon that has been started.
    public struct Running: Sendable {
        let server: HTTPServer
        let stopSeconds: Double
        let finish: @Sendable () async -> Void

        /// - Parameters:
        ///   - stopSeconds: how long transfers may go on once the daemon is told to stop.
        ///   - finish: what is to be done when the last connection has closed.
        public init(server: HTTPServer, stopSeconds: Double, finish: @escaping @Sendable () async -> Void) {
            self.server = server
            self.stopSeconds = stopSeconds
            self.finish = finish
        }
    }

    /// To be called first of all, before any thread is started: every thread inherits the mask, so that SIGTERM and
    /// SIGINT reach nobody but `runUntilStopped`; a closed socket is an error of send(2), not SIGPIPE.
    public static func prepareSignals() {
        signal(SIGPIPE, SIG_IGN)
        var set = stopSignals()
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Raises the limit on open descriptors as far as the system lets it: 10,000 idle connections are nothing special.
    public static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Starts the daemon, tells systemd, and blocks the calling thread until SIGTERM or SIGINT has ended it in order.
    /// A second signal ends the process at once.
    public static func runUntilStopped(
        group: EventLoopGroup, logger: Logger, output: LogOutput,
        start: @escaping @Sendable () async throws -> Running
    ) throws {
        let running = try group.wait { try await start() }.get()
        Readiness.ready()
        // Half of the code that is resident by now was for the start alone.
        clinux_forget_program_pages()
        let number = waitForSignal()
        logger.info("stopping", metadata: ["signal": "\(number == SIGINT ? "SIGINT" : "SIGTERM")"])
        Readiness.stopping()
        Thread.detach(name: "signals") {
            _ = waitForSignal()
            _exit(1)
        }
        _ = group.wait {
            await running.server.stop(by: .after(seconds: running.stopSeconds))
            await running.finish()
            logger.info("stopped")
            await output.flush()
        }
    }

    private static func stopSignals() -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        return set
    }

    private static func waitForSignal() -> CInt {
        var set = stopSignals()
        var number: CInt = 0
        while sigwait(&set, &number) != 0 {}
        return number
    }
}
