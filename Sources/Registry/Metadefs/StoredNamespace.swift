import GRDB
import ImageModel

/// A namespace as it lies in the database.
struct StoredNamespace {
    static let columns =
        "number, name, display_name, description, visibility, protected, owner, created_at, updated_at"

    /// Its row's number, under which its parts stand.
    let number: Int64
    let namespace: MetadefNamespace

    init(_ row: Row) {
        number = row[0]
        namespace = MetadefNamespace(
            name: row[1], displayName: row[2], description: row[3],
            // The column's own check lets nothing else in.
            visibility: MetadefVisibility(rawValue: row[4]) ?? .private, isProtected: row[5], owner: row[6],
            createdAt: Timestamp(microseconds: row[7]), updatedAt: Timestamp(microseconds: row[8]))
    }

    /// nil where there is none of that name.
    static func named(_ name: String, in db: Database) throws -> StoredNamespace? {
        try db.first("SELECT \(columns) FROM metadef_namespaces WHERE name = ?", [name]).map(StoredNamespace.init)
    }

    /// - Throws: `RegistryFailure.notFound` where there is none, or the viewer may not see it.
    static func visible(_ name: String, to viewer: Viewer, in db: Database) throws -> StoredNamespace {
        guard let stored = try named(name, in: db), stored.namespace.isVisible(to: viewer) else {
            throw RegistryFailure.notFound
        }
        return stored
    }

    /// Makes the row of a new namespace, whose name must be free.
    static func insert(_ namespace: MetadefNamespace, in db: Database) throws {
        try db.change(
            """
            INSERT INTO metadef_namespaces (name, display_name, description, visibility, protected, owner, created_at,
                updated_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
            """,
            [
                namespace.name, namespace.displayName, namespace.description, namespace.visibility.rawValue,
                namespace.isProtected, namespace.owner, Timestamp.now.microseconds,
            ])
    }

    /// Replaces all that it says of itself.
    func update(to replacement: MetadefNamespace, in db: Database) throws {
        try db.change(
            """
            UPDATE metadef_namespaces SET name = ?, display_name = ?, description = ?, visibility = ?, protected = ?,
                owner = ?, updated_at = max(?, updated_at + 1)
            WHERE number = ?
            """,
            [
                replacement.name, replacement.displayName, replacement.description, replacement.visibility.rawValue,
                replacement.isProtected, replacement.owner, Timestamp.now.microseconds, number,
            ])
    }

    /// It with all its parts.
    func definition(in db: Database) throws -> MetadefDefinition {
        var definition = MetadefDefinition(namespace: namespace)
        for kind in MetadefKind.allCases { definition[kind] = try parts(kind, in: db) }
        return definition
    }
}
