import JSONText

/// The YAML of policy files: one `"rule": "check"` a line, with comments between.
///
/// Names and checks may be plain or in quotes of either kind. A check may go on in indented lines, after `>` or `|` too,
/// and may be a list in JSON's form. Whatever else YAML has is refused with its line, never guessed at.
struct FlatYAML {
    /// In order.
    private(set) var rules: [(name: String, value: JSONValue, line: Int)] = []

    init(_ text: String, path: String) throws(PolicyFileError) {
        // A line end of Windows is one Character.
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        var index = 0
        while index < lines.count {
            let start = index
            let line = lines[index]
            index += 1
            do throws(PolicySyntaxError) {
                if line.isEmpty || line.hasPrefix("#") || Self.trimmed(line).isEmpty { continue }
                if line == "---" || line.hasPrefix("--- ") && Self.uncommented(line.dropFirst(3)).isEmpty {
                    guard rules.isEmpty else { throw PolicySyntaxError("begins another document") }
                    continue
                }
                if line == "..." { return }
                if Self.trimmed(line).hasPrefix("#") { continue }
                var (name, rest) = try Self.name(line)
                var more: [Substring] = []
                while index < lines.count, Self.isContinuation(lines[index]) {
                    more.append(lines[index])
                    index += 1
                }
                rest = Self.trimmed(rest)
                rules.append((name, try Self.value(rest, more), start + 1))
            } catch {
                throw PolicyFileError(path, line: start + 1, error.reason)
            }
        }
    }

    private static func isContinuation(_ line: Substring) -> Bool {
        guard let first = line.first else { return false }
        return first == " " || first == "\t"
    }

    /// The name before the colon, and what follows it.
    private static func name(_ line: Substring) throws(PolicySyntaxError) -> (String, Substring) {
        guard let first = line.first, !first.isWhitespace else {
            throw PolicySyntaxError("is indented without a rule above it")
        }
        let name: String
        var rest: Substring
        if first == "\"" || first == "'" {
            (name, rest) = try quoted(line)
            rest = trimmed(rest)
        } else {
            if line.hasPrefix("- ") || "[]{}&*!|>%@`?,".contains(first) {
                throw PolicySyntaxError("expected 'rule: check' in quotes or plain")
            }
            var colon = line.firstIndex(of: ":")
            while let at = colon, let next = line[at...].dropFirst().first, !next.isWhitespace {
                colon = line[at...].dropFirst().firstIndex(of: ":")
            }
            guard let colon else { throw PolicySyntaxError("expected 'rule: check'") }
            name = String(trimmed(line[..<colon]))
            rest = line[colon...]
        }
        guard rest.first == ":", rest.dropFirst().first?.isWhitespace ?? true else {
            throw PolicySyntaxError("expected a colon and a blank behind the rule's name")
        }
        return (name, rest.dropFirst())
    }

    /// - Parameter more: the indented lines below.
    private static func value(_ first: Substring, _ more: [Substring]) throws(PolicySyntaxError) -> JSONValue {
        let isBlock = first.first == ">" || first.first == "|"
        if isBlock {
            let header = uncommented(first.dropFirst())
            guard header.isEmpty || header == "-" || header == "+" else {
                throw PolicySyntaxError("expected nothing behind '\(first.prefix(1))'")
            }
            return .string(more.map { String(trimmed($0)) }.joined(separator: " "))
        }
        let parts = ([first] + more.map(trimmed)).filter { !$0.isEmpty && !$0.hasPrefix("#") }
        if let list = parts.first, list.hasPrefix("- ") {
            throw PolicySyntaxError("lists are read in the form [[\"role:admin\"]] alone")
        }
        let whole = parts.joined(separator: " ")[...]
        switch whole.first {
        case "\"", "'":
            let (text, rest) = try quoted(whole)
            guard uncommented(rest).isEmpty else { throw PolicySyntaxError("expected nothing behind the check") }
            return .string(text)
        case "[":
            do throws(JSONSyntaxError) {
                return try JSONValue(parsing: Array(whole.utf8))
            } catch {
                throw PolicySyntaxError("lists are read in JSON's form alone: \(error.reason)")
            }
        case "{", "&", "*", "!", "%", "@", "`", "]", "}", ",", "?":
            throw PolicySyntaxError("begins with '\(whole.prefix(1))': put the check into quotes")
        default:
            let plain = parts.map(uncommented).joined(separator: " ")
            if plain.isEmpty { throw PolicySyntaxError("has no check; \"\" stands for everybody, \"!\" for nobody") }
            if plain.contains(": ") || plain.hasSuffix(":") {
                throw PolicySyntaxError("has a colon and a blank in its check: put the check into quotes")
            }
            return .string(plain)
        }
    }

    /// The text in quotes that `text` begins with, and what follows it.
    private static func quoted(_ text: Substring) throws(PolicySyntaxError) -> (String, Substring) {
        guard let quote = text.first else { return ("", text) }
        var content = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst() {
            if character == quote {
                guard quote == "'", rest.first == "'" else { return (content, rest) }
                content += "'"
                rest.removeFirst()
            } else if character == "\\", quote == "\"" {
                switch rest.popFirst() {
                case "\"": content += "\""
                case "\\": content += "\\"
                case "/": content += "/"
                case "n", "t": content += " "
                default: throw PolicySyntaxError("has a \\ in quotes that is not read here")
                }
            } else {
                content.append(character)
            }
        }
        throw PolicySyntaxError("has a quote without its other one")
    }

    /// Without the comment, which stands behind a blank, and without blanks round it.
    private static func uncommented(_ text: Substring) -> Substring {
        var previous: Character = " "
        var end = text.startIndex
        while end < text.endIndex, !(text[end] == "#" && previous.isWhitespace) {
            previous = text[end]
            end = text.index(after: end)
        }
        return trimmed(text[..<end])
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let tail = text.drop(while: \.isWhitespace)
        return tail.prefix(tail.count - tail.reversed().prefix(while: \.isWhitespace).count)
    }
}
