/// A configuration file as oslo.config writes it: sections of `key = value` lines.
///
/// - `[section]` opens a section; what stands before the first one belongs to `[DEFAULT]`.
/// - The first of `=` and `:` parts a key from its value; blanks round both go.
/// - A value that stands in quotes of one kind loses them.
/// - A line that begins with a blank continues the value above it, unless it is a comment; a blank line or a comment
///   ends that value.
/// - `#` and `;` at the start of a line make it a comment. Elsewhere they are part of the value.
/// - A key may come again; every value is kept, in order.
///
/// Names of sections are read without regard to case, names of options with it, as oslo.config does.
struct INIFile: Sendable {
    /// One `key = value`, with the line of the key.
    struct Entry: Sendable {
        let name: OptionName
        var value: String
        let origin: SettingOrigin
    }

    /// The largest file that is read. Glance's own annotated sample has 250 KiB.
    static let bytesMax = 1 << 20

    private(set) var entries: [Entry] = []
    private(set) var problems: [SettingsProblem] = []

    /// A file of which nothing can be read.
    init(unreadable problem: SettingsProblem) {
        problems = [problem]
    }

    /// Parses the bytes of a file; lines that cannot be understood end up in `problems`, the others are read all the same.
    init(path: String, bytes: [UInt8]) {
        var section = OptionName.defaultSection
        var isContinuable = false
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, raw) in lines.enumerated() {
            let origin = SettingOrigin.file(path: path, line: index + 1)
            let line = raw.last == UInt8(ascii: "\r") ? raw.dropLast() : raw
            switch Line(line) {
            case .blank, .comment:
                isContinuable = false
            case .continuation(let text):
                if isContinuable {
                    entries[entries.count - 1].value += "\n" + text
                } else {
                    problems.append(.init(origin, "begins with a blank, but there is no value above it to continue"))
                }
            case .section(let name):
                section = name
                isContinuable = false
            case .option(let key, let value):
                let name = OptionName(section, key)
                isContinuable = true
                entries.append(Entry(name: name, value: value, origin: origin))
            case .malformed(let reason):
                problems.append(.init(origin, reason))
                isContinuable = false
            }
        }
    }
}

extension INIFile {
    /// What one line is, before its neighbours are looked at.
    private enum Line {
        case blank
        case comment
        case section(String)
        case option(String, String)
        case continuation(String)
        case malformed(String)

        init(_ bytes: ArraySlice<UInt8>) {
            guard let first = bytes.first(where: { !isBlank($0) }) else {
                self = .blank
                return
            }
            // Before anything is decoded: old files have comments in Latin-1.
            if first == UInt8(ascii: "#") || first == UInt8(ascii: ";") {
                self = .comment
                return
            }
            if bytes.contains(where: { $0 < 0x20 && $0 != UInt8(ascii: "\t") || $0 == 0x7F }) {
                self = .malformed("contains a control character")
                return
            }
            guard let decoded = String(validating: bytes, as: UTF8.self) else {
                self = .malformed("is not valid UTF-8")
                return
            }
            let text = decoded.trimmingBlanks
            if let start = bytes.first, isBlank(start) {
                self = .continuation(text)
            } else if text.hasPrefix("[") {
                self = Self.parseSection(text)
            } else {
                self = Self.parseOption(text)
            }
        }

        private static func parseSection(_ text: String) -> Line {
            guard text.hasSuffix("]") else { return .malformed("begins a section without a closing ']'") }
            let name = text.dropFirst().dropLast().trimmingBlanks
            return name.isEmpty ? .malformed("is a section without a name") : .section(name)
        }

        private static func parseOption(_ text: String) -> Line {
            guard let separator = text.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                return .malformed("is neither a [section] nor an option; expected 'key = value'")
            }
            let key = text[..<separator].trimmingBlanks
            guard !key.isEmpty else { return .malformed("has no key before the '\(text[separator])'") }
            return .option(key, unquoted(text[text.index(after: separator)...].trimmingBlanks))
        }

        private static func unquoted(_ value: String) -> String {
            guard value.count >= 2, let quote = value.first, quote == "\"" || quote == "'", value.last == quote else {
                return value
            }
            return String(value.dropFirst().dropLast())
        }
    }
}

private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
}

extension StringProtocol {
    /// The text without spaces, tabs and line ends at either end.
    var trimmingBlanks: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
        let tail = drop(while: isBlank)
        guard let last = tail.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(tail[...last])
    }
}
