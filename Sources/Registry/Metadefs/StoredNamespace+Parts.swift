import GRDB
import ImageModel
import JSONText

extension MetadefPart {
    static let columns = "name, details, created_at, updated_at"

    init(_ row: Row) throws {
        self.init(
            name: row[0], details: try JSONValue(parsing: Array((row[1] as String).utf8)),
            createdAt: Timestamp(microseconds: row[2]), updatedAt: Timestamp(microseconds: row[3]))
    }

    fileprivate var detailsText: String { String(decoding: details.serialized, as: UTF8.self) }
}

extension StoredNamespace {
    /// All parts of a kind as they were made; of tags the newest first, as Glance shows them.
    func parts(_ kind: MetadefKind, in db: Database) throws -> [MetadefPart] {
        let rows = try db.all(
            "SELECT \(MetadefPart.columns) FROM metadef_parts WHERE namespace = ? AND kind = ? ORDER BY number",
            [number, kind.rawValue])
        let parts = try rows.map(MetadefPart.init)
        return kind == .tag ? parts.reversed() : parts
    }

    /// A page in the order that the client asks for.
    ///
    /// - Throws: `RegistryFailure.invalidMarker`.
    func parts(_ kind: MetadefKind, page: ListMetadefParts.Page, in db: Database) throws -> [MetadefPart] {
        var bindings = SQLBindings()
        let column = page.sortKey.column
        var sql = "SELECT \(MetadefPart.columns) FROM metadef_parts WHERE namespace = \(bindings.bind(number))"
        sql += " AND kind = \(bindings.bind(kind.rawValue))"
        if let marker = page.marker {
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT \(column), created_at, number FROM metadef_parts
                        WHERE namespace = ? AND kind = ? AND name = ?
                        """, arguments: [number, kind.rawValue, marker])
            else { throw RegistryFailure.invalidMarker }
            let values = row.databaseValues.map { bindings.bind($0) }.joined(separator: ", ")
            sql += " AND (\(column), created_at, number) \(page.isAscending ? ">" : "<") (\(values))"
        }
        let direction = page.isAscending ? "ASC" : "DESC"
        sql += " ORDER BY \(column) \(direction), created_at \(direction), number \(direction)"
        if let limit = page.limit { sql += " LIMIT \(bindings.bind(max(0, limit)))" }
        return try Row.fetchAll(db, sql: sql, arguments: bindings.arguments).map(MetadefPart.init)
    }

    /// - Throws: `RegistryFailure.notFound`.
    func part(_ kind: MetadefKind, _ name: String, in db: Database) throws -> MetadefPart {
        let row = try db.first(
            "SELECT \(MetadefPart.columns) FROM metadef_parts WHERE namespace = ? AND kind = ? AND name = ?",
            [number, kind.rawValue, name])
        guard let row else { throw RegistryFailure.notFound }
        return try MetadefPart(row)
    }

    /// - Throws: `RegistryFailure.duplicate` where the name is taken.
    func insert(_ kind: MetadefKind, _ part: MetadefPart, in db: Database) throws {
        guard try !hasPart(kind, keyOf: part.name, in: db) else { throw RegistryFailure.duplicate }
        let now = Timestamp.now.microseconds
        try db.change(
            """
            INSERT INTO metadef_parts (namespace, kind, name, key, details, created_at, updated_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
            """,
            [number, kind.rawValue, part.name, kind.key(of: part.name), part.detailsText, now])
        guard kind == .resourceType else { return }
        try db.change(
            """
            INSERT INTO metadef_resource_types (name, created_at, updated_at) VALUES (?1, ?2, ?2)
            ON CONFLICT (name) DO NOTHING
            """,
            [part.name, now])
    }

    /// - Throws: `RegistryFailure.notFound`; `.duplicate` where another part has the new name.
    func update(_ kind: MetadefKind, _ name: String, to replacement: MetadefPart, in db: Database) throws {
        let isRenamed = kind.key(of: name) != kind.key(of: replacement.name)
        _ = try part(kind, name, in: db)
        if isRenamed, try hasPart(kind, keyOf: replacement.name, in: db) { throw RegistryFailure.duplicate }
        try db.change(
            """
            UPDATE metadef_parts SET name = ?, key = ?, details = ?, updated_at = max(?, updated_at + 1)
            WHERE namespace = ? AND kind = ? AND name = ?
            """,
            [
                replacement.name, kind.key(of: replacement.name), replacement.detailsText,
                Timestamp.now.microseconds, number, kind.rawValue, name,
            ])
    }

    /// Whether there is a part that leaves no room for one of that name.
    func hasPart(_ kind: MetadefKind, keyOf name: String, in db: Database) throws -> Bool {
        try db.first(
            "SELECT 1 FROM metadef_parts WHERE namespace = ? AND kind = ? AND key = ?",
            [number, kind.rawValue, kind.key(of: name)]) != nil
    }

    /// - Returns: how many there were.
    @discardableResult
    func deleteAll(_ kind: MetadefKind, in db: Database) throws -> Int {
        try db.change("DELETE FROM metadef_parts WHERE namespace = ? AND kind = ?", [number, kind.rawValue])
    }

    func delete(_ kind: MetadefKind, _ name: String, in db: Database) throws {
        try db.change(
            "DELETE FROM metadef_parts WHERE namespace = ? AND kind = ? AND name = ?", [number, kind.rawValue, name])
    }
}

extension ListMetadefParts.Page.SortKey {
    fileprivate var column: String {
        switch self {
        case .name: "name"
        case .id: "number"
        case .createdAt: "created_at"
        case .updatedAt: "updated_at"
        }
    }
}
