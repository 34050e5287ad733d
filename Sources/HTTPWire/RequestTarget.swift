import HTTPTypes

/// What a request line points at (RFC 9112 §3.2): origin-form, absolute-form or `*`.
struct RequestTarget {
    let path: String
    let query: String?
    let authority: String?

    init(_ bytes: ArraySlice<UInt8>, method: HTTPRequest.Method) throws(WireError) {
        guard !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "#") }),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw .badRequest("Malformed request target") }
        var rest = text[...]
        if method == .options, text == "*" {
            (path, query, authority) = ("*", nil, nil)
            return
        }
        // Bytes, not characters: a slash with a combining mark behind it is a slash still.
        if bytes.first == UInt8(ascii: "/") {
            authority = nil
        } else {
            // CONNECT's authority-form ends here as well: this server is no proxy.
            let schemes = ["http://", "https://"]
            guard
                let scheme = schemes.first(where: {
                    FieldLine.isEqual(bytes.prefix($0.utf8.count), toLowerCase: $0.utf8)
                })
            else { throw .badRequest("Malformed request target") }
            rest = text[text.utf8.index(text.startIndex, offsetBy: scheme.utf8.count)...]
            let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
            guard Authority.isValid(rest[..<end].utf8) else { throw .badRequest("Malformed request target") }
            authority = String(rest[..<end])
            rest = rest[end...]
        }
        if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
            query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        } else {
            query = nil
        }
        path = rest.isEmpty ? "/" : String(rest)
    }
}
