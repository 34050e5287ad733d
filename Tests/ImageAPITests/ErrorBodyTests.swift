import GlanceHTTP
import JSONText
import Testing

@testable import ImageAPI

@Suite struct ErrorBodyTests {
    private let error = APIError(404, "No image <b>'x'</b> & \"y\"")

    @Test(
        arguments: [
            (nil, "text/plain; charset=UTF-8"), ("", "text/plain; charset=UTF-8"),
            ("text/plain", "text/plain; charset=UTF-8"), ("image/png", "text/plain; charset=UTF-8"),
            ("*/*", "text/html; charset=UTF-8"), ("text/html", "text/html; charset=UTF-8"),
            ("text/html, application/json;q=0.5", "text/html; charset=UTF-8"),
            ("text/*", "text/html; charset=UTF-8"), ("application/json", "application/json"),
            ("APPLICATION/JSON; charset=utf-8", "application/json"), ("application/*", "application/json"),
            ("application/json, */*", "application/json"), ("*/*;q=0.8, application/json", "application/json"),
            ("application/json;q=0, text/plain", "text/plain; charset=UTF-8"),
            ("application/json;q=nan", "text/plain; charset=UTF-8"),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=UTF-8"),
        ] as [(String?, String)])
    func theFormFollowsAccept(accept: String?, type: String) {
        #expect(ErrorBody(error, accept: accept, method: "GET").contentType == type)
    }

    @Test func plainText() {
        let body = ErrorBody(error, accept: nil, method: "GET").text
        #expect(body.hasPrefix("404 Not Found\n\nNo image <b>'x'</b> & \"y\"\n\n"))
    }

    @Test func htmlKeepsItsLinesAndEscapesWhatIsInserted() {
        let lines = ErrorBody(error, accept: "*/*", method: "GET").text.split(separator: "\n").map {
            $0.drop { $0 == " " }
        }
        #expect(lines.contains("<title>404 Not Found</title>"))
        #expect(lines.contains("<h1>404 Not Found</h1>"))
        #expect(lines.contains("No image &lt;b&gt;'x'&lt;/b&gt; &amp; \"y\"<br /><br />"))
    }

    @Test func json() throws {
        let body = ErrorBody(error, accept: "application/json", method: "GET").text
        let json = try JSONValue(parsing: Array(body.utf8))
        #expect(json["code"] == .string("404 Not Found"))
        #expect(json["title"] == .string("Not Found"))
        #expect(json["message"] == .string("No image <b>'x'</b> & \"y\"<br /><br />\n\n\n"))
    }

    @Test func aDetailFollowsTheStockSentence() throws {
        let error = APIError.badHeader("x-image-meta-bogus")
        let plain = ErrorBody(error, accept: nil, method: "POST").text
        #expect(plain.contains("malformed or otherwise incorrect.\n\n Bad header: x-image-meta-bogus"))
        let json = try JSONValue(parsing: Array(ErrorBody(error, accept: "application/json", method: "POST").text.utf8))
        #expect(json["message"]?.string?.hasSuffix("<br /><br />\nBad header: x-image-meta-bogus\n\n") == true)
    }

    @Test func aBareErrorIgnoresAccept() {
        let body = ErrorBody(.operationConflicts, accept: "application/json", method: "PUT")
        #expect(body.contentType == "text/plain; charset=UTF-8")
        #expect(body.text == "Image operation conflicts")
    }

    @Test func theMethodStandsInItsSentences() {
        let body = ErrorBody(.methodNotAllowed(allow: "GET"), accept: nil, method: "FOO").text
        #expect(body.contains("The method FOO is not allowed for this resource."))
    }

    @Test(arguments: [(413, "Request Entity Too Large"), (416, "Request Range Not Satisfiable"), (404, "Not Found")])
    func titles(status: Int, title: String) {
        #expect(StatusText.title(status) == title)
    }

    @Test func whatLiesBehindIsNotShown() {
        let error = APIError(.unavailable("secret place"), imageID: "i")
        #expect(error.status == 503 && error.fields["Retry-After"] == "1")
        for accept in [nil, "*/*", "application/json"] {
            #expect(!ErrorBody(error, accept: accept, method: "GET").text.contains("secret"))
        }
    }
}
