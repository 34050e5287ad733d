import GlanceHTTP
import ImageModel
import JSONText

/// The object that a change sends, such as the `user` of `POST /v3/users`. Its members are asked for by name and kind; one
/// that nobody has asked for is refused: it must not look as if it were kept.
struct ChangeBody {
    private let members: JSONValue
    private let kind: String
    private var known: Set<String> = []

    /// - Parameter kind: the object's name in the body.
    /// - Throws: 400 where there is none.
    init(_ kind: String, in body: JSONValue) throws(APIError) {
        guard let members = body[kind], case .object = members else {
            throw .identityInvalid("The body has no object '\(kind)'.")
        }
        self.members = members
        self.kind = kind
    }

    /// A text; nil where it is absent or null.
    mutating func text(_ name: String) throws(APIError) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string, !text.utf8.contains(0) else { throw wrong(name, "no text") }
        return text
    }

    /// A text that has to be there.
    mutating func requiredText(_ name: String) throws(APIError) -> String {
        guard let text = try text(name) else { throw .identityInvalid("'\(kind)' lacks '\(name)'.") }
        return text
    }

    mutating func flag(_ name: String) throws(APIError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let flag = value.bool else { throw wrong(name, "neither true nor false") }
        return flag
    }

    mutating func list(_ name: String) throws(APIError) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        guard let list = value.array else { throw wrong(name, "no list") }
        return list
    }

    /// Whether a member is there, and null.
    mutating func isNull(_ name: String) -> Bool {
        known.insert(name)
        return members[name] == .null
    }

    /// The domain, which is the default one.
    mutating func defaultDomain() throws(APIError) {
        if let id = try text("domain_id"), id != IdentityDocuments.domainID {
            throw .identityNotFound("domain: \(id)")
        }
    }

    /// Members of Keystone's that are taken while they say nothing: empty, or false.
    mutating func nothing(in names: String...) throws(APIError) {
        for name in names {
            switch value(name) {
            case nil, .bool(false)?: continue
            case .array(let list)? where list.isEmpty: continue
            case .object(let object)? where object.members.isEmpty: continue
            default: throw wrong(name, "not offered here")
            }
        }
    }

    /// - Throws: 400 where there are members that nobody has asked for.
    func finish() throws(APIError) {
        guard case .object(let object) = members else { return }
        for member in object.members where !known.contains(member.name) {
            throw .identityInvalid("'\(kind)' can't have '\(member.name)' here.")
        }
    }

    private mutating func value(_ name: String) -> JSONValue? {
        known.insert(name)
        guard let value = members[name], value != .null else { return nil }
        return value
    }

    /// The value is not shown: it may be a password.
    private func wrong(_ name: String, _ what: String) -> APIError {
        .identityInvalid("'\(name)' of '\(kind)' is \(what).")
    }
}
