import Testing

/// Requests that a server must understand, and those that it must refuse.
enum RequestSamples {
    struct Good: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let summary: String
        var testDescription: String { name }
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let status: Int
        var testDescription: String { name }
    }

    static func good(_ name: String, _ text: String, _ summary: String) -> Good {
        Good(name: name, text: text, summary: summary)
    }

    static let good: [Good] = [
        good(
            "plain GET", "GET /v1/images HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /v1/images query none for a 1.1 none keeps true expects false Host=a"),
        good(
            "query", "GET /?a=1&b=%20?c HTTP/1.1\r\nHost: a:9292\r\n\r\n",
            "GET / query a=1&b=%20?c for a:9292 1.1 none keeps true expects false Host=a:9292"),
        good(
            "empty query", "GET /x? HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /x query  for a 1.1 none keeps true expects false Host=a"),
        good(
            "empty line in front", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / query none for a 1.1 none keeps true expects false Host=a"),
        good(
            "two empty lines in front", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / query none for a 1.1 none keeps true expects false Host=a"),
        good(
            "absolute-form wins over Host", "GET http://front:80/p?q HTTP/1.1\r\nHost: other\r\n\r\n",
            "GET /p query q for front:80 1.1 none keeps true expects false Host=other"),
        good(
            "absolute-form without a path", "GET HTTP://front HTTP/1.1\r\nHost: front\r\n\r\n",
            "GET / query none for front 1.1 none keeps true expects false Host=front"),
        good(
            "absolute-form with a query alone", "GET https://front?q=/ HTTP/1.1\r\nHost: front\r\n\r\n",
            "GET / query q=/ for front 1.1 none keeps true expects false Host=front"),
        good(
            "absolute-form, IPv6", "GET http://[::1]:9292/v2 HTTP/1.1\r\nHost: [::1]:9292\r\n\r\n",
            "GET /v2 query none for [::1]:9292 1.1 none keeps true expects false Host=[::1]:9292"),
        good(
            "OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            "OPTIONS * query none for a 1.1 none keeps true expects false Host=a"),
        good(
            "HTTP/1.0 closes", "GET / HTTP/1.0\r\n\r\n",
            "GET / query none for  1.0 none keeps false expects false "),
        good(
            "HTTP/1.0 that asks to be kept", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
            "GET / query none for  1.0 none keeps true expects false Connection=Keep-Alive"),
        good(
            "HTTP/1.0 ignores the expectation", "PUT / HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n",
            "PUT / query none for  1.0 length(3) keeps false expects false Content-Length=3|Expect=100-continue"),
        good(
            "HTTP/1.2 is served as 1.1", "GET / HTTP/1.2\r\nHost: a\r\n\r\n",
            "GET / query none for a 1.1 none keeps true expects false Host=a"),
        good(
            "close among tokens", "GET / HTTP/1.1\r\nHost: a\r\nConnection: foo ,\tClose\r\n\r\n",
            "GET / query none for a 1.1 none keeps false expects false Host=a|Connection=foo ,\tClose"),
        good(
            "close beats keep-alive",
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n",
            "GET / query none for a 1.1 none keeps false expects false Host=a|Connection=keep-alive|Connection=close"),
        good(
            "close beats keep-alive in 1.0", "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n",
            "GET / query none for  1.0 none keeps false expects false Connection=keep-alive, close"),
        good(
            "Content-Length", "PUT / HTTP/1.1\r\nhOsT: a\r\ncontent-LENGTH: 0012\r\n\r\n",
            "PUT / query none for a 1.1 length(12) keeps true expects false hOsT=a|content-LENGTH=0012"),
        good(
            "Content-Length of 0", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
            "PUT / query none for a 1.1 none keeps true expects false Host=a|Content-Length=0"),
        good(
            "the largest Content-Length", "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n",
            "PUT / query none for a 1.1 length(9223372036854775807) keeps true expects false "
                + "Host=a|Content-Length=9223372036854775807"),
        good(
            "chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\nExpect: 100-Continue\r\n\r\n",
            "POST / query none for a 1.1 chunked keeps true expects true "
                + "Host=a|Transfer-Encoding=Chunked|Expect=100-Continue"),
        good(
            "blanks round a value", "GET / HTTP/1.1\r\nHost:a\r\nX: \t b c \t \r\nEmpty:\r\nBlank: \t\r\n\r\n",
            "GET / query none for a 1.1 none keeps true expects false Host=a|X=b c|Empty=|Blank="),
        good(
            "colons and bytes above ASCII", "GET / HTTP/1.1\r\nHost: a\r\nx-größe: 1:2:ü\r\n\r\n",
            "GET / query none for a 1.1 none keeps true expects false Host=a|x-größe=1:2:ü"),
        good(
            "a combining mark behind the authority's slash", "GET http://a/\u{301}x HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /\u{301}x query none for a 1.1 none keeps true expects false Host=a"),
        good(
            "empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n",
            "GET / query none for  1.1 none keeps true expects false Host="),
        good(
            "unknown method", "M-SEARCH!#$%&'*+-.^_`|~09 / HTTP/1.1\r\nHost: a_b.c-d~e\r\n\r\n",
            "M-SEARCH!#$%&'*+-.^_`|~09 / query none for a_b.c-d~e 1.1 none keeps true expects false Host=a_b.c-d~e"),
        good(
            "methods are case-sensitive", "get / HTTP/1.1\r\nHost: a\r\n\r\n",
            "get / query none for a 1.1 none keeps true expects false Host=a"),
    ]

    static func bad(_ name: String, _ text: String, _ status: Int = 400) -> Bad {
        Bad(name: name, text: text, status: status)
    }

    /// A request with these lines behind `Host`.
    static func bad(_ name: String, fields: String, _ status: Int = 400, version: String = "1.1") -> Bad {
        Bad(name: name, text: "PUT / HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n\r\n", status: status)
    }

    static let badFraming: [Bad] = [
        bad("two Content-Length that differ", fields: "Content-Length: 5\r\nContent-Length: 6"),
        bad("two Content-Length that agree", fields: "Content-Length: 5\r\ncontent-length: 5"),
        bad("Content-Length then chunked", fields: "Content-Length: 5\r\nTransfer-Encoding: chunked"),
        bad("chunked then Content-Length", fields: "Transfer-Encoding: chunked\r\nContent-Length: 0"),
        bad("list of lengths", fields: "Content-Length: 5, 5"),
        bad("signed length", fields: "Content-Length: +5"),
        bad("negative length", fields: "Content-Length: -5"),
        bad("hexadecimal length", fields: "Content-Length: 0x5"),
        bad("blank in a length", fields: "Content-Length: 1 0"),
        bad("empty length", fields: "Content-Length: "),
        bad("digits of another script", fields: "Content-Length: \u{0665}"),
        bad("length beyond Int64", fields: "Content-Length: 9223372036854775808"),
        bad("length beyond UInt64", fields: "Content-Length: 18446744073709551621"),
        bad("Transfer-Encoding twice", fields: "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
        bad("Transfer-Encoding twice, one unknown", fields: "Transfer-Encoding: chunked\r\nTransfer-Encoding: x"),
        bad("Transfer-Encoding in HTTP/1.0", fields: "Transfer-Encoding: chunked", version: "1.0"),
        bad("unknown coding", fields: "Transfer-Encoding: gzip", 501),
        bad("coding in front of chunked", fields: "Transfer-Encoding: gzip, chunked", 501),
        bad("chunked not last", fields: "Transfer-Encoding: chunked, identity", 501),
        bad("chunked twice in a line", fields: "Transfer-Encoding: chunked, chunked", 501),
        bad("identity", fields: "Transfer-Encoding: identity", 501),
        bad("empty coding", fields: "Transfer-Encoding:", 501),
        bad("chunked in quotes", fields: "Transfer-Encoding: \"chunked\"", 501),
        bad("chunked with a parameter", fields: "Transfer-Encoding: chunked;q=1", 501),
        bad("a Kelvin sign for the k of chunked", fields: "Transfer-Encoding: chun\u{212A}ed", 501),
        bad("vertical tab before chunked", fields: "Transfer-Encoding: \u{0B}chunked"),
        bad("unknown expectation", fields: "Expect: a-pony", 417),
        bad("known and unknown expectation", fields: "Expect: 100-continue, a-pony", 417),
        bad("second expectation unknown", fields: "Expect: 100-continue\r\nExpect: a-pony", 417),
    ]

    static let badLines: [Bad] = [
        bad("bare LF behind the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
        bad("bare LF behind a field", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"),
        bad("bare LF for the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
        bad("bare LF in front", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("bare CR in a value", fields: "X: a\rb"),
        bad("bare CR at a value's end", fields: "X: a\r"),
        bad("bare CR in a name", fields: "X\rY: a"),
        bad("bare CR in the request line", "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("bare CR behind the version", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"),
        bad("line folded with a blank", fields: "X: a\r\n b"),
        bad("line folded with a tab", fields: "X: a\r\n\tb"),
        bad("first line folded", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        bad("a line of blanks", fields: "X: a\r\n "),
        bad("space before the colon", fields: "Content-Length : 5"),
        bad("tab before the colon", fields: "Content-Length\t: 5"),
        bad("space in a name", fields: "X Y: a"),
        bad("no colon", fields: "X"),
        bad("empty name", fields: ": a"),
        bad("bracket in a name", fields: "X(: a"),
        bad("NUL in a value", fields: "X: a\0b"),
        bad("NUL in a name", fields: "X\0: a"),
        bad("DEL in a value", fields: "X: a\u{7F}"),
        bad("escape in a value", fields: "X: \u{1B}[2J"),
        bad("three empty lines in front", "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    static let badStart: [Bad] = [
        bad("no Host", "GET / HTTP/1.1\r\n\r\n"),
        bad("no Host, absolute-form", "GET http://a/ HTTP/1.1\r\n\r\n"),
        bad("two Hosts that agree", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        bad("two Hosts in 1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
        bad("list of hosts", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        bad("blank in Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        bad("path in Host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        bad("URL in Host", "GET / HTTP/1.1\r\nHost: http://a\r\n\r\n"),
        bad("user in Host", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
        bad("markup in Host", "GET / HTTP/1.1\r\nHost: a\"><b>\r\n\r\n"),
        bad("word for a port", "GET / HTTP/1.1\r\nHost: a:http\r\n\r\n"),
        bad("two ports", "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n"),
        bad("port without a host", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n"),
        bad("bracket left open", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
        bad("bytes above ASCII in Host", "GET / HTTP/1.1\r\nHost: bücher\r\n\r\n"),
        bad("user in absolute-form", "GET http://u:p@a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("absolute-form without a host", "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("absolute-form with a port alone", "GET http://:80/x HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("other scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("relative target", "GET x HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("* with GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("*/ with OPTIONS", "OPTIONS */ HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"),
        bad("fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("empty target", "GET  HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("two blanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("tab for a blank", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("blank in front", " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("blank at the end", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
        bad("NUL in the target", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("no version", "GET /\r\nHost: a\r\n\r\n"),
        bad("bad method", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("method above ASCII", "GËT / HTTP/1.1\r\nHost: a\r\n\r\n"),
        bad("small letters in the version", "GET / http/1.1\r\nHost: a\r\n\r\n"),
        bad("version without a point", "GET / HTTP/11\r\nHost: a\r\n\r\n"),
        bad("two digits in the version", "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
        bad("word for a version", "GET / HTTP/x.y\r\nHost: a\r\n\r\n"),
        bad("signed version", "GET / HTTP/+1.1\r\nHost: a\r\n\r\n"),
        bad("HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        bad("HTTP/0.9", "GET / HTTP/0.9\r\n\r\n", 505),
        bad("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        bad("TLS hello", "\u{16}\u{03}\u{01}\r\n\r\n"),
    ]
}
