import GlanceHTTP
import HTTPServer

extension V2API {
    func listCache(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func clearCache(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func cacheImage(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func uncacheImage(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func listCacheNodes(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func cleanCache(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func pruneCache(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }
}
