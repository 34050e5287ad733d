/// The header fields of a received message, kept as the bytes that came.
///
/// The ecosystem's `HTTPFields` can't hold them: Glance's v1 clients send metadata with raw UTF-8 in values *and names*
/// (`x-image-meta-property-größe`), and whether a value is UTF-8 at all has to be seen by the API. Names are compared
/// without regard to case. A `String` is made only for what somebody asks for.
public struct HeaderFields: Sendable {
    struct Entry: Sendable {
        var name: Range<Int>
        var value: Range<Int>
    }

    /// One field line.
    public struct Field {
        /// The name's bytes, as they were sent.
        public let name: ArraySlice<UInt8>
        /// The value's bytes without blanks round them.
        public let value: ArraySlice<UInt8>
    }

    let bytes: [UInt8]
    let entries: [Entry]

    init(bytes: [UInt8], entries: [Entry]) {
        self.bytes = bytes
        self.entries = entries
    }

    /// All field lines in the order in which they came.
    public var all: some Sequence<Field> {
        entries.lazy.map { Field(name: bytes[$0.name], value: bytes[$0.value]) }
    }

    /// The value of the first field of that name; what is not UTF-8 in it is replaced. `name` in lower case.
    public subscript(name: StaticString) -> String? {
        for entry in entries where matches(entry.name, name) {
            return String(decoding: bytes[entry.value], as: UTF8.self)
        }
        return nil
    }

    /// Every value of that name. `name` in lower case.
    public func values(_ name: StaticString) -> [String] {
        entries.filter { matches($0.name, name) }.map { String(decoding: bytes[$0.value], as: UTF8.self) }
    }

    /// Whether a list-valued field, such as `Connection`, has the token. `token` in lower case.
    public func contains(_ name: StaticString, token: String) -> Bool {
        entries.contains { entry in
            matches(entry.name, name)
                && bytes[entry.value].split(separator: UInt8(ascii: ",")).contains {
                    FieldLine.isEqual(FieldLine.trimmingBlanks($0), toLowerCase: token.utf8)
                }
        }
    }

    private func matches(_ range: Range<Int>, _ name: StaticString) -> Bool {
        guard range.count == name.utf8CodeUnitCount else { return false }
        let wanted = name.utf8Start
        for index in 0..<range.count {
            var byte = bytes[range.lowerBound + index]
            if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) { byte |= 0x20 }
            if byte != wanted[index] { return false }
        }
        return true
    }
}
