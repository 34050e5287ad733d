import GlanceHTTP
import HTTPServer

extension V2API {
    func deleteFromStore(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }
}
