import GlanceHTTP
import HTTPServer

extension V2API {
    func importInfo(_ call: V2Call) throws(APIError) -> Response { throw .notFound }

    func storesInfo(_ call: V2Call) throws(APIError) -> Response { throw .notFound }

    func storesDetail(_ call: V2Call) throws(APIError) -> Response { throw .notFound }

    func usage(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }
}
