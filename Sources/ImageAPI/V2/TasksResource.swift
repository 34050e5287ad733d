import GlanceHTTP
import HTTPServer

extension V2API {
    func listTasks(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func createTask(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func showTask(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func deleteTask(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }
}
