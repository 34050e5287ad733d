import GlanceHTTP
import HTTPServer
import HTTPWire
import JSONText

/// v1's routes for Glance's image cache. In Glance they are a filter in front of the API: what is not theirs goes on to
/// it, and is 404 there.
struct CacheManagement: Sendable {
    let policy: Policy
    let ledger: ImageCacheLedger

    init(policy: Policy, ledger: ImageCacheLedger = ImageCacheLedger()) {
        self.policy = policy
        self.ledger = ledger
    }

    /// Answers a call; nil where the path or the method is not one of the cache's.
    ///
    /// - Parameter path: below the version, percent-encoded.
    /// - Throws: 403 where `manage_image_cache` does not allow it; 400, 413 for what can't be queued.
    func respond(to method: String, path: String, _ caller: Caller) throws(APIError) -> Response? {
        let parts = path.drop { $0 == "/" }.split(separator: "/", omittingEmptySubsequences: false)
        guard let list = parts.first, list == "cached_images" || list == "queued_images", parts.count <= 2 else {
            return nil
        }
        var id: String?
        if parts.count == 2 {
            guard let text = PercentCoding.decode(parts[1]) else { throw .notDecodable("path") }
            if text.isEmpty { return nil }
            id = text
        }
        switch (method, list, id) {
        case ("GET", "cached_images", nil):
            try authorize(caller)
            return .json(200, Self.list(cached: ledger.cached))
        case ("DELETE", "cached_images", nil):
            try authorize(caller)
            return .json(200, Self.deleted(ledger.removeAllCached()))
        case ("DELETE", "cached_images", let id?):
            try authorize(caller)
            ledger.removeCached(id)
        case ("GET", "queued_images", nil):
            try authorize(caller)
            return .json(200, Self.list(queued: ledger.queued))
        case ("DELETE", "queued_images", nil):
            try authorize(caller)
            return .json(200, Self.deleted(ledger.removeAllQueued()))
        case ("PUT", "queued_images", let id?):
            try authorize(caller)
            try queue(id)
        case ("DELETE", "queued_images", let id?):
            try authorize(caller)
            ledger.removeQueued(id)
        default: return nil
        }
        return .json(200, JSONValue.null.serialized)
    }

    private func authorize(_ caller: Caller) throws(APIError) {
        try policy.enforce("manage_image_cache", target: caller.policyTarget, caller)
    }

    private func queue(_ id: String) throws(APIError) {
        // Whether there is such an image is not asked, as in Glance.
        guard id.utf8.count <= ImageCacheLedger.idBytesMax else { throw .invalidCacheID }
        guard ledger.queue(id) else { throw .cacheQueueFull }
    }

    private static func list(cached: [ImageCacheLedger.Entry]) -> [UInt8] {
        var writer = JSONWriter(capacity: 64 + cached.count * 160)
        writer.beginObject()
        writer.name("cached_images")
        writer.beginArray()
        for entry in cached { entry.write(to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func list(queued: [String]) -> [UInt8] {
        let value: JSONValue = ["queued_images": .array(queued.map { .string($0) })]
        return value.serialized
    }

    private static func deleted(_ count: Int) -> [UInt8] {
        let value: JSONValue = ["num_deleted": .int(Int64(count))]
        return value.serialized
    }
}
