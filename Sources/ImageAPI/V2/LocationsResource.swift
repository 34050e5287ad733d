import GlanceHTTP
import HTTPServer

extension V2API {
    func addLocation(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func listLocations(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }
}
