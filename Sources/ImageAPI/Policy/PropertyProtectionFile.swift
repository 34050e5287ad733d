/// The sections of a property protection file as they stand there: `[expression]`, then `create`, `read`, `update` and
/// `delete`, each with `=` or `:` and who may.
struct PropertyProtectionFile {
    struct Section {
        let expression: String
        let line: Int
        var options: [PropertyProtections.Action: (value: String, line: Int)] = [:]
    }

    /// In the order of the file.
    private(set) var sections: [Section] = []

    init(_ text: String, path: String) throws(PolicyFileError) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            do throws(PolicySyntaxError) {
                try take(Self.trimmed(line), line: index + 1, isIndented: line.first?.isWhitespace ?? false)
            } catch {
                throw PolicyFileError(path, line: index + 1, error.reason)
            }
        }
    }

    private mutating func take(_ text: Substring, line: Int, isIndented: Bool) throws(PolicySyntaxError) {
        if text.isEmpty || text.hasPrefix("#") || text.hasPrefix(";") { return }
        if isIndented { throw PolicySyntaxError("begins with a blank: each option stands on a line of its own") }
        if text.hasPrefix("[") {
            guard text.count > 2, text.hasSuffix("]") else {
                throw PolicySyntaxError("expected [regular expression]")
            }
            let expression = String(text.dropFirst().dropLast())
            if expression.uppercased() == "DEFAULT" {
                throw PolicySyntaxError("[DEFAULT] is no regular expression here; [^DEFAULT] is one")
            }
            guard !sections.contains(where: { $0.expression == expression }) else {
                throw PolicySyntaxError("[\(expression)] stands twice")
            }
            sections.append(Section(expression: expression, line: line))
            return
        }
        guard let separator = text.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
            throw PolicySyntaxError("expected [regular expression], or an option like read = admin,member")
        }
        let name = Self.trimmed(text[..<separator])
        guard let action = PropertyProtections.Action(rawValue: name.lowercased()) else {
            throw PolicySyntaxError("'\(name)' is none of create, read, update and delete")
        }
        guard !sections.isEmpty else { throw PolicySyntaxError("stands before the first [regular expression]") }
        guard sections[sections.count - 1].options[action] == nil else {
            throw PolicySyntaxError("says for a second time who may \(action.rawValue)")
        }
        var value = text[text.index(after: separator)...]
        // Python 2, and with it Pike, read a comment there.
        if let comment = value.indices.first(where: { value[$0...].hasPrefix(" ;") }) { value = value[..<comment] }
        sections[sections.count - 1].options[action] = (String(Self.trimmed(value)), line)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let tail = text.drop(while: \.isWhitespace)
        return tail.prefix(tail.count - tail.reversed().prefix(while: \.isWhitespace).count)
    }
}
