import ImageModel
import Logging
import Posix

/// Ends the delay of `delayed_delete`, as Glance's scrubber does: at each look, what was deleted longer ago than
/// `scrub_time` goes from `pending_delete` to `deleted`, and the reclaimer takes its data off the disk.
///
/// It works without `delayed_delete` as well: images may wait from before that was turned off.
public final class Scrubber: Sendable {
    private let registry: RegistryClient
    private let reclaimer: Reclaimer
    private let delaySeconds: Int
    private let pauseSeconds: Int
    private let logger: Logger

    /// - Parameters:
    ///   - delaySeconds: `scrub_time`, how long an image waits.
    ///   - pauseSeconds: `wakeup_time`, between two looks.
    public init(
        registry: RegistryClient, reclaimer: Reclaimer, delaySeconds: Int, pauseSeconds: Int, logger: Logger
    ) {
        self.registry = registry
        self.reclaimer = reclaimer
        self.delaySeconds = delaySeconds
        self.pauseSeconds = pauseSeconds
        self.logger = logger
    }

    /// Looks again and again, as long as the process runs. To be called on an event loop.
    public func run() async {
        while true {
            do throws(RegistryFailure) {
                try await scrub()
            } catch {
                logger.warning("cannot scrub deleted images yet", metadata: ["error": "\(error)"])
            }
            await EventLoop.current?.sleep(until: .after(seconds: Double(pauseSeconds)))
        }
    }

    private func scrub() async throws(RegistryFailure) {
        let due = Timestamp(microseconds: Timestamp.now.microseconds - Int64(delaySeconds) * 1_000_000)
        let list = ListScrubbable(deletedBefore: due)
        var count = 0
        // What could not be scrubbed is listed again: a round without any progress is the last.
        var isMoving = true
        while isMoving {
            isMoving = false
            let ids = try await registry.perform(list).ids
            for id in ids {
                do throws(RegistryFailure) {
                    _ = try await registry.perform(ScrubImage(imageID: id))
                } catch {
                    switch error {
                    // An admin has restored it, just now.
                    case .notFound, .conflict: continue
                    default: throw error
                    }
                }
                count += 1
                isMoving = ids.count == list.limit
            }
            if !ids.isEmpty { reclaimer.wake() }
        }
        if count > 0 { logger.info("scrubbed deleted images", metadata: ["count": "\(count)"]) }
    }
}
