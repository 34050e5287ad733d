import GlanceHTTP
import HTTPServer

extension V2API {
    func listMembers(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func addMember(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func showMember(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func updateMember(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }

    func deleteMember(_ call: V2Call) async throws(APIError) -> Response { throw .notFound }
}
