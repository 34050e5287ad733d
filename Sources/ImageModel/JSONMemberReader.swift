import JSONText

/// Reads the members of an object in the order in which the other daemon writes them: each is found behind the last one,
/// without a search. In another order it works as well, and takes longer.
struct JSONMemberReader {
    private let members: [JSONObject.Member]
    private var next = 0

    init(_ json: JSONValue) {
        members = json.object?.members ?? []
    }

    private mutating func value(_ name: String) -> JSONValue? {
        for _ in members.indices {
            if next == members.count { next = 0 }
            defer { next += 1 }
            if members[next].name == name { return members[next].value }
        }
        return nil
    }

    mutating func text(_ name: String) throws(JSONShapeError) -> String {
        guard let text = value(name)?.string else { throw JSONShapeError(member: name) }
        return text
    }

    mutating func number(_ name: String) throws(JSONShapeError) -> Int64 {
        guard let number = value(name)?.int else { throw JSONShapeError(member: name) }
        return number
    }

    mutating func optionalText(_ name: String) throws(JSONShapeError) -> String? {
        switch value(name) {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw JSONShapeError(member: name)
        }
    }

    mutating func optionalNumber(_ name: String) throws(JSONShapeError) -> Int64? {
        switch value(name) {
        case nil, .null: return nil
        case .int(let number): return number
        default: throw JSONShapeError(member: name)
        }
    }

    mutating func flag(_ name: String) throws(JSONShapeError) -> Bool {
        guard let flag = value(name)?.bool else { throw JSONShapeError(member: name) }
        return flag
    }

    mutating func word<Word: RawRepresentable<String>>(_ name: String) throws(JSONShapeError) -> Word {
        guard let word = Word(rawValue: try text(name)) else { throw JSONShapeError(member: name) }
        return word
    }
}
