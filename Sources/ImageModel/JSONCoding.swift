import JSONText

/// A value that the daemons exchange as JSON.
public protocol JSONCoding: Sendable {
    /// Reads the value.
    ///
    /// - Throws: `JSONShapeError` where a member is missing or of the wrong kind.
    init(json: JSONValue) throws(JSONShapeError)

    /// The value as JSON.
    var json: JSONValue { get }
}

/// The JSON is well formed but not what was agreed on.
public struct JSONShapeError: Error, Equatable, CustomStringConvertible {
    /// The member at fault.
    public let member: String

    public var description: String { "the JSON member '\(member)' is missing or of the wrong kind" }
}

extension JSONValue {
    func text(_ name: String) throws(JSONShapeError) -> String {
        guard let text = self[name]?.string else { throw JSONShapeError(member: name) }
        return text
    }

    func number(_ name: String) throws(JSONShapeError) -> Int64 {
        guard let number = self[name]?.int else { throw JSONShapeError(member: name) }
        return number
    }

    func flag(_ name: String) throws(JSONShapeError) -> Bool {
        guard let flag = self[name]?.bool else { throw JSONShapeError(member: name) }
        return flag
    }

    func timestamp(_ name: String) throws(JSONShapeError) -> Timestamp {
        Timestamp(microseconds: try number(name))
    }

    /// A member that is one of an enumeration's words.
    func word<Word: RawRepresentable<String>>(_ name: String, _: Word.Type = Word.self) throws(JSONShapeError) -> Word {
        guard let word = Word(rawValue: try text(name)) else { throw JSONShapeError(member: name) }
        return word
    }

    /// A text that may be absent or null. One of another kind is refused: it must not count as absent, which means "no
    /// bound" in many places.
    func optionalText(_ name: String) throws(JSONShapeError) -> String? {
        guard let value = self[name], value != .null else { return nil }
        guard let text = value.string else { throw JSONShapeError(member: name) }
        return text
    }

    /// An integer that may be absent or null.
    func optionalNumber(_ name: String) throws(JSONShapeError) -> Int64? {
        guard let value = self[name], value != .null else { return nil }
        guard let number = value.int else { throw JSONShapeError(member: name) }
        return number
    }

    /// A boolean that may be absent or null.
    func optionalFlag(_ name: String) throws(JSONShapeError) -> Bool? {
        guard let value = self[name], value != .null else { return nil }
        guard let flag = value.bool else { throw JSONShapeError(member: name) }
        return flag
    }

    /// A member that is one of an enumeration's words, absent or null.
    func optionalWord<Word: RawRepresentable<String>>(_ name: String) throws(JSONShapeError) -> Word? {
        guard let text = try optionalText(name) else { return nil }
        guard let word = Word(rawValue: text) else { throw JSONShapeError(member: name) }
        return word
    }

    /// A list of an enumeration's words.
    func words<Word: RawRepresentable<String>>(_ name: String) throws(JSONShapeError) -> [Word] {
        var words: [Word] = []
        for text in try texts(name) {
            guard let word = Word(rawValue: text) else { throw JSONShapeError(member: name) }
            words.append(word)
        }
        return words
    }

    /// A member that may be absent or null.
    func optional<Value: JSONCoding>(_ name: String) throws(JSONShapeError) -> Value? {
        guard let value = self[name], value != .null else { return nil }
        return try Value(json: value)
    }

    func list<Element: JSONCoding>(_ name: String, of: Element.Type = Element.self) throws(JSONShapeError) -> [Element]
    {
        guard let values = self[name]?.array else { throw JSONShapeError(member: name) }
        var elements: [Element] = []
        elements.reserveCapacity(values.count)
        for value in values { elements.append(try Element(json: value)) }
        return elements
    }

    func texts(_ name: String) throws(JSONShapeError) -> [String] {
        guard let values = self[name]?.array else { throw JSONShapeError(member: name) }
        var texts: [String] = []
        for value in values {
            guard let text = value.string else { throw JSONShapeError(member: name) }
            texts.append(text)
        }
        return texts
    }
}

extension Array where Element: JSONCoding {
    var json: JSONValue { .array(map(\.json)) }
}

extension Array where Element == String {
    var json: JSONValue { .array(map(JSONValue.string)) }
}

/// An answer that says no more than "done".
public struct Done: JSONCoding, Equatable {
    public init() {}
    public init(json: JSONValue) throws(JSONShapeError) {}
    public var json: JSONValue { [:] }
}
