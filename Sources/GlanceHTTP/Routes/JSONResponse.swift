import HTTPServer
import HTTPTypes

extension Response {
    /// An answer in JSON.
    public static func json(
        _ status: Int, _ bytes: [UInt8], fields: [(name: String, value: String)] = []
    ) -> Response {
        Response(
            status: HTTPResponse.Status(titled: status), fields: [("Content-Type", "application/json")] + fields,
            body: .bytes(bytes))
    }
}
