import JSONText

/// A JSON schema as the Image API serves it under `/v2/schemas`, and as it checks what clients send: the document that
/// a client reads is the rule itself.
///
/// It understands the words that these documents use, and those of an operator's `schema-image.json` among them. Of
/// patterns it knows one, the image id's.
public struct JSONSchema: Equatable, Sendable {
    /// The name by which refusals call it.
    public let name: String
    /// The document as it is served.
    public let document: JSONValue

    public init(name: String, document: JSONValue) {
        self.name = name
        self.document = document
    }

    /// - Parameter text: a JSON object that this program holds; anything else is a mistake in it.
    public init(name: String, literal text: String) {
        self.init(name: name, document: Self.value(literal: text))
    }

    /// JSON that this program holds.
    public static func value(literal text: String) -> JSONValue {
        do throws(JSONSyntaxError) {
            return try JSONValue(parsing: Array(text.utf8))
        } catch {
            preconditionFailure("a schema in this program is not JSON: \(error)")
        }
    }

    /// Why an object does not match, as clients know it from Python's jsonschema; nil where it does.
    public func mismatch(_ value: JSONValue) -> String? {
        guard value.object != nil else { return "\(value.pythonText) is not of type 'object'" }
        return mismatch(value, document)
    }

    /// Why a value can't be an object's member of that name; nil where it can. What else the object needs is not asked.
    public func mismatch(ofMember name: String, _ value: JSONValue) -> String? {
        guard let rule = document["properties"]?[name] ?? document["additionalProperties"] else { return nil }
        return mismatch(value, rule)
    }

    private func mismatch(_ value: JSONValue, _ rule: JSONValue) -> String? {
        if let reference = rule["$ref"]?.string, let target = definition(reference) { return mismatch(value, target) }
        for part in rule["allOf"]?.array ?? [] {
            if let reason = mismatch(value, part) { return reason }
        }
        if let type = rule["type"], let reason = Self.typeMismatch(value, type) { return reason }
        if let allowed = rule["enum"]?.array, !allowed.contains(value) {
            return "\(value.pythonText) is not one of \(JSONValue.array(allowed).pythonText)"
        }
        switch value {
        case .string(let text): return Self.textMismatch(text, rule)
        case .int, .double: return Self.numberMismatch(value, rule)
        case .array(let elements): return arrayMismatch(elements, rule)
        case .object(let object): return objectMismatch(object, rule)
        case .null, .bool: return nil
        }
    }

    private func definition(_ reference: String) -> JSONValue? {
        let prefix = "#/definitions/"
        guard reference.hasPrefix(prefix) else { return nil }
        return document["definitions"]?[String(reference.dropFirst(prefix.count))]
    }

    private static func typeMismatch(_ value: JSONValue, _ type: JSONValue) -> String? {
        let types = type.string.map { [$0] } ?? (type.array ?? []).compactMap(\.string)
        if types.contains(where: value.isOfType) { return nil }
        return "\(value.pythonText) is not of type \(types.map { "'\($0)'" }.joined(separator: ", "))"
    }

    private static func textMismatch(_ text: String, _ rule: JSONValue) -> String? {
        // Characters as Python counts them.
        let length = text.unicodeScalars.count
        if let max = rule["maxLength"]?.int, length > max { return "\(JSONValue.string(text).pythonText) is too long" }
        if let min = rule["minLength"]?.int, length < min { return "\(JSONValue.string(text).pythonText) is too short" }
        if let pattern = rule["pattern"]?.string, pattern == idPattern, !isID(text) {
            return "\(JSONValue.string(text).pythonText) does not match \(JSONValue.string(pattern).pythonText)"
        }
        return nil
    }

    private static func numberMismatch(_ value: JSONValue, _ rule: JSONValue) -> String? {
        guard let number = value.number else { return nil }
        if let min = rule["minimum"]?.number, number < min {
            return "\(value.pythonText) is less than the minimum of \(rule["minimum"]?.pythonText ?? "")"
        }
        if let max = rule["maximum"]?.number, number > max {
            return "\(value.pythonText) is greater than the maximum of \(rule["maximum"]?.pythonText ?? "")"
        }
        return nil
    }

    private func arrayMismatch(_ elements: [JSONValue], _ rule: JSONValue) -> String? {
        if let min = rule["minItems"]?.int, elements.count < min {
            return "\(JSONValue.array(elements).pythonText) is too short"
        }
        if let item = rule["items"] {
            for element in elements {
                if let reason = mismatch(element, item) { return reason }
            }
        }
        if rule["uniqueItems"]?.bool == true,
            Set(elements.map { String(decoding: $0.serialized, as: UTF8.self) }).count < elements.count
        {
            return "\(JSONValue.array(elements).pythonText) has non-unique elements"
        }
        return nil
    }

    private func objectMismatch(_ object: JSONObject, _ rule: JSONValue) -> String? {
        for name in (rule["required"]?.array ?? []).compactMap(\.string) where object[name] == nil {
            return "'\(name)' is a required property"
        }
        var unexpected: [String] = []
        for member in object.members {
            if let known = rule["properties"]?[member.name] {
                if let reason = mismatch(member.value, known) { return reason }
            } else if let others = rule["additionalProperties"] {
                if others == .bool(false) {
                    unexpected.append(JSONValue.string(member.name).pythonText)
                } else if let reason = mismatch(member.value, others) {
                    return reason
                }
            }
        }
        if unexpected.isEmpty { return nil }
        let verb = unexpected.count == 1 ? "was" : "were"
        return
            "Additional properties are not allowed (\(unexpected.prefix(8).joined(separator: ", ")) \(verb) unexpected)"
    }
}

extension JSONSchema {
    /// How an image id is written.
    public static let idPattern =
        "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$"

    private static func isID(_ text: String) -> Bool {
        let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12]
            && groups.joined().allSatisfy { Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 }
    }
}

extension JSONValue {
    fileprivate var number: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    fileprivate func isOfType(_ type: String) -> Bool {
        switch (self, type) {
        case (.null, "null"), (.bool, "boolean"), (.int, "integer"), (.int, "number"), (.double, "number"),
            (.string, "string"), (.array, "array"), (.object, "object"):
            true
        case (.double(let number), "integer"): number.rounded() == number
        default: false
        }
    }
}
