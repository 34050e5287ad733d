import GlanceHTTP
import HTTPServer

extension V2API {
    func downloadFile(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func uploadFile(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }
}
