import ImageModel
import JSONText

/// Memberships in v1's JSON, in and out.
public enum MemberBody {
    /// `{"<name>": [{"<key>": …, "can_share": …}]}`
    public static func list(
        _ name: String, _ members: [ImageMember], _ entry: (ImageMember) -> (key: String, value: String)
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: 64 + members.count * 96)
        writer.beginObject()
        writer.name(name)
        writer.beginArray()
        for member in members {
            let (key, value) = entry(member)
            writer.beginObject()
            writer.name(key)
            writer.value(value)
            writer.name("can_share")
            writer.value(member.canShare)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// `{"member": {"can_share": …}}`; every other shape says nothing about it.
    public static func canShare(_ json: JSONValue?) -> Bool? {
        json?["member"]?["can_share"]?.isTruthy
    }

    /// `{"memberships": [{"member_id": …, "can_share": …}]}`, or one such entry by itself.
    ///
    /// - Throws: 400 for anything else; some of it is 500 in the reference, by accident.
    public static func memberships(_ json: JSONValue?) throws(APIError) -> [Membership] {
        guard let json, json.object != nil else { throw .invalidMembership("an object is expected") }
        let entries: [JSONValue]
        if let list = json["memberships"] {
            guard let elements = list.array else { throw .invalidMembership("memberships is not a list") }
            entries = elements
        } else {
            entries = [json]
        }
        var memberships: [Membership] = []
        var known: [String: Int] = [:]
        for entry in entries {
            guard let id = entry["member_id"]?.string else { throw .invalidMembership("member_id is missing") }
            let membership = Membership(memberID: try memberID(id), canShare: entry["can_share"]?.isTruthy)
            // Named twice, the last counts.
            if let index = known[id] {
                memberships[index] = membership
            } else {
                known[id] = memberships.count
                memberships.append(membership)
            }
        }
        return memberships
    }

    /// A tenant's id as the database takes it.
    public static func memberID(_ text: String) throws(APIError) -> String {
        guard !text.isEmpty, text.unicodeScalars.count <= 255 else {
            throw .invalidMembership("member_id has 1 to 255 characters")
        }
        try MetadataText.check(text, "member_id")
        return text
    }
}

extension JSONValue {
    /// Python's truth value: `"false"` is true.
    public var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let flag): flag
        case .int(let number): number != 0
        case .double(let number): number != 0
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let object): !object.members.isEmpty
        }
    }
}
