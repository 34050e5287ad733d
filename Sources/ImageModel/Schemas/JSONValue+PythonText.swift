import JSONText

extension JSONValue {
    /// The value as Python writes it, which is how Glance shows in a refusal what was sent. What is long is cut short.
    public var pythonText: String {
        let text = pythonText(depth: 0)
        return text.unicodeScalars.count <= 300 ? text : String(text.prefix(297)) + "..."
    }

    private func pythonText(depth: Int) -> String {
        switch self {
        case .null: return "None"
        case .bool(let flag): return flag ? "True" : "False"
        case .int(let number): return String(number)
        case .double(let number): return number.description
        case .string(let text): return Self.quoted(text)
        case .array(let elements):
            if depth > 3 { return "[...]" }
            return "[" + elements.prefix(32).map { $0.pythonText(depth: depth + 1) }.joined(separator: ", ") + "]"
        case .object(let object):
            if depth > 3 { return "{...}" }
            let members = object.members.prefix(32).map { member in
                Self.quoted(member.name) + ": " + member.value.pythonText(depth: depth + 1)
            }
            return "{" + members.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        let mark: Character = text.contains("'") && !text.contains("\"") ? "\"" : "'"
        var quoted = String(mark)
        for character in text.prefix(300) {
            switch character {
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\\": quoted += "\\\\"
            case mark: quoted += "\\\(mark)"
            default: quoted.append(character)
            }
        }
        quoted.append(mark)
        return quoted
    }
}
