import GlanceHTTP
import HTTPServer

extension V2API {
    /// An image's data lie in the one store that there is.
    func deleteFromStore(_ call: V2Call) async throws(APIError) -> Response { throw .noMultipleStores(status: 404) }
}
