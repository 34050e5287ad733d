/// A JSON value (RFC 8259) as it stands in a request or in an exchange between the daemons.
///
/// Integers stay integers: a size in bytes must not pass through a floating-point number.
public enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// The members of a JSON object in the order in which they were written.
public struct JSONObject: Equatable, Sendable {
    /// Name and value of one member.
    public struct Member: Equatable, Sendable {
        /// The member's name.
        public var name: String
        /// The member's value.
        public var value: JSONValue
    }

    /// All members, in order; names may repeat in text that came from outside.
    public private(set) var members: [Member] = []

    /// An object without members.
    public init() {}

    /// Makes room for `count` members at once.
    public mutating func reserveCapacity(_ count: Int) {
        members.reserveCapacity(count)
    }

    /// Writes one more member behind the others; does not look for one of the same name.
    public mutating func append(_ name: String, _ value: JSONValue) {
        members.append(Member(name: name, value: value))
    }

    /// The value of a member; of several with one name the last counts, as in Python's parser. Names are the same where
    /// their bytes are: `é` and `e` with an accent behind it are two names here, as they are to other readers.
    public subscript(name: String) -> JSONValue? {
        // By index: a member that is only looked at is not copied.
        var index = members.count - 1
        while index >= 0 {
            if members[index].name == name && members[index].name.utf8.elementsEqual(name.utf8) {
                return members[index].value
            }
            index -= 1
        }
        return nil
    }
}

extension JSONValue {
    /// The object's member of that name; nil where there is none or the value is no object.
    public subscript(name: String) -> JSONValue? {
        if case .object(let object) = self { object[name] } else { nil }
    }

    /// The text of a string.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The number, if it is an integer.
    public var int: Int64? {
        if case .int(let value) = self { value } else { nil }
    }

    /// The truth value of a boolean.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements of an array.
    public var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members of an object.
    public var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// A string, or `null` where there is no text.
    public init(_ text: String?) {
        self = text.map(JSONValue.string) ?? .null
    }

    /// An integer, or `null` where there is no number.
    public init(_ number: Int64?) {
        self = number.map(JSONValue.int) ?? .null
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    /// An object with these members, in this order.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        object.reserveCapacity(elements.count)
        for (name, value) in elements { object.append(name, value) }
        self = .object(object)
    }
}
