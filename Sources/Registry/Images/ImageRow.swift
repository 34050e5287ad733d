import GRDB
import ImageModel
import JSONText

/// An image as one row, with its properties, tags and locations as JSON text made by SQLite, and its way to JSON.
///
/// This is the one place that maps columns to the names in `Image(json:)`: whatever needs an `Image` parses the JSON.
enum ImageRow {
    /// The columns in the order in which `write` reads them; `images` must be in scope.
    ///
    /// - Parameter membership: an expression for the viewer's membership as JSON.
    static func columns(membership: String) -> String {
        """
        images.id, images.name, images.status, images.visibility, images.owner, images.protected, images.os_hidden,
        images.disk_format, images.container_format, images.size, images.virtual_size, images.checksum,
        images.os_hash_algo, images.os_hash_value, images.min_disk, images.min_ram, images.created_at,
        images.updated_at, images.deleted_at,
        (SELECT json_group_object(name, value) FROM
            (SELECT name, value FROM image_properties WHERE image_id = images.id ORDER BY name)),
        (SELECT json_group_array(value) FROM
            (SELECT value FROM image_tags WHERE image_id = images.id ORDER BY value)),
        (SELECT json_group_array(json_object('url', url, 'store', store)) FROM
            (SELECT url, store FROM image_locations WHERE image_id = images.id ORDER BY number)),
        \(membership)
        """
    }

    /// One image by `?1`, with the membership of the tenant `?2`.
    private static let selectOne = """
        SELECT \(columns(membership: membership)) FROM images WHERE images.id = ?1
        """

    private static let membership = """
        (SELECT json_object('image_id', image_id, 'member_id', member,
            'can_share', json(iif(can_share, 'true', 'false')), 'status', status,
            'created_at', created_at, 'updated_at', updated_at)
        FROM image_members WHERE image_id = images.id AND member = ?2)
        """

    /// The image's JSON, if the viewer may see it.
    static func visibleJSON(of id: String, to viewer: Viewer, in db: Database) throws -> [UInt8]? {
        let cursor = try Row.fetchCursor(
            db.cachedStatement(sql: selectOne), arguments: [id, viewer.isAdmin ? nil : viewer.projectID])
        guard let row = try cursor.next(), ImageAccess.canView(accessPart(of: row), viewer) else { return nil }
        var writer = JSONWriter(capacity: 1024)
        write(row, to: &writer)
        return writer.bytes
    }

    /// The image, whoever may see it, with the viewer's membership.
    static func image(_ id: String, for viewer: Viewer? = nil, in db: Database) throws -> Image? {
        let member: String? = if let viewer, !viewer.isAdmin { viewer.projectID } else { nil }
        let cursor = try Row.fetchCursor(db.cachedStatement(sql: selectOne), arguments: [id, member])
        guard let row = try cursor.next() else { return nil }
        var writer = JSONWriter(capacity: 1024)
        write(row, to: &writer)
        return try Image(json: JSONValue(parsing: writer.bytes))
    }

    /// As much of the image as `ImageAccess` looks at.
    private static func accessPart(of row: Row) -> Image {
        let id: String = row[0]
        var image = Image(id: id, owner: row[4], at: Timestamp(microseconds: 0))
        let visibility: String = row[3]
        let deletedAt: Int64? = row[18]
        image.visibility = Visibility(rawValue: visibility) ?? .private
        image.deletedAt = deletedAt.map(Timestamp.init(microseconds:))
        if row.hasNull(atIndex: 22) == false { image.viewerMembership = ImageMember(imageID: id, memberID: "") }
        return image
    }

    /// Writes a row of `columns` as an object.
    static func write(_ row: Row, to writer: inout JSONWriter) {
        func text(_ name: String, _ index: Int) {
            writer.name(name)
            writer.value(row[index] as String?)
        }
        func number(_ name: String, _ index: Int) {
            writer.name(name)
            writer.value(row[index] as Int64?)
        }
        func flag(_ name: String, _ index: Int) {
            writer.name(name)
            writer.value((row[index] as Int64) != 0)
        }
        func json(_ name: String, _ index: Int) {
            writer.name(name)
            writer.raw((row[index] as String?) ?? "null")
        }
        writer.beginObject()
        text("id", 0)
        text("name", 1)
        text("status", 2)
        text("visibility", 3)
        text("owner", 4)
        flag("protected", 5)
        flag("os_hidden", 6)
        text("disk_format", 7)
        text("container_format", 8)
        number("size", 9)
        number("virtual_size", 10)
        text("checksum", 11)
        text("os_hash_algo", 12)
        text("os_hash_value", 13)
        number("min_disk", 14)
        number("min_ram", 15)
        number("created_at", 16)
        number("updated_at", 17)
        number("deleted_at", 18)
        json("properties", 19)
        json("tags", 20)
        json("locations", 21)
        json("viewer_membership", 22)
        writer.endObject()
    }
}
