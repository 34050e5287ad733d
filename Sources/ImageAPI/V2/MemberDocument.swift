import ImageModel
import JSONText

/// Memberships in v2's JSON.
enum MemberDocument {
    static func json(of member: ImageMember) -> [UInt8] {
        var writer = JSONWriter(capacity: 320)
        write(member, to: &writer)
        return writer.bytes
    }

    static func json(of members: [ImageMember]) -> [UInt8] {
        var writer = JSONWriter(capacity: 64 + members.count * 320)
        writer.beginObject()
        writer.name(plain: "members")
        writer.beginArray()
        for member in members { write(member, to: &writer) }
        writer.endArray()
        writer.name(plain: "schema")
        writer.value("/v2/schemas/members")
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ member: ImageMember, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name(plain: "member_id")
        writer.value(member.memberID)
        writer.name(plain: "image_id")
        writer.value(member.imageID)
        writer.name(plain: "status")
        writer.value(member.status.rawValue)
        writer.name(plain: "created_at")
        writer.value(member.createdAt.v2Text)
        writer.name(plain: "updated_at")
        writer.value(member.updatedAt.v2Text)
        writer.name(plain: "schema")
        writer.value("/v2/schemas/member")
        writer.endObject()
    }
}
