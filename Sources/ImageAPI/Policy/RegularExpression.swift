import Glibc

/// A regular expression of a property protection file: Python's words, matched by regexec(3), whose time grows with the
/// length of the name alone, whatever a client calls its property.
///
/// What Python has and POSIX has not is translated where it means the same (`\d`, `(?:`, `.*?`), and refused else.
final class RegularExpression: @unchecked Sendable {
    // Proof: written in init and freed in deinit only; regexec(3) takes it as const and is thread-safe (POSIX.1-2017).
    private let compiled: UnsafeMutablePointer<regex_t>

    /// The longest expression that is read.
    static let bytesMax = 1024

    /// - Throws: where it is no expression, or one with parts that are not supported.
    init(_ pattern: String) throws(PolicySyntaxError) {
        guard pattern.utf8.count <= Self.bytesMax else {
            throw PolicySyntaxError("is longer than \(Self.bytesMax) bytes")
        }
        let posix = try Self.posix(pattern)
        let expression = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
        expression.initialize(to: regex_t())
        let code = regcomp(expression, posix, REG_EXTENDED | REG_NOSUB)
        guard code == 0 else {
            var text = [CChar](repeating: 0, count: 256)
            regerror(code, expression, &text, text.count)
            // regcomp has freed what it had; `deinit` would free it again, and runs once `compiled` is set.
            expression.deallocate()
            let reason = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            throw PolicySyntaxError("is no regular expression: \(reason)")
        }
        compiled = expression
    }

    deinit {
        regfree(compiled)
        compiled.deallocate()
    }

    /// Whether it matches anywhere in the text, as Python's `re.search` does, which Glance uses here.
    func matches(_ text: String) -> Bool {
        regexec(compiled, text, 0, nil, 0) == 0
    }

    // MARK: Translation

    private static func posix(_ pattern: String) throws(PolicySyntaxError) -> String {
        var posix = ""
        var rest = pattern[...]
        /// Whether a quantifier may stand here.
        var isAfterAtom = false
        while let character = rest.popFirst() {
            switch character {
            case "\\":
                (posix, isAfterAtom) = (posix + (try escape(rest.popFirst())), true)
            case "[":
                (posix, isAfterAtom) = (posix + (try bracket(&rest)), true)
            case "(":
                if rest.hasPrefix("?:") {
                    rest = rest.dropFirst(2)
                } else if rest.first == "?" {
                    throw PolicySyntaxError("has '(?\(rest.dropFirst().prefix(1))', which is not supported")
                }
                (posix, isAfterAtom) = (posix + "(", false)
            case "|", "^":
                (posix, isAfterAtom) = (posix + String(character), false)
            case "*", "+", "?":
                guard isAfterAtom else { throw PolicySyntaxError("has a '\(character)' with nothing to repeat") }
                posix.append(character)
                // A lazy quantifier finds the same names.
                if rest.first == "?" { rest.removeFirst() }
                isAfterAtom = false
            case "}":
                posix.append(character)
                if rest.first == "?" { rest.removeFirst() }
                isAfterAtom = false
            default:
                (posix, isAfterAtom) = (posix + String(character), true)
            }
        }
        return posix
    }

    private static func escape(_ character: Character?) throws(PolicySyntaxError) -> String {
        guard let character else { throw PolicySyntaxError("ends with a backslash") }
        switch character {
        case "d": return "[0-9]"
        case "D": return "[^0-9]"
        case "w", "W", "s", "S", "b", "B": return "\\\(character)"
        case "A": return "^"
        case "Z": return "$"
        // To glibc these would be anchors behind a backslash.
        case "<", ">", "'", "`": return String(character)
        case _ where character.isLetter || character.isNumber:
            throw PolicySyntaxError("has '\\\(character)', which is not supported")
        default: return "\\\(character)"
        }
    }

    /// A set, behind its `[`.
    private static func bracket(_ rest: inout Substring) throws(PolicySyntaxError) -> String {
        var set = "["
        if rest.first == "^" { set.append(rest.removeFirst()) }
        if rest.first == "]" { set.append(rest.removeFirst()) }
        while let character = rest.popFirst() {
            switch character {
            case "]": return set + "]"
            case "[":
                if let next = rest.first, ":.=".contains(next) {
                    throw PolicySyntaxError("has '[\(next)' in a set, which is not supported")
                }
                set.append(character)
            case "\\":
                switch rest.popFirst() {
                case "d": set += "0-9"
                case "w": set += "[:alnum:]_"
                case "s": set += "[:space:]"
                case "\\": set += "\\"
                case let other? where ".*+?(){}|$/_@!#%&=:;,<>~'\"` ".contains(other): set.append(other)
                case let other: throw PolicySyntaxError("has '\\\(other.map(String.init) ?? "")' in a set")
                }
            default: set.append(character)
            }
        }
        throw PolicySyntaxError("has a '[' without a ']'")
    }
}
