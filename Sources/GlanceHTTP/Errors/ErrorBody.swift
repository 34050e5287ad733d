import HTTPServer
import HTTPTypes
import HTTPWire
import JSONText

/// The body of an error, in one of three forms, all with the lines that Glance's clients take apart.
public struct ErrorBody: Equatable, Sendable {
    public let contentType: String
    public let text: String

    /// - Parameters:
    ///   - accept: the request's `Accept`; nil where it has none.
    ///   - method: the request's method, which some sentences name.
    public init(_ error: APIError, accept: String?, method: String) {
        let sentence = StatusText.sentence(error.status, method: method)
        let (explanation, detail) =
            switch error.reason {
            case .stock: (sentence, "")
            case .explanation(let text): (text, "")
            case .detail(let text): (sentence, text)
            }
        if error.isBare {
            self.init(contentType: "text/plain; charset=UTF-8", text: explanation)
            return
        }
        let title = StatusText.title(error.status)
        let status = "\(error.status) \(title)"
        switch AcceptHeader(accept).best(of: ["text/html", "application/json"]) {
        case "text/html": self.init(html: status, explanation, detail)
        case "application/json": self.init(json: status, title, explanation, detail)
        default:
            self.init(
                contentType: "text/plain; charset=UTF-8", text: "\(status)\n\n\(explanation)\n\n \(detail)  ")
        }
    }

    private init(contentType: String, text: String) {
        self.contentType = contentType
        self.text = text
    }

    /// glanceclient strips the tags and joins the lines: title, heading and reason each need a line of their own.
    private init(html status: String, _ explanation: String, _ detail: String) {
        let text = """
            <html>
             <head>
              <title>\(status)</title>
             </head>
             <body>
              <h1>\(status)</h1>
              \(Self.escaped(explanation))<br /><br />
            \(Self.escaped(detail))


             </body>
            </html>
            """
        self.init(contentType: "text/html; charset=UTF-8", text: text)
    }

    /// `code` is a string with the title, and the message holds the mark-up of the HTML form: clients know it so.
    private init(json status: String, _ title: String, _ explanation: String, _ detail: String) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("message")
        writer.value("\(explanation)<br /><br />\n\(detail)\n\n")
        writer.name("code")
        writer.value(status)
        writer.name("title")
        writer.value(title)
        writer.endObject()
        self.init(contentType: "application/json", text: String(decoding: writer.bytes, as: UTF8.self))
    }

    /// Quotes stay: the text never stands in an attribute, and glanceclient shows entities as they come.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension Response {
    /// The answer that carries an error. The connection leaves the body out where the method is HEAD.
    public init(_ error: APIError, to head: RequestHead) {
        let body = ErrorBody(error, accept: head.accept, method: head.method.rawValue)
        let fields = [("Content-Type", body.contentType)] + error.fields.sorted { $0.key < $1.key }.map { ($0, $1) }
        self.init(
            status: HTTPResponse.Status(titled: error.status), fields: fields.map { (name: $0.0, value: $0.1) },
            body: .bytes(Array(body.text.utf8)))
        closesConnection = error.closesConnection
    }
}

extension RequestHead {
    /// All `Accept` fields as one; nil where there is none.
    public var accept: String? {
        let values = fields.values("accept")
        return values.isEmpty ? nil : values.joined(separator: ",")
    }
}
