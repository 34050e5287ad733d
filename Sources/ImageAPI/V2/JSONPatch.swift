import GlanceHTTP
import JSONText

/// A list of changes to an image in one of Glance's two patch languages: RFC 6902 without `move`, `copy` and `test`, and
/// what it had before there was an RFC.
struct JSONPatch: Equatable, Sendable {
    /// Which language, by its media type.
    enum Dialect: String, CaseIterable, Sendable {
        /// `{"add": "/name", "value": "x"}`; `add` is for what is not there yet.
        case v2_0 = "v2.0"
        /// `{"op": "add", "path": "/name", "value": "x"}`; `add` replaces what is there.
        case v2_1 = "v2.1"

        var mediaType: String { "application/openstack-images-\(rawValue)-json-patch" }

        /// - Parameter contentType: a `Content-Type`, with parameters or without; nil where there is none.
        /// - Throws: 415 for any other type.
        init(contentType: String?) throws(APIError) {
            let type = (contentType ?? "").prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
            guard let dialect = Dialect.allCases.first(where: { $0.mediaType == type }) else {
                throw .patchTypeNotSupported
            }
            self = dialect
        }
    }

    /// What is done.
    enum Verb: String, CaseIterable, Sendable {
        case add, replace, remove
    }

    /// One change.
    struct Operation: Equatable, Sendable {
        var verb: Verb
        var path: JSONPointer
        /// null where the verb takes none.
        var value: JSONValue
    }

    let dialect: Dialect
    var operations: [Operation] = []

    /// Reads a body; what the paths lead to is not looked at.
    ///
    /// - Throws: 400.
    init(_ body: JSONValue, _ dialect: Dialect) throws(APIError) {
        self.dialect = dialect
        guard let elements = body.array else { throw .patchNotAnArray }
        operations.reserveCapacity(elements.count)
        for element in elements {
            guard element.object != nil else { throw .operationNotAnObject }
            let (verb, pointer) = try Self.verb(of: element, dialect)
            let path = try JSONPointer(pointer)
            var value = JSONValue.null
            if verb != .remove {
                guard let given = element["value"] else { throw .operationWithoutValue(verb.rawValue) }
                value = given
            }
            operations.append(Operation(verb: verb, path: path, value: value))
        }
    }

    private static func verb(
        of operation: JSONValue, _ dialect: Dialect
    ) throws(APIError) -> (verb: Verb, pointer: String) {
        switch dialect {
        case .v2_0:
            let verbs = Verb.allCases.filter { operation[$0.rawValue] != nil }
            guard verbs.count == 1, let pointer = operation[verbs[0].rawValue]?.string else {
                throw .operationWithoutVerb
            }
            return (verbs[0], pointer)
        case .v2_1:
            guard let name = operation["op"] else { throw .operationWithout("op") }
            guard let verb = name.string.flatMap(Verb.init) else {
                throw .invalidOperation(name.string.map { String($0.prefix(64)) } ?? "not a string")
            }
            guard let pointer = operation["path"]?.string else { throw .operationWithout("path") }
            return (verb, pointer)
        }
    }
}

/// Where in a document something stands (RFC 6901), as Glance reads it: blanks round a token do not count.
struct JSONPointer: Equatable, Sendable {
    /// Decoded; one at least.
    let tokens: [String]
    /// As it was sent.
    let text: String

    init(_ text: String) throws(APIError) {
        self.text = text
        // Bytes, not characters: a slash with a combining mark behind it is a slash still.
        let bytes = Array(text.utf8)
        guard bytes.first == UInt8(ascii: "/") else { throw .badPointer(text, "does not start with \"/\"") }
        let parts = bytes.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if parts.count > 1 {
            guard parts.dropLast().allSatisfy({ !$0.isEmpty }) else {
                throw .badPointer(text, "contains adjacent \"/\"")
            }
            guard parts.last?.isEmpty == false else { throw .badPointer(text, "ends with \"/\"") }
        }
        var tokens: [String] = []
        for part in parts {
            guard let token = Self.decoded(part) else {
                throw .badPointer(text, "contains \"~\" not part of a recognized escape sequence")
            }
            tokens.append(token)
        }
        self.tokens = tokens
    }

    /// nil where a `~` is neither `~0` nor `~1`.
    private static func decoded(_ part: ArraySlice<UInt8>) -> String? {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D]
        var rest = part.drop { blanks.contains($0) }
        while let last = rest.last, blanks.contains(last) { rest = rest.dropLast() }
        var token: [UInt8] = []
        token.reserveCapacity(rest.count)
        var bytes = rest.makeIterator()
        while let byte = bytes.next() {
            guard byte == UInt8(ascii: "~") else {
                token.append(byte)
                continue
            }
            switch bytes.next() {
            case UInt8(ascii: "0"): token.append(UInt8(ascii: "~"))
            case UInt8(ascii: "1"): token.append(UInt8(ascii: "/"))
            default: return nil
            }
        }
        return String(decoding: token, as: UTF8.self)
    }
}
