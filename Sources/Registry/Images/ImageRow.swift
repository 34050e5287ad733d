import GRDB
import ImageModel
import JSONText

/// An image as one row, with its properties, tags and locations as JSON text made by SQLite, and its way to JSON.
///
/// This is the one place that maps columns to the names in `Image(json:)`: whatever needs an `Image` parses the JSON.
/// GRDB fetches it as if it were the value of the first column: its own rows make a dictionary of the columns' names for
/// each query, and a string of each text.
struct ImageRow {
    /// The image as an object.
    let json: [UInt8]
    /// As much of the image as `ImageAccess` looks at.
    let access: Image

    /// The columns in the order in which `init(sqliteStatement:index:)` reads them; `images` must be in scope.
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
        (SELECT json_group_array(json_object('url', url, 'store', store, 'metadata', json(metadata))) FROM
            (SELECT url, store, metadata FROM image_locations
            WHERE image_id = images.id AND status = 'active' ORDER BY number)),
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
        guard let row = try one(id, member: viewer.isAdmin ? nil : viewer.projectID, in: db),
            ImageAccess.canView(row.access, viewer)
        else { return nil }
        return row.json
    }

    /// The image, whoever may see it, with the viewer's membership.
    static func image(_ id: String, for viewer: Viewer? = nil, in db: Database) throws -> Image? {
        let member: String? = if let viewer, !viewer.isAdmin { viewer.projectID } else { nil }
        guard let row = try one(id, member: member, in: db) else { return nil }
        return try Image(json: JSONValue(parsing: row.json))
    }

    private static func one(_ id: String, member: String?, in db: Database) throws -> ImageRow? {
        try fetchOne(db.cachedStatement(sql: selectOne), arguments: [id, member])
    }
}

extension ImageRow: DatabaseValueConvertible, StatementColumnConvertible {
    /// Reads the row that the statement stands at.
    init?(sqliteStatement: SQLiteStatement, index: CInt) {
        precondition(index == 0)
        let columns = ColumnReader(statement: sqliteStatement)
        var writer = JSONWriter(capacity: 1024)
        columns.write(to: &writer)
        json = writer.bytes
        guard let id = columns.text(0) else { return nil }
        access = columns.accessPart(id: id)
    }

    /// Never asked for: a row is no value that could be bound or compared.
    var databaseValue: DatabaseValue { .null }

    static func fromDatabaseValue(_: DatabaseValue) -> ImageRow? { nil }
}
