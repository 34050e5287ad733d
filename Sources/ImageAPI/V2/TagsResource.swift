import GlanceHTTP
import HTTPServer

extension V2API {
    func putTag(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func deleteTag(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }
}
