import JSONText
import Posix
import Synchronization
import Testing

extension Journeys {
    /// Rows of the checklist about the catalogue of metadata definitions, and about the schemas.
    @Suite(.sharingDaemons()) enum MetadefRows {}
}

// The steps that the tests of the catalogue's rows are made of.

private let namespacesMade = Locked(0)

extension Glimpse {
    /// A name that no namespace has.
    func newNamespaceName() -> String {
        let number = namespacesMade.withLock { count in
            count += 1
            return count
        }
        return "Test::N\(number)"
    }

    /// Makes a public namespace as the admin.
    ///
    /// - Parameter members: more of its body, such as `"protected": true`.
    func newNamespace(_ members: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let name = newNamespaceName()
        let body = (["\"namespace\": \"\(name)\", \"visibility\": \"public\""] + members).joined(separator: ", ")
        let answer = try admin.metadef("POST", body: "{\(body)}")
        try #require(answer.status == 201, "\(answer.text)", sourceLocation: sourceLocation)
        return name
    }

    /// Makes a namespace that its owner and admins alone see.
    func newPrivateNamespace(of owner: Client) throws -> String {
        let name = newNamespaceName()
        let answer = try admin.metadef("POST", body: "{\"namespace\": \"\(name)\", \"owner\": \"\(owner.project)\"}")
        try #require(answer.status == 201, "\(answer.text)")
        return name
    }
}

extension Client {
    /// A call of the catalogue.
    ///
    /// - Parameter path: below `/v2/metadefs/namespaces`: `/NAME/tags`.
    func metadef(
        _ method: String, _ path: String = "", _ fields: [(String, String)] = [], body: String? = nil
    ) throws -> Answer {
        try send(method, "/v2/metadefs/namespaces\(path)", fields, body: body.map { .json($0) } ?? .none)
    }

    /// What a GET of the catalogue answers.
    func metadefs(_ path: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONValue {
        let answer = try metadef("GET", path)
        try #require(answer.status == 200, "\(path): \(answer.text)", sourceLocation: sourceLocation)
        #expect(answer["content-type"] == "application/json", sourceLocation: sourceLocation)
        return try #require(answer.json, sourceLocation: sourceLocation)
    }

    /// The names of the parts in a list such as `/NAME/tags`.
    func partNames(
        _ path: String, _ member: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [String] {
        let list = try metadefs(path, sourceLocation: sourceLocation)[member]
        if let object = list?.object { return object.members.map(\.name) }
        return try #require(list?.array, sourceLocation: sourceLocation).compactMap { $0["name"]?.string }
    }

    /// The names of the namespaces in a page.
    func namespaces(_ query: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [String] {
        let list = try metadefs(query, sourceLocation: sourceLocation)["namespaces"]?.array
        return try #require(list, sourceLocation: sourceLocation).compactMap { $0["namespace"]?.string }
    }
}

extension JSONValue {
    /// The value without the members that differ from one run to the next.
    func without(_ names: String...) -> JSONValue {
        switch self {
        case .object(let object):
            var rest = JSONObject()
            for member in object.members where !names.contains(member.name) {
                rest.append(member.name, member.value.without("created_at", "updated_at"))
            }
            return .object(rest)
        case .array(let elements): return .array(elements.map { $0.without("created_at", "updated_at") })
        default: return self
        }
    }

    /// Whether both say the same; members may stand in any order.
    func isSame(as other: JSONValue) -> Bool {
        switch (self, other) {
        case (.object(let left), .object(let right)):
            left.members.count == right.members.count
                && left.members.allSatisfy { member in right[member.name].map(member.value.isSame) ?? false }
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
        default: self == other
        }
    }

    init(text: String) throws { self = try JSONValue(parsing: Array(text.utf8)) }
}
