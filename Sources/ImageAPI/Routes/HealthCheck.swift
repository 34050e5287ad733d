import GlanceHTTP
import Glibc
import HTTPServer
import HTTPTypes

/// `/healthcheck`, for load balancers: no identity, and no line in the log.
enum HealthCheck {
    static func matches(_ path: String) -> Bool {
        path == "/healthcheck" || path.hasPrefix("/healthcheck/")
    }

    /// - Parameters:
    ///   - accept: the request's `Accept`.
    ///   - disableFile: the file whose existence takes the API out of its balancer.
    static func response(accept: String?, method: String, disableFile: String?) -> Response {
        // One look at a file's name: not worth a thread of the pool.
        let isDisabled = disableFile.map { access($0, F_OK) == 0 } ?? false
        if !isDisabled, method == "HEAD" { return Response(status: HTTPResponse.Status(titled: 204)) }
        let reason = isDisabled ? "DISABLED BY FILE" : "OK"
        let (type, text) =
            switch AcceptHeader(accept).best(of: ["text/plain", "text/html", "application/json"]) {
            case "text/html":
                (
                    "text/html; charset=UTF-8",
                    "<html>\n <head><title>Healthcheck Status</title></head>\n <body>\(reason)</body>\n</html>\n"
                )
            case "application/json": ("application/json", "{\"detailed\": false, \"reasons\": [\"\(reason)\"]}")
            default: ("text/plain; charset=UTF-8", reason)
            }
        return Response(
            status: HTTPResponse.Status(titled: isDisabled ? 503 : 200), fields: [("Content-Type", type)],
            body: .bytes(Array(text.utf8)))
    }
}
