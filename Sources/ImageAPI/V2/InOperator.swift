import GlanceHTTP

/// `operator:value`, as v2's filters have it.
enum FilterOperator {
    /// The values of a filter that knows `eq` and `in`.
    ///
    /// - Throws: 400 for another operator, also where the value just has a colon in it; 400 for bad quoting.
    static func values(_ text: String) throws(APIError) -> [String] {
        let (name, value) = split(text)
        switch name {
        case nil, "eq": return [value]
        case "in": return try InOperator.values(value)
        case let name?: throw .unknownFilterOperator(String(name.prefix(64)))
        }
    }

    /// What stands before the first colon, and what behind it; no operator where there is no colon.
    static func split(_ text: String) -> (name: String?, value: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return (nil, text) }
        return (String(text[..<colon]), String(text[text.utf8.index(after: colon)...]))
    }
}

/// The list behind `in:`: values parted by commas; one in double quotes may have commas, and quotes as `\"`.
enum InOperator {
    /// - Throws: 400 where a quote opens or closes in the middle of a value, or never closes.
    static func values(_ text: String) throws(APIError) -> [String] {
        let bytes = Array(text.utf8)
        let (quote, comma, backslash) = (UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\\"))
        var values: [String] = []
        var at = 0
        while at < bytes.count {
            var value: [UInt8] = []
            let isQuoted = bytes[at] == quote
            if isQuoted { at += 1 }
            while at < bytes.count, bytes[at] != (isQuoted ? quote : comma) {
                if bytes[at] == quote {
                    throw .badFilterValue(text, "There is no comma before opening quotation mark.")
                }
                if bytes[at] == backslash, at + 1 < bytes.count, bytes[at + 1] == quote { at += 1 }
                value.append(bytes[at])
                at += 1
            }
            if isQuoted {
                guard at < bytes.count else { throw .badFilterValue(text, "The quote is not closed.") }
                at += 1
                guard at == bytes.count || bytes[at] == comma else {
                    throw .badFilterValue(text, "There is no comma after closing quotation mark.")
                }
            }
            if isQuoted || !value.isEmpty { values.append(String(decoding: value, as: UTF8.self)) }
            at += 1
        }
        return values
    }
}
