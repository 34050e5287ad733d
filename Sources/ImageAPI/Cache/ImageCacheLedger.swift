import ImageModel
import Posix
import Synchronization

/// What Glance's cache management talks about, for an API whose store is at hand and needs no cache: an image counts as
/// cached from its first download on, and what is queued waits for a download. Nothing is copied, so taking an entry
/// away frees no bytes.
///
/// It lives in memory: a restart empties it.
final class ImageCacheLedger: Sendable {
    /// An image that was downloaded.
    struct Entry: Equatable, Sendable {
        var imageID: String
        /// Downloads after the first.
        var hits: Int64 = 0
        var accessedAt: Timestamp
        /// When it was downloaded for the first time.
        var cachedAt: Timestamp
        /// Bytes of data.
        var size: Int64
    }

    /// Entries at the most; the one that was not asked for the longest makes room for a new one.
    static let cachedMax = 4096
    /// Ids that may be queued.
    static let queuedMax = 4096
    /// Bytes of an id that may be queued: it need not be an image's.
    static let idBytesMax = 255

    private struct State {
        var cached: [String: Entry] = [:]
        /// In the order in which they came.
        var queued: [String] = []
        var queuedIDs: Set<String> = []
    }

    private let state = Locked(State())

    /// By id.
    var cached: [Entry] {
        state.withLock { Array($0.cached.values) }.sorted { $0.imageID < $1.imageID }
    }

    /// In the order in which they came.
    var queued: [String] {
        state.withLock { $0.queued }
    }

    /// An image's data is sent. Data that lies outside is not: that is nowhere in our hands.
    func noteDownload(of image: Image, at now: Timestamp = .now) {
        guard let location = image.locations.first, location.url.hasPrefix("file:") else { return }
        let size = image.size ?? 0
        let id = image.id
        state.withLock { state in
            Self.unqueue(id, &state)
            if var entry = state.cached[id] {
                entry.hits += 1
                entry.accessedAt = now
                state.cached[id] = entry
                return
            }
            if state.cached.count >= Self.cachedMax,
                let oldest = state.cached.values.min(by: { $0.accessedAt < $1.accessedAt })
            {
                state.cached[oldest.imageID] = nil
            }
            state.cached[id] = Entry(imageID: id, accessedAt: now, cachedAt: now, size: size)
        }
    }

    /// An image that was queued is at hand.
    func noteArrival(of image: Image) {
        if state.withLock({ $0.cached[image.id] == nil }) { noteDownload(of: image) }
    }

    /// Whether it knows of an image.
    func holds(_ id: String) -> Bool {
        state.withLock { $0.cached[id] != nil || $0.queuedIDs.contains(id) }
    }

    /// Whether it counts as cached.
    func holdsCached(_ id: String) -> Bool {
        state.withLock { $0.cached[id] != nil }
    }

    /// Forgets one.
    func removeCached(_ id: String) {
        state.withLock { $0.cached[id] = nil }
    }

    /// Forgets all; how many there were.
    func removeAllCached() -> Int {
        state.withLock { state in
            let count = state.cached.count
            state.cached = [:]
            return count
        }
    }

    /// Queues an id, unless it is queued or cached already.
    ///
    /// - Returns: false where the queue is full.
    func queue(_ id: String) -> Bool {
        state.withLock { state in
            if state.cached[id] != nil || state.queuedIDs.contains(id) { return true }
            guard state.queued.count < Self.queuedMax else { return false }
            state.queued.append(id)
            state.queuedIDs.insert(id)
            return true
        }
    }

    /// Takes one out of the queue.
    func removeQueued(_ id: String) {
        state.withLock { Self.unqueue(id, &$0) }
    }

    /// Empties the queue; how many there were.
    func removeAllQueued() -> Int {
        state.withLock { state in
            let count = state.queued.count
            state.queued = []
            state.queuedIDs = []
            return count
        }
    }

    private static func unqueue(_ id: String, _ state: inout State) {
        guard state.queuedIDs.remove(id) != nil else { return }
        state.queued.removeAll { $0 == id }
    }
}

extension Timestamp {
    /// As Python counts them.
    var secondsSinceEpoch: Double { Double(microseconds) / 1_000_000 }
}
