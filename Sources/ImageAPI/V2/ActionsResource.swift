import GlanceHTTP
import HTTPServer

extension V2API {
    func deactivate(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func reactivate(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }
}
