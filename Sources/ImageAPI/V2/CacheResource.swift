import GlanceHTTP
import HTTPServer
import HTTPTypes
import HTTPWire
import ImageModel
import JSONText

// Glance's cache, for a store that needs none: see `ImageCacheLedger`. Where it is not managed these routes are 404, to
// those who may know it.

extension V2API {
    func listCache(_ call: V2Call) async throws(APIError) -> Response {
        try call.requireNoBody()
        let cache = try cache(allowedBy: "cache_list", call)
        let cached = cache.cached
        var writer = JSONWriter(capacity: 64 + cached.count * 160)
        writer.beginObject()
        writer.name(plain: "cached_images")
        writer.beginArray()
        for entry in cached { entry.write(to: &writer) }
        writer.endArray()
        writer.name(plain: "queued_images")
        writer.beginArray()
        for id in cache.queued { writer.value(id) }
        writer.endArray()
        writer.endObject()
        return .json(200, writer.bytes)
    }

    func clearCache(_ call: V2Call) async throws(APIError) -> Response {
        let cache = try cache(allowedBy: "cache_delete", call)
        let target = (call.request.head.fields["x-image-cache-clear-target"] ?? "").lowercased()
        guard ["", "cache", "queue"].contains(target) else { throw .unknownCacheTarget(target) }
        if target != "queue" { _ = cache.removeAllCached() }
        if target != "cache" { _ = cache.removeAllQueued() }
        return Response(status: .noContent)
    }

    /// PUT: our store's images are at hand, which is all that a cache is for; others wait for nobody.
    func cacheImage(_ call: V2Call) async throws(APIError) -> Response {
        let cache = try cache(allowedBy: "cache_image", call)
        let image = try await image(call)
        guard image.status == .active else { throw .notCacheable(image.id, image.status) }
        guard cache.queue(image.id) else { throw .cacheQueueFull }
        cache.noteArrival(of: image)
        return Response(status: .accepted)
    }

    func uncacheImage(_ call: V2Call) async throws(APIError) -> Response {
        let cache = try cache(allowedBy: "cache_delete", call)
        let id = call.imageID
        if !cache.holds(id) { _ = try await image(call) }
        cache.removeCached(id)
        cache.removeQueued(id)
        return Response(status: .noContent)
    }

    func listCacheNodes(_ call: V2Call) async throws(APIError) -> Response {
        let cache = try cache(allowedBy: "list_cached_nodes", call)
        let image = try await image(call)
        guard options.tellsCacheNodes else { throw .noCacheNodes }
        // There is this node, and no other.
        let own = options.ownURL ?? Endpoint.base(of: call.request.head, options: options)
        let nodes = cache.holdsCached(image.id) ? [JSONValue.string(own)] : []
        return .json(200, JSONValue.array(nodes).serialized)
    }

    func cleanCache(_ call: V2Call) async throws(APIError) -> Response {
        _ = try cache(allowedBy: "cache_clean", call)
        return Response(status: .ok)
    }

    /// Nothing is copied into the cache, so there is nothing to take out of it.
    func pruneCache(_ call: V2Call) async throws(APIError) -> Response {
        _ = try cache(allowedBy: "cache_prune", call)
        let pruned: JSONValue = ["total_files_pruned": .int(0), "total_bytes_pruned": .int(0)]
        return .json(200, pruned.serialized)
    }

    /// - Throws: 403 where the caller may not, 404 where the cache is not managed.
    private func cache(allowedBy rule: String, _ call: V2Call) throws(APIError) -> ImageCacheLedger {
        try enforce(rule, call)
        guard let cache else { throw .noCache }
        return cache
    }
}
