import JSONText

/// Reads oslo.policy's language.
struct PolicyParser {
    fileprivate enum Token: Equatable {
        case open, close, and, or, not
        case check(PolicyCheck)
    }

    /// Parentheses and `not`s that may be open at once. It bounds the stack.
    private static let depthMax = 64

    private let text: String
    private var tokens: ArraySlice<Token>

    /// A rule as a policy file has it: a text, or the older list of lists, of which one list's checks must all hold.
    static func check(_ value: JSONValue) throws(PolicySyntaxError) -> PolicyCheck {
        switch value {
        case .string(let text): return try check(text)
        case .array(let alternatives): return try check(alternatives)
        default: throw PolicySyntaxError("expected a text")
        }
    }

    /// A rule in words: checks with `and`, `or`, `not` and parentheses. The empty one is for everybody.
    static func check(_ text: String) throws(PolicySyntaxError) -> PolicyCheck {
        if text.isEmpty { return .everybody }
        var parser = PolicyParser(text: text, tokens: try tokens(text)[...])
        let check = try parser.alternatives(depthLeft: depthMax)
        guard let rest = parser.tokens.first else { return check }
        throw PolicySyntaxError(
            rest == .close
                ? "'\(text)' has a ')' without a '('" : "'\(text)' has two checks without 'and' or 'or' between them")
    }

    private static func check(_ alternatives: [JSONValue]) throws(PolicySyntaxError) -> PolicyCheck {
        if alternatives.isEmpty { return .everybody }
        var any: [PolicyCheck] = []
        for alternative in alternatives {
            var all: [PolicyCheck] = []
            for element in alternative.array ?? [alternative] {
                guard let text = element.string else { throw PolicySyntaxError("expected a list of lists of texts") }
                all.append(try single(text[...]))
            }
            if !all.isEmpty { any.append(all.count == 1 ? all[0] : .all(all)) }
        }
        return any.isEmpty ? .nobody : any.count == 1 ? any[0] : .any(any)
    }

    // MARK: Grammar

    private mutating func alternatives(depthLeft: Int) throws(PolicySyntaxError) -> PolicyCheck {
        var checks = [try conjunction(depthLeft: depthLeft)]
        while tokens.first == .or {
            tokens.removeFirst()
            checks.append(try conjunction(depthLeft: depthLeft))
        }
        return checks.count == 1 ? checks[0] : .any(checks)
    }

    private mutating func conjunction(depthLeft: Int) throws(PolicySyntaxError) -> PolicyCheck {
        var checks = [try operand(depthLeft: depthLeft)]
        while tokens.first == .and {
            tokens.removeFirst()
            checks.append(try operand(depthLeft: depthLeft))
        }
        return checks.count == 1 ? checks[0] : .all(checks)
    }

    private mutating func operand(depthLeft: Int) throws(PolicySyntaxError) -> PolicyCheck {
        guard depthLeft > 0 else { throw PolicySyntaxError("more than \(Self.depthMax) levels of '(' and 'not'") }
        guard let token = tokens.popFirst() else { throw PolicySyntaxError("'\(text)' ends where a check is expected") }
        switch token {
        case .check(let check): return check
        case .not: return .not(try operand(depthLeft: depthLeft - 1))
        case .open:
            let check = try alternatives(depthLeft: depthLeft - 1)
            guard tokens.popFirst() == .close else { throw PolicySyntaxError("'\(text)' has a '(' without a ')'") }
            return check
        case .close, .and, .or:
            throw PolicySyntaxError("'\(text)' has '\(token.text)' where a check is expected")
        }
    }

    // MARK: Words

    /// Words stand apart; parentheses may touch a word on its outside. A word that begins with a quote goes on over
    /// blanks to the other quote.
    private static func tokens(_ text: String) throws(PolicySyntaxError) -> [Token] {
        var tokens: [Token] = []
        var rest = text[...]
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if first == "(" {
                tokens.append(.open)
                rest.removeFirst()
            } else {
                var end = rest.startIndex
                if first == "'" || first == "\"" { end = rest.dropFirst().firstIndex(of: first) ?? end }
                end = rest[end...].firstIndex(where: \.isWhitespace) ?? rest.endIndex
                let whole = rest[..<end]
                let word = whole.prefix(whole.count - whole.reversed().prefix { $0 == ")" }.count)
                switch word.lowercased() {
                case "": break
                case "and": tokens.append(.and)
                case "or": tokens.append(.or)
                case "not": tokens.append(.not)
                default: tokens.append(.check(try single(word)))
                }
                tokens += Array(repeating: .close, count: whole.count - word.count)
                rest = rest[end...]
            }
        }
        return tokens
    }

    /// One check: `kind:match`.
    private static func single(_ word: Substring) throws(PolicySyntaxError) -> PolicyCheck {
        if word == "@" { return .everybody }
        if word == "!" { return .nobody }
        var search = word.startIndex
        let quote = word.first == "'" || word.first == "\"" ? word.first : nil
        if let quote {
            guard let end = word.dropFirst().firstIndex(of: quote) else {
                throw PolicySyntaxError("'\(word)' has a quote without its other one")
            }
            search = word.index(after: end)
        }
        guard let colon = word[search...].firstIndex(of: ":"), colon > word.startIndex, quote == nil || colon == search
        else {
            throw PolicySyntaxError("'\(word)' is no check: expected something like role:admin or rule:other")
        }
        let kind = word[..<colon]
        let match = String(word[colon...].dropFirst())
        if quote != nil { return .literal(String(kind.dropFirst().dropLast()), try PolicyTemplate(match)) }
        switch kind {
        case "rule":
            guard !match.isEmpty else { throw PolicySyntaxError("'\(word)' names no rule") }
            return .rule(match)
        case "role": return .role(try PolicyTemplate(match))
        case "http", "https": throw PolicySyntaxError("'\(word)': checks that ask another server are not supported")
        case "True", "False", "None": return .literal(String(kind), try PolicyTemplate(match))
        default:
            let isNumber = kind.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            let template = try PolicyTemplate(match)
            return isNumber ? .literal(String(kind), template) : .attribute(String(kind), template)
        }
    }
}

extension PolicyParser.Token {
    fileprivate var text: String {
        switch self {
        case .open: "("
        case .close: ")"
        case .and: "and"
        case .or: "or"
        case .not: "not"
        case .check: "a check"
        }
    }
}
