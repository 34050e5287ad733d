import GlanceHTTP
import HTTPServer

extension V2API {
    func importImage(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func listImageTasks(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }
}
