import HTTPTypes

/// Titles and stock sentences of the statuses that the API answers.
public enum StatusText {
    /// The reason phrase. 413 and 416 keep the names of RFC 2616, which Glance's clients know.
    public static func title(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 204: "No Content"
        case 300: "Multiple Choices"
        case 302: "Found"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 412: "Precondition Failed"
        case 413: "Request Entity Too Large"
        case 415: "Unsupported Media Type"
        case 416: "Request Range Not Satisfiable"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        default: "Error"
        }
    }

    /// What an error says when it has no explanation of its own (WebOb's sentences, which Glance shows).
    public static func sentence(_ status: Int, method: String) -> String {
        switch status {
        case 400:
            "The server could not comply with the request since it is either malformed or otherwise incorrect."
        case 401:
            "This server could not verify that you are authorized to access the document you requested. Either you "
                + "supplied the wrong credentials (e.g., bad password), or your browser does not understand how to "
                + "supply the credentials required."
        case 403: "Access was denied to this resource."
        case 404: "The resource could not be found."
        case 405: "The method \(method) is not allowed for this resource."
        case 409: "There was a conflict when trying to complete your request."
        case 416: "The Range requested is not available."
        case 500: "The server has either erred or is incapable of performing the requested operation."
        case 501: "The request method \(method) is not implemented for this server."
        case 503: "The server is currently unavailable. Please try again at a later time."
        default: title(status) + "."
        }
    }
}

extension HTTPResponse.Status {
    /// A status with the title that Glance gives it.
    public init(titled code: Int) {
        self.init(code: code, reasonPhrase: StatusText.title(code))
    }
}
