/// How the text of an option becomes a value.
public struct SettingType<Value: Sendable>: Sendable {
    /// Whether `option =` with nothing behind it is the same as no line at all, as for oslo.config's numbers.
    let emptyMeansUnset: Bool
    let parse: @Sendable (String) throws(BadValue) -> Value

    init(emptyMeansUnset: Bool = true, _ parse: @escaping @Sendable (String) throws(BadValue) -> Value) {
        self.emptyMeansUnset = emptyMeansUnset
        self.parse = parse
    }
}

/// A text that is not a value of its type.
struct BadValue: Error {
    let text: String

    /// - Parameter found: goes into the message; nil where it may hold a secret.
    init(expected: String, found: String?) {
        text = "expected \(expected)" + (found.map { ", found \"\(Self.clipped($0))\"" } ?? "")
    }

    private static func clipped(_ found: String) -> String {
        found.count <= 80 ? found : found.prefix(80) + "..."
    }
}

extension SettingType where Value == String {
    /// Any text, the empty one as well.
    static var string: Self {
        SettingType(emptyMeansUnset: false) { $0 }
    }

    /// A text of one character at least.
    static var word: Self {
        SettingType { $0 }
    }

    /// A path from the root.
    static var absolutePath: Self {
        SettingType { text throws(BadValue) in
            guard text.hasPrefix("/") else { throw BadValue(expected: "an absolute path", found: text) }
            return text
        }
    }

    /// The path of a unix socket, which the kernel limits: `sun_path` in unix(7).
    static var socketPath: Self {
        SettingType { text throws(BadValue) in
            guard text.hasPrefix("/"), text.utf8.count <= 107 else {
                throw BadValue(expected: "an absolute path of at most 107 bytes", found: text)
            }
            return text
        }
    }

    /// One of a few words.
    static func choice(_ words: [String]) -> Self {
        SettingType { text throws(BadValue) in
            guard words.contains(text) else {
                throw BadValue(
                    expected: words.count == 1 ? words[0] : "one of \(words.joined(separator: ", "))", found: text)
            }
            return text
        }
    }
}

extension SettingType where Value == Bool {
    /// oslo.config's words, in any case.
    static var bool: Self {
        SettingType(emptyMeansUnset: false) { text throws(BadValue) in
            switch text.lowercased() {
            case "true", "1", "yes", "on", "t", "y": return true
            case "false", "0", "no", "off", "f", "n": return false
            default: throw BadValue(expected: "true or false", found: text)
            }
        }
    }
}

extension SettingType {
    /// An option that may be left out.
    static func optional<Wrapped>(_ type: SettingType<Wrapped>) -> Self where Value == Wrapped? {
        SettingType(emptyMeansUnset: type.emptyMeansUnset) { text throws(BadValue) in try type.parse(text) }
    }

    /// Values parted by commas, with or without `[` and `]` round them; empty ones are dropped.
    static func list<Element>(of type: SettingType<Element>) -> Self where Value == [Element] {
        SettingType(emptyMeansUnset: false) { text throws(BadValue) in
            var items: [Element] = []
            for item in try listItems(text) { items.append(try type.parse(item)) }
            return items
        }
    }
}

extension SettingType where Value == [String: String] {
    /// `name:value` pairs parted by commas, as oslo.config's dictionaries: what has no colon belongs to the value before
    /// it. A pair of quotes round a name or a value, as in Glance's examples, is no part of it.
    static var pairs: Self {
        SettingType(emptyMeansUnset: false) { text throws(BadValue) in
            var values: [String: String] = [:]
            var last: String?
            for item in text.split(separator: ",", omittingEmptySubsequences: false) {
                let parts = item.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                if parts.count == 2 {
                    let name = unquoted(parts[0].trimmingBlanks)
                    guard !name.isEmpty, values[name] == nil else {
                        throw BadValue(expected: "NAME:VALUE pairs, each name once", found: text)
                    }
                    values[name] = unquoted(parts[1].trimmingBlanks)
                    last = name
                } else if let last, let value = values[last] {
                    values[last] = "\(value),\(item)"
                } else if !text.allSatisfy({ $0 == " " }) {
                    throw BadValue(expected: "NAME:VALUE pairs parted by commas", found: text)
                }
            }
            return values
        }
    }

    private static func unquoted(_ text: String) -> String {
        for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
            return String(text.dropFirst().dropLast())
        }
        return text
    }
}

/// The items of an oslo.config list.
func listItems(_ text: String) throws(BadValue) -> [String] {
    var body = text[...]
    switch (text.hasPrefix("["), text.hasSuffix("]")) {
    case (true, true) where text.count >= 2: body = body.dropFirst().dropLast()
    case (false, false): break
    default: throw BadValue(expected: "a list with both brackets or none", found: text)
    }
    return body.split(separator: ",").map(\.trimmingBlanks).filter { !$0.isEmpty }
}
