/// Why a text is not JSON, and where.
public struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    /// Offset into the text, in bytes.
    public let offset: Int
    /// What was found or missing there.
    public let reason: String

    /// The reason and the place in one line.
    public var description: String { "\(reason) at byte \(offset)" }
}

extension JSONValue {
    /// Parses one JSON text, strictly (RFC 8259): UTF-8 without a byte order mark, no trailing comma, no NaN.
    ///
    /// - Parameters:
    ///   - bytes: the whole text; whoever read it has bounded its length.
    ///   - depthMax: how many arrays and objects may be open at once. It bounds the stack.
    /// - Throws: `JSONSyntaxError`.
    public init(parsing bytes: [UInt8], depthMax: Int = 64) throws(JSONSyntaxError) {
        var outcome: Result<JSONValue, JSONSyntaxError> = .failure(JSONSyntaxError(offset: 0, reason: "no text"))
        bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(text: buffer, depthLeft: depthMax)
            do throws(JSONSyntaxError) {
                outcome = .success(try parser.parseText())
            } catch {
                outcome = .failure(error)
            }
        }
        self = try outcome.get()
    }
}

/// A recursive-descent reader over bytes that outlive it: it is made and dropped inside `withUnsafeBufferPointer`.
private struct JSONParser {
    let text: UnsafeBufferPointer<UInt8>
    var depthLeft: Int
    var at = 0

    func failure(_ reason: String) -> JSONSyntaxError {
        JSONSyntaxError(offset: at, reason: reason)
    }

    mutating func parseText() throws(JSONSyntaxError) -> JSONValue {
        let value = try parseValue()
        skipBlanks()
        guard at == text.count else { throw failure("text after the value") }
        return value
    }

    mutating func skipBlanks() {
        while at < text.count {
            switch text[at] {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return
            }
        }
    }

    mutating func parseValue() throws(JSONSyntaxError) -> JSONValue {
        skipBlanks()
        guard at < text.count else { throw failure("the text ends early") }
        switch text[at] {
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "{"): return try nested { parser throws(JSONSyntaxError) in try parser.parseObject() }
        case UInt8(ascii: "["): return try nested { parser throws(JSONSyntaxError) in try parser.parseArray() }
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        default: return try parseNumber()
        }
    }

    mutating func nested(
        _ body: (inout JSONParser) throws(JSONSyntaxError) -> JSONValue
    ) throws(JSONSyntaxError) -> JSONValue {
        guard depthLeft > 0 else { throw failure("nested too deeply") }
        depthLeft -= 1
        at += 1
        let value = try body(&self)
        depthLeft += 1
        return value
    }

    mutating func parseWord(_ word: StaticString, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
        let length = word.utf8CodeUnitCount
        guard at + length <= text.count, (0..<length).allSatisfy({ text[at + $0] == word.utf8Start[$0] }) else {
            throw failure("unknown word")
        }
        at += length
        return value
    }

    mutating func parseObject() throws(JSONSyntaxError) -> JSONValue {
        var object = JSONObject()
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .object(object) }
        object.reserveCapacity(8)
        repeat {
            skipBlanks()
            guard at < text.count, text[at] == UInt8(ascii: "\"") else { throw failure("a member's name is missing") }
            let name = try parseString()
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw failure("a colon is missing") }
            object.append(name, try parseValue())
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure("the object is not closed") }
        return .object(object)
    }

    mutating func parseArray() throws(JSONSyntaxError) -> JSONValue {
        var elements: [JSONValue] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            elements.append(try parseValue())
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure("the array is not closed") }
        return .array(elements)
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard at < text.count, text[at] == byte else { return false }
        at += 1
        return true
    }

    mutating func parseNumber() throws(JSONSyntaxError) -> JSONValue {
        let start = at
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            // RFC 8259 §6: no digit may follow a leading zero.
        } else {
            guard skipDigits() > 0 else { throw failure("not a value") }
        }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            guard skipDigits() > 0 else { throw failure("a digit is missing") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() > 0 else { throw failure("a digit is missing") }
        }
        let digits = String(decoding: UnsafeBufferPointer(rebasing: text[start..<at]), as: UTF8.self)
        if isInteger, let number = Int64(digits) { return .int(number) }
        guard let number = Double(digits), number.isFinite else { throw failure("a number out of range") }
        return .double(number)
    }

    mutating func skipDigits() -> Int {
        let start = at
        while at < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[at]) { at += 1 }
        return at - start
    }

    mutating func parseString() throws(JSONSyntaxError) -> String {
        at += 1
        let start = at
        var seen: UInt8 = 0
        while at < text.count, text[at] != UInt8(ascii: "\""), text[at] != UInt8(ascii: "\\"), text[at] >= 0x20 {
            seen |= text[at]
            at += 1
        }
        guard at < text.count else { throw failure("the string is not closed") }
        if text[at] == UInt8(ascii: "\"") {
            defer { at += 1 }
            let bytes = UnsafeBufferPointer(rebasing: text[start..<at])
            // ASCII is UTF-8; the check that the standard library makes costs some hundred instructions a string.
            return seen < 0x80 ? String(decoding: bytes, as: UTF8.self) : try utf8Text(bytes)
        }
        return try parseEscapedString(from: start)
    }

    func utf8Text(_ bytes: some Collection<UInt8>) throws(JSONSyntaxError) -> String {
        guard let string = String(validating: bytes, as: UTF8.self) else { throw failure("not UTF-8") }
        return string
    }

    mutating func parseEscapedString(from start: Int) throws(JSONSyntaxError) -> String {
        var bytes = Array(text[start..<at])
        while at < text.count {
            let byte = text[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return try utf8Text(bytes)
            case UInt8(ascii: "\\"): try parseEscape(into: &bytes)
            case 0..<0x20: throw failure("a control character in a string")
            default: bytes.append(byte)
            }
        }
        throw failure("the string is not closed")
    }

    mutating func parseEscape(into bytes: inout [UInt8]) throws(JSONSyntaxError) {
        guard at < text.count else { throw failure("the string is not closed") }
        let byte = text[at]
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): bytes.append(contentsOf: String(try parseUnicodeEscape()).utf8)
        default: throw failure("unknown escape")
        }
    }

    /// `\uXXXX`, or a pair of surrogates (RFC 8259 §7). Half a pair stands for no character and is refused.
    mutating func parseUnicodeEscape() throws(JSONSyntaxError) -> Unicode.Scalar {
        var code = try parseHex()
        if (0xD800..<0xDC00).contains(code) {
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw failure("half a surrogate pair") }
            let low = try parseHex()
            guard (0xDC00..<0xE000).contains(low) else { throw failure("half a surrogate pair") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
        return scalar
    }

    mutating func parseHex() throws(JSONSyntaxError) -> UInt32 {
        guard at + 4 <= text.count else { throw failure("the string is not closed") }
        var code: UInt32 = 0
        for byte in text[at..<(at + 4)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw failure("not a hex digit") }
            code = code << 4 | UInt32(digit)
        }
        at += 4
        return code
    }
}
