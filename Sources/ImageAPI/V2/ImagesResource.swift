import GlanceHTTP
import HTTPServer

extension V2API {
    func listImages(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func createImage(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }
}
